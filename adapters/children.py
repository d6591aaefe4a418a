"""Child processes of the local stand-ins: they end with the process that started them, even when it is killed.

On Linux the kernel does it: a child that asked for a "parent death signal" gets SIGTERM when its parent is gone. The
kernel means the *thread* that started the child, so a keeper thread starts it and stays until it has ended.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

# Runs in a fresh interpreter, so that nothing is executed between fork and exec of a process with many threads.
_LAUNCH = """
import os, sys
parent = int(sys.argv[1])
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 15)
    if os.getppid() != parent:
        sys.exit("the parent is gone")
os.execve(sys.argv[2], sys.argv[2:], os.environ)
"""
STOP_SECONDS = 5.0


class Child:
    """One running child process."""

    def __init__(self, argv: Sequence[str], *, environment: Mapping[str, str], log: Path) -> None:
        self._argv = argv
        self._environment = environment
        self._log = log
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name=f"keeper of {Path(argv[0]).name}", daemon=True)
        self._keeper.start()
        self._started.wait()
        if self._failure:
            raise self._failure

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._running.poll()

    def stop(self) -> None:
        """SIGTERM, then SIGKILL after a while; returns when it has ended."""
        with contextlib.suppress(ProcessLookupError):
            self._running.send_signal(signal.SIGTERM)
        self._keeper.join(STOP_SECONDS)
        if self._keeper.is_alive():
            self._running.kill()
            self._keeper.join()

    def wait_until(self, ready: Callable[[], bool], *, seconds: float) -> None:
        """Polls `ready`; raises with the end of the log when the child dies or does not get ready in time."""
        deadline = time.monotonic() + seconds
        while not ready():
            if self.exit_code is not None or time.monotonic() > deadline:
                raise RuntimeError(f"Expected {self._argv[0]} to start, but: {self._tail()}")
            time.sleep(0.02)

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        assert self._process is not None
        return self._process

    def _keep(self) -> None:
        try:
            with self._log.open("ab") as log:
                self._process = self._launch(log)
        except OSError as error:
            self._failure = error
            return
        finally:
            self._started.set()
        self._process.wait()

    def _launch(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - the stand-in's own binary
            [sys.executable, "-I", "-S", "-c", _LAUNCH, str(os.getpid()), *self._argv],
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )

    def _tail(self) -> str:
        lines = self._log.read_text(errors="replace").strip().splitlines()[-5:]
        return " | ".join(lines) or "it said nothing"


def free_port() -> int:
    """A TCP port of this machine that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
