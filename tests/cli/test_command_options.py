"""What commands refuse, and that they say so in a sentence."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from workers import standins
from workers.ports.errors import Misconfigured
from workers.running import middleware
from workers.runtime import registry
from workers.runtime.dogstatsd import DogStatsD
from workers.runtime.health import answer
from workers.runtime.supervisor import combined
from workers.settings import Settings, WorkSettings

Fsm: TypeAlias = Callable[..., Any]


@pytest.mark.parametrize(
    "command",
    [
        "engine --grpc-port 70000",
        "engine --http-port -1",
        "api --port 99999",
        "work --health-port 99999",
        "work status --health-port 99999",
        "work --drain -1",
    ],
)
def test_a_number_out_of_range_is_refused(command: str, fsm: Fsm) -> None:
    """Ports and seconds that cannot be are wrong use of the command: exit code 2, the option named, no trace."""
    ended = fsm(*command.split())

    assert ended.code == 2
    assert f"Invalid value for '{command.split()[-2]}'" in ended.err


def test_health_ports_of_all_processes_must_exist(fsm: Fsm) -> None:
    """The processes listen on the ports after the given one: these must be ports too."""
    ended = fsm("work", "--processes", "2", "--health-port", "65534")

    assert ended.code == 1
    assert "the last is 65536" in ended.err


def test_help_of_work_names_a_task_that_exists(fsm: Fsm) -> None:
    """An example one can copy."""
    ended = fsm("work", "--help")

    assert "--only send-notification" in ended.out
    assert "send-notification" in registry


@pytest.mark.parametrize("address", ["nonsense", "host:", ":8125", "host:0", "host:70000", "host:x", "host:-1"])
@pytest.mark.parametrize("processes", ["1", "2"])
def test_an_agent_that_cannot_be_is_refused(address: str, processes: str, fsm: Fsm) -> None:
    """Before a worker or its processes start, in a sentence; places that can be are taken."""
    ended = fsm("work", "--statsd", address, "--health-port", "0", "--processes", processes)

    assert ended.code == 1
    assert f"Expected host:port or a socket path that begins with /, but it is '{address}'" in ended.err
    for good in ("127.0.0.1:8125", "/run/agent.socket"):
        DogStatsD(good).close()


@pytest.mark.parametrize(
    ("option", "wrong", "known"), [("--state", "NONSENSE", "IN_PROGRESS"), ("--country", "ZZ", "ES, FR")]
)
def test_orders_that_cannot_be_are_refused(option: str, wrong: str, known: str, fsm: Fsm) -> None:
    """A state or country that does not exist would find nothing and look like good news."""
    ended = fsm("orders", "list", option, wrong)

    assert ended.code == 1
    assert known in ended.err
    assert f"but it is '{wrong}'" in ended.err


@pytest.mark.parametrize("name", ["workers.settings:MODELS", "workers.settings:Settings", "workers.settings:nothing"])
def test_middleware_is_a_function(name: str, fsm: Fsm, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is no function is refused at the start, by a supervisor before its processes start."""
    with pytest.raises(Misconfigured, match=f"FSM_WORK__MIDDLEWARE: expected {name} to be a function"):
        middleware(Settings(work=WorkSettings(middleware=(name,))))

    monkeypatch.setenv("FSM_WORK__MIDDLEWARE", f'["{name}"]')
    ended = fsm("work", "--processes", "2", "--health-port", "0")
    assert ended.code == 1
    assert f"expected {name} to be a function" in ended.err


READY = {"ready": True, "reasons": []}
PAUSED = {"ready": False, "reasons": ["adobe-sign is not available"]}
SILENT = {"live": False, "ready": False, "types": {}}


def of(*reports: dict[str, Any]) -> dict[str, Any]:
    """What a supervisor reports of these processes."""
    return combined(range(len(reports)), fetch=lambda port: reports[port])


@pytest.mark.parametrize(
    ("second", "status"), [(READY, 200), (PAUSED, 503), (None, 503)], ids=["both ready", "one waits", "one is silent"]
)
def test_a_type_is_ready_when_it_is_in_all_processes(second: dict[str, Any] | None, status: int) -> None:
    """`/readyz/TYPE` means the same with several processes; the body tells each one's state."""
    one = {"live": True, "ready": True, "types": {"visit": READY}}
    other = {"live": True, "ready": second is READY, "types": {"visit": second}} if second else SILENT
    code, body = answer("/readyz/visit", of(one, other))

    assert code == status
    assert list(body) == ["0", "1"]
    assert body["1"]["ready"] is (second is READY)
    assert answer("/readyz/0/visit", of(one, other))[0] == 200


def test_a_type_nobody_has_is_not_found() -> None:
    """404 as soon as every process has spoken; before that nobody can know."""
    one = {"live": True, "ready": True, "types": {"visit": READY}}

    assert answer("/readyz/other", of(one, one))[0] == 404
    assert answer("/readyz/other", of(one, SILENT))[0] == 503


def run_process(tmp_path: Path, *arguments: str) -> tuple[standins.Process, list[str]]:
    """A process of the platform, and what is told of it."""
    told: list[str] = []
    process = standins.Process("api", arguments, {}, tmp_path / "api.log", progress=told.append)
    return process, told


def eventually(holds: Callable[[], object], seconds: float = 20) -> None:
    """Waits."""
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, f"not within {seconds} s"
        time.sleep(0.02)


def test_a_process_that_dies_is_told_and_started_ever_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which process, its exit code and its log are told; pauses double up to a limit; a stop does not wait for one."""
    pauses: list[float] = []
    monkeypatch.setattr(threading.Event, "wait", quick(threading.Event.wait, pauses))
    process, told = run_process(tmp_path, "no-such-command")
    eventually(lambda: len(pauses) >= 7)
    begun = time.monotonic()
    process.stop()

    assert time.monotonic() - begun < 5
    assert told[0].startswith("api ended with code 2, is started again in")
    assert told[0].endswith(f"its log: {tmp_path / 'api.log'}")
    steps = [0.5, 1, 2, 4, 8, 10, 10]
    assert all(step / 2 <= pause <= step for step, pause in zip(steps, pauses, strict=False))


def quick(wait: Any, pauses: list[float]) -> Any:
    """`Event.wait` that notes pauses of a restart and lets them last no time."""

    def waits(event: threading.Event, timeout: float | None = None) -> bool:
        if timeout is None or timeout == standins.WATCH_SECONDS or timeout < standins.FIRST_PAUSE / 2:
            return bool(wait(event, timeout))
        pauses.append(timeout)
        return bool(wait(event, 0))

    return waits


def test_a_death_that_was_asked_for_is_neither_told_nor_waited_for(tmp_path: Path) -> None:
    """Saved code and the demonstration's `kill -9`: the successor starts at once."""
    process, told = run_process(tmp_path, "engine", "--grpc-port", "0", "--http-port", "0")
    for end in (process.kill, process.renew):
        before = process.pid
        end()
        eventually(lambda: process.pid != before, seconds=5)  # noqa: B023 - called here
    process.stop()

    assert told == []
    assert process.restarts == 2
