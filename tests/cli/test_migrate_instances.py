"""`fsm instances migrate` and what `fsm deploy` says before it deploys, on a running engine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from zeebelet.server import EngineThread, ServerOptions

FIRST = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="x"><bpmn:process id="journey" isExecutable="true"><bpmn:startEvent id="s"/>
<bpmn:userTask id="ask" name="Ask somebody"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
<bpmn:userTask id="sign" name="Sign"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>
<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="ask"/>
<bpmn:sequenceFlow id="f2" sourceRef="ask" targetRef="sign"/><bpmn:sequenceFlow id="f3" sourceRef="sign" targetRef="e"/>
</bpmn:process></bpmn:definitions>"""
RENAMED = FIRST.replace('"ask"', '"question"').replace("Ask somebody", "Ask the customer")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, stack_file: object) -> Iterator[str]:
    """An engine with two versions of a process and two instances of the first: one at `ask`, one at `sign`."""
    with EngineThread(ServerOptions(grpc_port=0, http_port=0)) as thread:
        address = thread.addresses.http
        monkeypatch.setenv("FSM_CAMUNDA__REST_ADDRESS", address)
        monkeypatch.setenv("FSM_CAMUNDA__GRPC_ADDRESS", thread.addresses.grpc)
        deploy(address, FIRST)
        for _ in range(2):
            post(address, "process-instances", {"processDefinitionId": "journey"})
        task = post(address, "user-tasks/search", {})["items"][0]
        httpx.post(f"{address}/v2/user-tasks/{task['userTaskKey']}/completion", json={}).raise_for_status()
        deploy(address, RENAMED)
        yield address


def deploy(address: str, source: str) -> None:
    """Deploys one process as `j.bpmn`."""
    files = [("resources", ("j.bpmn", source.encode()))]
    httpx.post(f"{address}/v2/deployments", files=files).raise_for_status()


def post(address: str, path: str, body: Any) -> Any:
    """One call of the v2 REST API."""
    return httpx.post(f"{address}/v2/{path}", json=body).raise_for_status().json()


def versions(address: str) -> list[int]:
    """On which versions instances run."""
    return sorted(item["processDefinitionVersion"] for item in post(address, "process-instances/search", {})["items"])


def migrated(fsm: Any, *options: str) -> tuple[int, Any]:
    """Exit code and the report of a migration from version 1 to 2."""
    ended = fsm("instances", "migrate", "journey", "--from", "1", "--to", "2", "--json", *options)
    return ended.code, json.loads(ended.out)


def test_an_instance_without_a_place_stays_and_is_named(fsm: Any, engine: str) -> None:
    """What can be moved is moved; the instance at the element that is gone is told with the element and what to do."""
    code, told = migrated(fsm)
    assert code == 1
    assert told["counts"] == {"migrated": 1, "can-migrate": 0, "refused": 1, "ended": 0}
    assert any("--map ask=" in moved["reason"] for moved in told["instances"])
    assert versions(engine) == [1, 2]


def test_a_dry_run_moves_nothing(fsm: Any, engine: str) -> None:
    """The same report, and both instances still run on the first version."""
    code, told = migrated(fsm, "--dry-run", "--map", "ask=question")
    assert (code, told["counts"]["can-migrate"]) == (0, 2)
    assert versions(engine) == [1, 1]


def test_a_renamed_element_is_mapped_and_a_second_run_has_nothing_left(fsm: Any, engine: str) -> None:
    """With the mapping all go; run again, no instance is on the old version."""
    assert migrated(fsm, "--map", "ask=question")[1]["counts"]["migrated"] == 2
    assert versions(engine) == [2, 2]
    assert migrated(fsm)[1]["instances"] == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--from", "7", "--to", "2"), "Camunda has 1, 2"),
        (("--from", "1", "--to", "2", "--map", "ask"), "Expected --map OLD=NEW"),
        (("--from", "1", "--to", "2", "--map", "ask=nowhere"), "has no nowhere"),
    ],
)
def test_a_wrong_request_is_one_line(fsm: Any, engine: str, options: tuple[str, ...], told: str) -> None:
    """Unknown versions and elements are named, and nothing is moved."""
    ended = fsm("instances", "migrate", "journey", *options, "--yes")
    assert ended.code == 1
    assert told in ended.err
    assert versions(engine) == [1, 1]


def test_a_deployment_says_what_it_changes(fsm: Any, engine: str, tmp_path: Path) -> None:
    """Against what Camunda has: the element that is gone, and what that means for instances; the second time nothing changes."""
    (tmp_path / "bpmn").mkdir()
    (tmp_path / "bpmn" / "j.bpmn").write_text(FIRST)
    ended = fsm("deploy", str(tmp_path), "--force", "--json")
    texts = [change["text"] for change in json.loads(ended.out)["changes"]]
    assert any('"Ask the customer" (question) was removed' in text for text in texts)
    assert "cannot be migrated" in ended.err
    assert "as deployed" in fsm("deploy", str(tmp_path), "--force").err
