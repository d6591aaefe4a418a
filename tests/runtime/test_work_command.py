"""`fsm work`, `fsm work status` and `fsm new-task` as real commands: engine and database real, brokers away."""

from __future__ import annotations

import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from adapters.camunda.processes import ZeebeProcesses
from adapters.camunda.settings import CamundaSettings
from adapters.children import free_port
from adapters.postgres.local import LocalPostgres
from workers.ports.processes import Resource
from workers.runtime import registry
from zeebelet.server import EngineThread

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    with EngineThread() as engine, LocalPostgres() as postgres:
        user, password = postgres.owner.username, postgres.owner.password
        yield {
            **os.environ,
            "FSM_STACK_FILE": str(tmp_path_factory.mktemp("none") / "stack.json"),
            "FSM_CAMUNDA__GRPC_ADDRESS": engine.addresses.grpc,
            "FSM_CAMUNDA__REST_ADDRESS": engine.addresses.http,
            "FSM_POSTGRES": json.dumps({"url": postgres.place, "username": user, "password": password}),
            "FSM_KAFKA": json.dumps({"bootstrap_servers": "127.0.0.1:1"}),
        }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "workers", *arguments]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@contextmanager
def working(
    environment: dict[str, str], *arguments: str, errors: Any = None
) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-m", "workers", "work", "--health-port", str(port), *arguments]
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stderr=errors)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.wait(30)


def probe(port: int, path: str = "/status", *, seconds: float = 30, ready: bool = True) -> Any:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
                report = json.load(response)
                if not ready or report["ready"]:
                    return report
        except (URLError, OSError):
            pass
        time.sleep(0.1)
    raise AssertionError(f"nothing ready on {path}")


def test_work_serves_what_it_was_told_to_and_drains(environment: dict[str, str]) -> None:
    """One type only, ready within seconds, seen by `status`; SIGTERM ends it with exit code 0."""
    with working(environment, "--only", "close-order") as (process, port):
        report = probe(port)
        shown = run(environment, "work", "status", "--health-port", str(port))
        told = run(environment, "work", "status", "--health-port", str(port), "--json")
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)

    assert list(report["types"]) == ["close-order"]
    assert shown.returncode == 0
    assert "close-order" in shown.stdout
    assert json.loads(told.stdout)["ready"] is True
    assert code == 0


def test_several_processes_are_supervised(environment: dict[str, str]) -> None:
    """Two processes under one report; one is killed and comes back; a stop reaches both."""
    with working(environment, "--only", "close-order", "--processes", "2") as (process, port):
        report = probe(port)
        children = [int(pid) for pid in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]
        os.kill(children[0], signal.SIGKILL)
        time.sleep(0.5)
        again = probe(port)
        process.send_signal(signal.SIGTERM)
        code = process.wait(30)

    assert sorted(report["types"]) == sorted(again["types"]) == ["0/close-order", "1/close-order"]
    assert code == 0


def test_a_typo_is_refused_with_what_is_known(environment: dict[str, str]) -> None:
    """`--only` with an unknown type would serve nothing: it ends at once and names the known ones."""
    done = run(environment, "work", "--only", "close-ordre", "--health-port", "0")

    assert done.returncode == 1
    assert "Unknown task type close-ordre" in done.stderr
    assert "Traceback" not in done.stderr


ONE_TASK = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
  id="d" targetNamespace="http://bpmn.io/schema/bpmn">
  <bpmn:process id="Audited" isExecutable="true">
    <bpmn:startEvent id="Start" />
    <bpmn:sequenceFlow id="f1" sourceRef="Start" targetRef="Close" />
    <bpmn:serviceTask id="Close">
      <bpmn:extensionElements><zeebe:taskDefinition type="close-order" /></bpmn:extensionElements>
    </bpmn:serviceTask>
  </bpmn:process>
</bpmn:definitions>"""
AROUND = """
import logging


async def around(attempt, proceed):
    outcome = await proceed(attempt)
    logging.getLogger("audit").warning("%s ended as %s", attempt.job.type, type(outcome).__name__)
    return outcome
"""


def test_a_middleware_of_ones_own_is_a_file_and_a_setting(environment: dict[str, str], tmp_path: Path) -> None:
    """A module on the path and its name in the settings: it sees how every job ended, failures included."""
    (tmp_path / "audit.py").write_text(AROUND)
    mine = {"PYTHONPATH": str(tmp_path), "FSM_WORK__MIDDLEWARE": '["audit:around"]', "FSM_LOG_FORMAT": "json"}
    processes = ZeebeProcesses(CamundaSettings(grpc_address=environment["FSM_CAMUNDA__GRPC_ADDRESS"]))
    processes.deploy([Resource("one.bpmn", ONE_TASK)])
    instance = processes.start("Audited", {"serviceOrderId": "no such order"})
    log = tmp_path / "log"
    with log.open("wb") as errors, working(environment | mine, "--only", "close-order", errors=errors):
        until = time.monotonic() + 30
        while "ended as" not in log.read_text() and time.monotonic() < until:
            time.sleep(0.1)
    processes.cancel(instance)
    processes.close()

    records = [json.loads(line) for line in log.read_text().splitlines()]
    assert "close-order ended as Failed" in [record["message"] for record in records if record["logger"] == "audit"]
    # The runtime's own record of the same job leads to its process instance.
    assert instance in [record.get("process_instance_key") for record in records]


def test_a_middleware_nobody_can_import_stops_the_start(environment: dict[str, str]) -> None:
    """A sentence that names the setting, not a stack trace and not a worker without its audit."""
    done = run(environment | {"FSM_WORK__MIDDLEWARE": '["audit:around"]'}, "work", "--health-port", "0")

    assert done.returncode == 1
    assert "FSM_WORK__MIDDLEWARE" in done.stderr
    assert "Traceback" not in done.stderr


def test_status_without_a_worker_says_how_to_start_one(environment: dict[str, str]) -> None:
    """One sentence and exit code 1."""
    done = run(environment, "work", "status", "--health-port", str(free_port()))

    assert done.returncode == 1
    assert "fsm work" in done.stderr


def test_new_task_writes_a_task_that_imports_and_a_test_that_passes(
    environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written works as it is; a second time nothing is overwritten."""
    first = run(
        environment, "new-task", "route-optimise", "--purpose", "Orders a team's visits.", "--root", str(tmp_path)
    )
    again = run(environment, "new-task", "route-optimise", "--root", str(tmp_path))
    spec = importlib.util.spec_from_file_location("route_optimise", tmp_path / "workers/tasks/route_optimise.py")
    assert spec is not None
    assert spec.loader is not None
    monkeypatch.setitem(sys.modules, "route_optimise", module := importlib.util.module_from_spec(spec))
    spec.loader.exec_module(module)
    definition = registry["route-optimise"]
    registry._tasks.pop("route-optimise")

    assert (first.returncode, again.returncode) == (0, 1)
    assert (definition.fetch_variables, definition.output_variables) == (("serviceOrderId",), ("serviceOrderId",))
    assert "Nothing was written" in again.stderr
    assert (tmp_path / "docs/tasks/route-optimise.md").read_text().startswith("# route-optimise")
    assert "def test_route_optimise" in (tmp_path / "tests/tasks/test_route_optimise.py").read_text()
