"""Tasks, incidents and instances from a terminal, on a running engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from workers.cli.up import forget
from zeebelet.server import EngineThread, ServerOptions

PROCESS = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="x"><bpmn:process id="journey" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:userTask id="ask" name="Ask somebody"><bpmn:extensionElements><zeebe:userTask/>
<zeebe:assignmentDefinition candidateGroups="ops-FR"/></bpmn:extensionElements></bpmn:userTask>
<bpmn:serviceTask id="store"><bpmn:extensionElements><zeebe:taskDefinition type="store"/></bpmn:extensionElements>
</bpmn:serviceTask>
<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
<bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="store"/><bpmn:sequenceFlow id="f3" sourceRef="store" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, stack_file: object) -> Iterator[str]:
    """An engine with two orders, which every command finds by the environment."""
    with EngineThread(ServerOptions(grpc_port=0, http_port=0)) as thread:
        address = thread.addresses.http
        monkeypatch.setenv("FSM_CAMUNDA__REST_ADDRESS", address)
        monkeypatch.setenv("FSM_CAMUNDA__GRPC_ADDRESS", thread.addresses.grpc)
        monkeypatch.setenv("FSM_CLOCK", "camunda")
        httpx.post(f"{address}/v2/deployments", files=[("resources", ("j.bpmn", PROCESS))]).raise_for_status()
        for order in ("pyxis:1", "pyxis:2"):
            body = {"processDefinitionId": "journey", "variables": {"orderKey": order}}
            httpx.post(f"{address}/v2/process-instances", json=body).raise_for_status()
        yield address


def fail_jobs(address: str) -> None:
    """Completes the tasks and fails the jobs behind them for good."""
    for task in httpx.post(f"{address}/v2/user-tasks/search", json={}).json()["items"]:
        httpx.post(f"{address}/v2/user-tasks/{task['userTaskKey']}/completion", json={})
    wanted = {"type": "store", "worker": "w", "timeout": 60_000, "maxJobsToActivate": 9}
    for number, job in enumerate(httpx.post(f"{address}/v2/jobs/activation", json=wanted).json()["jobs"]):
        body = {"retries": 0, "errorMessage": f"The shelf is full (box {number}) [red]"}
        httpx.post(f"{address}/v2/jobs/{job['jobKey']}/failure", json=body)


def test_tasks_are_listed_claimed_and_completed(fsm: Any, engine: str) -> None:
    """Only the tasks of the order that was named; a claim is refused when somebody has it; completion sends variables."""
    found = json.loads(fsm("tasks", "list", "--order", "pyxis:2", "--json").out)["tasks"]
    assert [task["elementId"] for task in found] == ["ask"]
    key = found[0]["userTaskKey"]
    assert fsm("tasks", "claim", key, "--as", "ana").code == 0
    assert "assignee │ ana" in fsm("tasks", "show", key).out
    assert fsm("tasks", "claim", key, "--as", "bo").code == 1
    assert fsm("tasks", "complete", key, '{"answer": 42}').code == 0
    stored = httpx.post(f"{engine}/v2/variables/search", json={"filter": {"name": "answer"}}).json()["items"]
    assert stored[0]["value"] == "42"


def test_variables_that_are_no_object_are_refused(fsm: Any, engine: str) -> None:
    """One line says what was expected."""
    assert "Expected the variables as JSON" in fsm("tasks", "complete", "1", "{").err
    assert "to be a JSON object" in fsm("tasks", "complete", "1", "[]").err


def test_an_incident_is_explained(fsm: Any, engine: str) -> None:
    """What failed, whose order, who else is hit by the same cause, and the command that mends it."""
    fail_jobs(engine)
    listed = json.loads(fsm("incidents", "list", "--json").out)["incidents"]
    assert {incident["orderKey"] for incident in listed} == {"pyxis:1", "pyxis:2"}
    told = json.loads(fsm("incidents", "explain", listed[0]["incidentKey"], "--json").out)
    assert told["what"].startswith("The shelf is full")
    assert {told["order"], *told["others"]} == {"pyxis:1", "pyxis:2"}
    assert told["command"] == f"fsm incidents retry {listed[0]['incidentKey']} --alike"
    assert "[red]" in fsm("incidents", "explain", listed[0]["incidentKey"]).out


def test_incidents_of_one_cause_are_tried_again_together(fsm: Any, engine: str) -> None:
    """`--alike` takes those whose message differs in numbers only."""
    fail_jobs(engine)
    key = json.loads(fsm("incidents", "list", "--json").out)["incidents"][0]["incidentKey"]
    assert "2 tried again" in fsm("incidents", "retry", key, "--alike").out
    assert json.loads(fsm("incidents", "list", "--json").out)["incidents"] == []
    assert "Expected the key of an incident or --all" in fsm("incidents", "retry").err


def test_an_instance_is_shown_moved_and_cancelled(fsm: Any, engine: str) -> None:
    """An order's name stands for its journey; what it waits for says who and what."""
    shown = json.loads(fsm("instances", "show", "pyxis:1", "--json").out)
    assert [(wait["kind"], wait["what"], wait["who"]) for wait in shown["waits"]] == [
        ("task", "Ask somebody", "ops-FR")
    ]
    assert fsm("instances", "move", "pyxis:1", "--from", "ask", "--to", "store").code == 0
    assert "store" in fsm("instances", "show", "pyxis:1").out
    assert fsm("instances", "cancel", "pyxis:1", "--yes").code == 0
    assert "Expected a running journey of 'pyxis:1'" in fsm("instances", "show", "pyxis:1").err
    assert (
        "Expected a token at 'nowhere'" in fsm("instances", "move", "pyxis:2", "--from", "nowhere", "--to", "store").err
    )


def test_the_clock_is_shown_and_moved(fsm: Any, engine: str) -> None:
    """A span, an instant or the next timer; time only moves forward."""
    before = json.loads(fsm("clock", "show", "--json").out)["now"]
    assert fsm("clock", "move", "1d2h").code == 0
    assert json.loads(fsm("clock", "show", "--json").out)["now"][:10] > before[:10]
    assert "time only moves forward" in fsm("clock", "move", "--to", "2020-01-01T00:00:00").err
    assert "Expected a span such as 2d4h" in fsm("clock", "move", "soon").err
    assert "Expected a timer to go to" in fsm("clock", "move", "--next").err


def test_versions_are_printed(fsm: Any) -> None:
    """Both distributions, in one line."""
    told = fsm("--version")
    assert told.code == 0
    assert told.out.startswith("fsm 0")
    assert "zeebelet 0" in told.out


def test_what_was_kept_is_forgotten_and_nothing_else(stack_file: Path) -> None:
    """`fsm up --fresh` leaves files alone that no stack made."""
    folder = stack_file.parent
    (folder / "engine").mkdir(parents=True)
    for name in ("engine/log", "notes.txt", "clock"):
        (folder / name).write_text("x")
    forget(folder)
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
