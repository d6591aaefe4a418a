"""The file a running `fsm up` leaves: who may write it, who believes it, and what the environment takes away from it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from workers import settings, standins
from workers.ports.errors import Conflict, Misconfigured

Fsm: TypeAlias = Callable[..., Any]
LAPTOP = {
    "camunda": {"grpc_address": "127.0.0.1:1111", "rest_address": "http://127.0.0.1:2222"},
    "kafka": {"bootstrap_servers": "127.0.0.1:3333", "username": "laptop"},
    "clock": "camunda",
    "log_format": "json",
}


@pytest.fixture
def gone() -> int:
    """The id of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def leave(path: Path, *, pid: int | None = None, parts: Any = None) -> None:
    """As a running `fsm up` does."""
    content = {"pid": os.getpid() if pid is None else pid, "settings": LAPTOP if parts is None else parts}
    standins.write_stack(path, content)


def test_a_running_stack_fills_in(stack_file: Path) -> None:
    """When nothing is said, the running stack's addresses are used."""
    leave(stack_file)
    found = settings.read()

    assert found.camunda.grpc_address == "127.0.0.1:1111"
    assert (found.clock, found.log_format) == ("camunda", "json")


def test_a_stack_that_is_gone_is_not_believed(stack_file: Path, gone: int) -> None:
    """The file of a process that was killed leads nowhere: it is as if there were none."""
    leave(stack_file, pid=gone)

    assert settings.read().model_dump() == settings.read_own().model_dump()


def test_a_system_is_taken_from_one_place(stack_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One variable of a system is enough: nothing of it comes from the laptop, and the laptop's clock goes with its Camunda."""
    leave(stack_file)
    monkeypatch.setenv("FSM_CAMUNDA__GRPC_ADDRESS", "zeebe.example:443")
    monkeypatch.setenv("fsm_kafka", '{"bootstrap_servers": "kafka.example:9093"}')
    found = settings.read()

    assert found.camunda.grpc_address == "zeebe.example:443"
    assert found.camunda.rest_address == "http://127.0.0.1:8080"
    assert found.clock == "system"
    assert found.kafka is not None
    assert found.kafka.username == ""
    assert found.log_format == "json"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"settings": {}}',
        b'{"pid": "me", "settings": {}}',
        b'{"pid": 1, "settings": []}',
        b'{"pid": 1, "settings": {"kafka": {"brokers": "x"}}}',
        b'{"pid": 1, "settings": {"camunda": 5}}',
    ],
)
def test_a_wrong_file_is_one_sentence(content: bytes, stack_file: Path, fsm: Fsm) -> None:
    """Whatever is in the file: the sentence names it and says what to do."""
    stack_file.parent.mkdir()
    stack_file.write_bytes(content)
    ended = fsm("deploy")

    assert ended.code == 1
    assert f"Expected {stack_file} to be what `fsm up` wrote" in ended.err
    assert "delete it" in ended.err


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[]"])
def test_a_wrong_file_does_not_stop_a_new_stack(content: bytes, stack_file: Path) -> None:
    """`fsm up` writes it anew: neither its settings nor its place come from what is there."""
    stack_file.parent.mkdir()
    stack_file.write_bytes(content)
    with standins.LocalStack()._closing:
        standins.refuse_second(stack_file)
        leave(stack_file)

    assert settings.read().camunda.grpc_address == "127.0.0.1:1111"


def test_what_is_no_file_is_neither_read_nor_replaced(stack_file: Path, fsm: Fsm) -> None:
    """A folder or a device (`FSM_STACK_FILE=/dev/null` for "no stack") is none to read; `fsm up` leaves it as it is."""
    stack_file.mkdir(parents=True)
    ended = fsm("up")

    assert settings.read().log_format == "text"
    assert ended.code == 1
    assert f"{stack_file} is something else" in ended.err


def test_a_second_stack_is_refused(stack_file: Path, fsm: Fsm) -> None:
    """While one runs, `fsm up` starts nothing and names it; its file stays as it is."""
    leave(stack_file, pid=os.getppid())
    before = stack_file.read_bytes()
    ended = fsm("up")

    assert ended.code == 1
    assert f"process {os.getppid()} runs" in ended.err
    assert stack_file.read_bytes() == before


def test_a_stack_of_its_own_leaves_the_shared_file_alone(stack_file: Path) -> None:
    """The demonstration runs beside `fsm up`: its file is beside its logs, and its processes find it there."""
    leave(stack_file, pid=os.getppid())
    stack = standins.LocalStack(private=True)
    with stack._closing:
        assert stack.environment["FSM_STACK_FILE"] == str((stack.logs / "stack.json").resolve())

    with pytest.raises(Conflict):
        standins.LocalStack()


def test_the_demonstration_is_such_a_stack(stack_file: Path, fsm: Fsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """`fsm demo` is not refused while `fsm up` runs, and does not touch its file."""
    leave(stack_file, pid=os.getppid())
    before = stack_file.read_bytes()
    monkeypatch.setattr(standins.LocalStack, "__enter__", lambda stack: _fails(stack._stack_file))
    ended = fsm("demo", "--json")

    assert "its file is stack.json in fsm-logs-" in ended.err
    assert stack_file.read_bytes() == before


def _fails(path: Path) -> None:
    raise Conflict(f"its file is {path.name} in {path.parent.name}")


def test_only_our_own_file_is_removed(stack_file: Path) -> None:
    """At the end of a stack a file that leads to another one stays; ours goes."""
    leave(stack_file, pid=os.getppid())
    standins.forget_stack(stack_file)
    assert stack_file.exists()

    leave(stack_file)
    standins.forget_stack(stack_file)
    assert list(stack_file.parent.iterdir()) == []


def test_the_file_is_for_its_owner_and_never_half_written(stack_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Mode 0600 even over a file others could read; a write that fails leaves the old content and no rest."""
    stack_file.parent.mkdir()
    stack_file.write_text("{}")
    stack_file.chmod(0o644)
    leave(stack_file)
    monkeypatch.setattr(json, "dumps", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        leave(stack_file)

    assert stat.S_IMODE(stack_file.stat().st_mode) == 0o600
    assert settings.read().log_format == "json"
    assert list(stack_file.parent.iterdir()) == [stack_file]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FSM_WORK__LIMITS", "nope"),
        ("FSM_WORK", "nope"),
        ("FSM_KAFKA__PROPERTIES", "x"),
        ("FSM_LOG_LEVEL", "debug"),
    ],
)
def test_a_wrong_setting_is_named(
    name: str, value: str, stack_file: Path, fsm: Fsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Values that are no JSON and values that are not allowed: one sentence with the variable's name, without its value."""
    leave(stack_file)
    monkeypatch.setenv("FSM_API__HOST", "127.0.0.2")
    monkeypatch.setenv(name, value)
    with pytest.raises(Misconfigured, match=rf"Expected valid settings, but: {name}: [^;]*$"):
        settings.read()

    assert fsm("deploy").code == 1


@pytest.mark.parametrize("command", ["up", "demo"])
@pytest.mark.parametrize(("name", "value"), [("FSM_LOG_LEVEL", "debug"), ("FSM_WORK__LIMITS", "nope")])
def test_a_wrong_setting_is_told_before_anything_runs(
    command: str, name: str, value: str, fsm: Fsm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack takes seconds to start: it does not start to end with a trace."""
    monkeypatch.setattr(standins, "Child", None)
    monkeypatch.setattr(standins, "ThreadPoolExecutor", None)
    monkeypatch.setenv(name, value)
    ended = fsm(command)

    assert ended.code == 1
    assert f"error: Expected valid settings, but: {name}" in ended.err


def test_a_stack_makes_its_own_systems(stack_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment says of a system is not the stack's; what it says of the work is."""
    monkeypatch.setenv("FSM_KAFKA__USERNAME", "production")
    monkeypatch.setenv("FSM_WORK__LIMITS", '{"adobe-sign": 2}')
    stack = standins.LocalStack()
    with stack._closing:
        assert stack._own.kafka is None
        assert stack._own.work.limits == {"adobe-sign": 2}
        assert stack._own.clock == "camunda"
