"""What a worker shows outside: probes over HTTP, metrics over UDP, several processes under one supervisor."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from harness import Nothing, bench, sleeps, tasks
from virtual import run_virtual

from workers.runtime import Context
from workers.runtime.dogstatsd import METRICS, DogStatsD
from workers.runtime.health import HealthServer, answer
from workers.runtime.supervisor import Child, Supervisor, combined
from workers.runtime.worker import capacity_warnings


def get(port: int, path: str) -> tuple[int, Any]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_probes_tell_a_working_worker_from_a_stopping_one() -> None:
    """Ready per type while jobs come in; stopping is not ready, but alive."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(5), sign=sleeps(0))) as it:
            it.broker.create("visit", 2)
            await asyncio.sleep(2)
            working = [
                answer(path, it.worker.report()) for path in ("/livez", "/readyz", "/readyz/visit", "/readyz/none")
            ]
            it.worker.stop()
            await asyncio.sleep(1)
            stopping = [answer(path, it.worker.report()) for path in ("/livez", "/readyz")]
            await it.run
            return working, stopping

    working, stopping = run_virtual(scenario())
    assert [status for status, _ in working] == [200, 200, 200, 404]
    assert (working[2][1]["held"], working[2][1]["stream"]) == (2, "open")
    assert [status for status, _ in stopping] == [200, 503]
    assert stopping[1][1]["types"]["visit"] == ["the worker is stopping"]


def test_a_blocked_event_loop_is_seen_by_the_probe() -> None:
    """The server has a thread of its own: it answers while the loop hangs, and says so."""

    async def scenario() -> tuple[bool, bool]:
        async with bench(tasks(visit=sleeps(0))) as it:
            await asyncio.sleep(1)
            before = it.worker.report()["live"]
            it.worker._pictured -= 60
            return before, it.worker.report()["live"]

    assert run_virtual(scenario()) == (True, False)


def test_handlers_that_never_return_make_the_process_dead() -> None:
    """All slots of a type held by threads whose jobs ended long ago: only a restart helps, so /livez fails."""
    reported = {
        "types": {"visit": {"stuck": 4, "limit": 4, "ready": False, "reasons": []}},
        "live": False,
        "ready": False,
    }

    assert answer("/livez", reported)[0] == 503


def test_the_health_server_speaks_http() -> None:
    """Real probes get status and JSON; unknown paths are 404."""
    report = {
        "live": True,
        "ready": False,
        "types": {"visit": {"ready": False, "reasons": ["adobe-sign is not available"]}},
    }
    server = HealthServer(lambda: report, host="127.0.0.1")
    try:
        assert get(server.port, "/livez") == (200, {"live": True})
        assert get(server.port, "/readyz") == (
            503,
            {"ready": False, "types": {"visit": ["adobe-sign is not available"]}},
        )
        assert get(server.port, "/status")[1] == report
        assert get(server.port, "/other")[0] == 404
        together = combined([server.port, server.port])
        assert (together["ready"], list(together["types"])) == (False, ["0/visit", "1/visit"])
    finally:
        server.close()


def test_metrics_go_out_as_differences_with_tags() -> None:
    """Counters count once, distributions are packed, every line carries the task type; all names are known ones."""
    agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    agent.bind(("127.0.0.1", 0))
    agent.settimeout(5)
    metrics = DogStatsD(f"127.0.0.1:{agent.getsockname()[1]}", tags=["env:test"])

    async def scenario() -> None:
        async with bench(tasks(visit=sleeps(0.01)), needs={"metrics": metrics}) as it:
            it.broker.create("visit", 10)
            await asyncio.sleep(6)
            it.broker.create("visit", 3)
            await asyncio.sleep(6)

    run_virtual(scenario())
    lines = [line for _ in range(4) if (datagram := _receive(agent)) for line in datagram.decode().split("\n")]
    agent.close()
    metrics.close()
    ended = [line for line in lines if line.startswith("fsm.jobs.ended")]

    assert ended == [f"fsm.jobs.ended:{n}|c|#task_type:visit,env:test,outcome:completed" for n in (10, 3)]
    assert any(line.startswith("fsm.jobs.run:") and line.count(":") > 4 and "|d|" in line for line in lines)
    assert {line.split(":")[0].removeprefix("fsm.") for line in lines} <= METRICS


def _receive(agent: socket.socket) -> bytes:
    agent.settimeout(0.3)
    try:
        return agent.recv(65_536)
    except TimeoutError:
        return b""


def test_no_agent_is_no_trouble() -> None:
    """A laptop has no agent: metrics vanish, jobs do not notice."""

    async def scenario() -> str:
        async with bench(tasks(visit=sleeps(0)), needs={"metrics": DogStatsD("127.0.0.1:1")}) as it:
            job = it.broker.create("visit")[0]
            await asyncio.sleep(20)
            return job.state

    assert run_virtual(scenario()) == "COMPLETED"


CHILD = """
import signal, sys, time
signal.signal(15, lambda *a: sys.exit({code}))
open(sys.argv[1], 'a').write('x')
time.sleep(60)
"""


@pytest.mark.parametrize(("second", "live"), [("well", True), ("hangs", False), ("starts", True)])
def test_a_process_that_hangs_makes_the_pod_dead(second: str, live: bool) -> None:
    """One that does not answer is started again by the supervisor; one that answers that it hangs is not."""
    well = {"live": True, "ready": True, "types": {"visit": {}}}
    answers = {"well": well, "hangs": {**well, "live": False}, "starts": {"live": False, "ready": False, "types": {}}}
    assert combined([1, 2], lambda port: well if port == 1 else answers[second])["live"] is live


async def test_a_process_that_dies_is_started_again_and_a_stop_reaches_all(tmp_path: Path) -> None:
    """One child is killed: it gets a successor, the other one is left alone; the exit code is the worst of theirs."""
    marks = [tmp_path / "one", tmp_path / "two"]
    children = [
        Child([sys.executable, "-c", CHILD.format(code=code), str(mark)], os.environ, number=number)
        for number, (code, mark) in enumerate(zip((0, 3), marks, strict=True))
    ]
    supervisor = Supervisor(children)
    run = asyncio.create_task(supervisor.run())
    await _until(lambda: all(mark.exists() for mark in marks))
    assert children[0].process is not None
    children[0].process.kill()
    await _until(lambda: marks[0].read_text() == "xx")
    supervisor.stop()

    assert await run == 3
    assert marks[1].read_text() == "x"


async def test_ctrl_c_in_a_terminal_is_one_signal_for_the_children(tmp_path: Path) -> None:
    """They are in a session of their own: the terminal signals the supervisor's group, the supervisor passes one stop on."""
    mark = tmp_path / "mark"
    child = Child([sys.executable, "-c", CHILD.format(code=0), str(mark)], os.environ, number=0)
    run = asyncio.create_task(child.run())
    await _until(mark.exists)
    assert child.process is not None
    assert os.getpgid(child.process.pid) != os.getpgid(0)
    child.send(signal.SIGTERM)
    assert await run == 0


async def test_a_stop_reaches_a_child_that_is_just_being_made(tmp_path: Path) -> None:
    """The signal comes before there is a process: it gets it as soon as it is there."""
    child = Child([sys.executable, "-c", CHILD.format(code=0), str(tmp_path / "mark")], os.environ, number=0)
    run = asyncio.create_task(child.run())
    await asyncio.sleep(0)
    child.send(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert abs(await run) in (0, signal.SIGTERM)


async def test_changed_code_renews_the_children(tmp_path: Path) -> None:
    """With reload a new file in a watched folder lets the child drain and starts its successor at once."""
    mark, folder = tmp_path / "mark", tmp_path / "code"
    folder.mkdir()
    child = Child([sys.executable, "-c", CHILD.format(code=0), str(mark)], os.environ, number=0)
    supervisor = Supervisor([child])
    run = asyncio.create_task(supervisor.run(reload=[folder]))
    await _until(mark.exists)
    (folder / "task.py").write_text("x = 1")
    await _until(lambda: mark.read_text() == "xx")
    supervisor.stop()

    assert await run == 0


async def _until(condition: Any) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.05)


def test_the_worker_warns_about_time_outs_that_cannot_hold() -> None:
    """Camunda's rule at start-up, per type: max active below concurrency x time-out / expected time."""

    def blocking(data: Nothing, ctx: Context) -> None:
        """32 of them share eight threads: the last one waits three times as long as it runs."""

    registry = tasks(
        fine=(sleeps(0), {"expected": timedelta(seconds=5)}),
        tight=(sleeps(0), {"expected": timedelta(seconds=40), "timeout": timedelta(seconds=30)}),
        queued=(blocking, {"expected": timedelta(seconds=8), "timeout": timedelta(seconds=30)}),
        quick=(blocking, {"expected": timedelta(seconds=7), "timeout": timedelta(seconds=30)}),
        few=(blocking, {"expected": timedelta(seconds=8), "timeout": timedelta(seconds=30), "max_active": 8}),
    )
    warnings = capacity_warnings(list(registry.values()), threads=8)
    assert [warning.split(":")[0] for warning in warnings] == ["tight", "queued"]
    assert "8 at a time" in warnings[1]
