"""The local OpenBao: quick to start, and never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from adapters.children import Child
from adapters.vault.local import LocalVault

pytestmark = pytest.mark.stack

PARENT = """
import sys, threading
from adapters.vault.local import LocalVault
def start():
    vault = LocalVault().__enter__()
    print(vault.pid, flush=True)
threading.Thread(target=start).start()  # the thread that starts it ends, the process lives on
sys.stdin.read()
"""


def ended(pid: int, *, within: float) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


def test_it_starts_in_under_four_seconds_and_leaves_nothing() -> None:
    """The stack's budget holds, and after the block neither the process nor its folder is there."""
    begin = time.monotonic()
    with LocalVault() as vault:
        assert time.monotonic() - begin < 4
        pid, folder = vault.pid, Path(vault._folder.name)
    assert pid is not None
    assert ended(pid, within=1)
    assert not folder.exists()


def test_it_dies_with_a_parent_that_is_killed() -> None:
    """SIGKILL of the parent gives nobody a chance to clean up: the kernel ends the child. The starting thread may end first."""
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdout=subprocess.PIPE,
        stdin=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert parent.stdout is not None
    assert parent.stdin is not None
    pid = int(parent.stdout.readline())
    try:
        assert not ended(pid, within=0.5), "it must outlive the thread that started it"
        parent.kill()
        parent.wait()
        assert ended(pid, within=5)
    finally:
        parent.stdin.close()
        parent.stdout.close()
        if psutil.pid_exists(pid):
            os.kill(pid, signal.SIGKILL)


def test_the_surroundings_vault_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """Addresses and tokens of a real Vault in the environment do not reach the local one."""
    monkeypatch.setenv("VAULT_ADDR", "https://vault.example.com")
    monkeypatch.setenv("BAO_TOKEN", "of-somebody-else")
    with LocalVault() as vault:
        assert not {name for name in vault._environment() if name.startswith(("BAO_", "VAULT_"))}
        assert vault.address.startswith("http://127.0.0.1:")


def test_a_port_that_is_taken_is_told() -> None:
    """Somebody else's server must not be mistaken for ours, and configured."""
    with (
        LocalVault() as first,
        pytest.raises(RuntimeError, match="address already in use"),
        LocalVault(port=first.port),
    ):
        pytest.fail("two servers on one port")


def test_a_child_that_does_not_start_tells_why(tmp_path: Path) -> None:
    """The end of its own output is in the error, and a missing binary is one."""
    child = Child(
        [sys.executable, "-c", "raise SystemExit('no licence')"], environment=dict(os.environ), log=tmp_path / "log"
    )
    with pytest.raises(RuntimeError, match="no licence"):
        child.wait_until(lambda: False, seconds=5)
    absent = Child([str(tmp_path / "absent")], environment=dict(os.environ), log=tmp_path / "other")
    with pytest.raises(RuntimeError, match="No such file"):
        absent.wait_until(lambda: False, seconds=5)
