"""The search side after a restart: what was finished is still known, whether it comes from a snapshot or from the log."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from zeebelet.gateway.commands import Command
from zeebelet.gateway.gateway import Gateway
from zeebelet.gateway.rest.searches import SEARCHES
from zeebelet.gateway.search.feed import SearchFeed
from zeebelet.gateway.search.projection import Projection
from zeebelet.gateway.search.query import search
from zeebelet.log import DurableLog, NoLog
from zeebelet.loop import Engine
from zeebelet.records import (
    Deployment,
    DeploymentResource,
    Incident,
    Job,
    Message,
    ProcessInstance,
    ProcessInstanceCreation,
    Record,
)

BPMN = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" targetNamespace="t">
  <bpmn:message id="m" name="m">
    <bpmn:extensionElements><zeebe:subscription correlationKey="=k"/></bpmn:extensionElements>
  </bpmn:message>
  <bpmn:message id="begin" name="begin"/>
  <bpmn:process id="P" name="Process" isExecutable="true">
    <bpmn:startEvent id="S"><bpmn:outgoing>f1</bpmn:outgoing></bpmn:startEvent>
    <bpmn:startEvent id="S2"><bpmn:outgoing>f0</bpmn:outgoing><bpmn:messageEventDefinition messageRef="begin"/></bpmn:startEvent>
    <bpmn:sequenceFlow id="f0" sourceRef="S2" targetRef="A"/>
    <bpmn:sequenceFlow id="f1" sourceRef="S" targetRef="A"/>
    <bpmn:serviceTask id="A" name="Work">
      <bpmn:extensionElements><zeebe:taskDefinition type="a"/></bpmn:extensionElements>
      <bpmn:incoming>f0</bpmn:incoming><bpmn:incoming>f1</bpmn:incoming><bpmn:outgoing>f2</bpmn:outgoing>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="f2" sourceRef="A" targetRef="M"/>
    <bpmn:intermediateCatchEvent id="M"><bpmn:incoming>f2</bpmn:incoming><bpmn:outgoing>f3</bpmn:outgoing>
      <bpmn:messageEventDefinition messageRef="m"/></bpmn:intermediateCatchEvent>
    <bpmn:sequenceFlow id="f3" sourceRef="M" targetRef="D"/>
    <bpmn:businessRuleTask id="D"><bpmn:extensionElements><zeebe:calledDecision decisionId="Dec" resultVariable="r"/>
      </bpmn:extensionElements><bpmn:incoming>f3</bpmn:incoming><bpmn:outgoing>f4</bpmn:outgoing></bpmn:businessRuleTask>
    <bpmn:sequenceFlow id="f4" sourceRef="D" targetRef="U"/>
    <bpmn:userTask id="U"><bpmn:extensionElements><zeebe:userTask/><zeebe:formDefinition formId="form"/>
      </bpmn:extensionElements><bpmn:incoming>f4</bpmn:incoming></bpmn:userTask>
  </bpmn:process>
</bpmn:definitions>"""
DMN = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="DRG" namespace="n">
  <decision id="Dec" name="Dec"><decisionTable id="t" hitPolicy="UNIQUE">
    <input id="i" label="k"><inputExpression id="ie"><text>k</text></inputExpression></input><output id="o" name="out"/>
    <rule id="r1"><inputEntry id="r1i"><text>"1"</text></inputEntry><outputEntry id="r1o"><text>7</text></outputEntry></rule>
  </decisionTable></decision>
</definitions>"""
FORM = b'{"id":"form","type":"default","components":[]}'


def play(engine: Engine) -> None:
    """Deploys, then: one instance to its user task, one with an incident, one cancelled, one started by a message."""
    answers: list[Record] = []

    def ask(value_type: str, intent: str, value: Any, key: int = -1) -> Record:
        engine.submit(value_type, intent, value, key=key, respond=answers.append)
        assert answers[-1].rejection_reason == ""
        return answers[-1]

    files = (("p.bpmn", BPMN.encode()), ("d.dmn", DMN.encode()), ("f.form", FORM), ("notes.rpa", b'{"id":"notes"}'))
    ask("DEPLOYMENT", "CREATE", Deployment(tuple(DeploymentResource(*file) for file in files)))
    keys = [
        ask(
            "PROCESS_INSTANCE_CREATION", "CREATE", ProcessInstanceCreation(bpmn_process_id="P", variables={"k": k})
        ).value.process_instance_key
        for k in ("1", "2", "3")
    ]
    blank = Job("", -1, -1, -1, "", "", -1, -1)
    jobs = sorted(key for key in engine.state.jobs.activatable("a"))
    ask("JOB", "COMPLETE", blank._replace(variables={"done": [1, None, {"a": "é"}]}), jobs[0])
    ask("MESSAGE", "PUBLISH", Message("m", "1", 1_000))
    ask("JOB", "FAIL", blank._replace(error_message="no"), jobs[1])
    ask("PROCESS_INSTANCE", "CANCEL", ProcessInstance("", -1, -1, -1, "", -1, "PROCESS"), keys[2])
    ask("MESSAGE", "PUBLISH", Message("begin", "", 0))


def everything(projection: Projection) -> dict[str, Any]:
    """All answers the search side gives."""
    found = {name: search(projection.tables, operation.view, {}) for name, operation in SEARCHES.items()}
    found["forms"] = list(projection.tables.forms)
    found["resources"] = list(projection.tables.resources)
    found["flows"] = [flow.id for flow in projection.tables.flows]
    return found


@pytest.mark.parametrize("snapshot_every", [1_000_000, 25, 1])
def test_every_search_answers_as_before(tmp_path: Path, snapshot_every: int) -> None:
    """From the log alone, from a snapshot and the log behind it, and from a snapshot taken at every commit."""
    before = Projection()
    engine = Engine(log=SearchFeed(DurableLog(tmp_path, snapshot_every=snapshot_every), before))
    play(engine)
    engine.close()

    after = Projection()
    again = Engine(log=SearchFeed(DurableLog(tmp_path, snapshot_every=snapshot_every), after))

    said = everything(before)
    assert everything(after) == said
    empty = {name for name in SEARCHES if not said[name]["items"]}
    assert empty == {"searchBatchOperations", "searchBatchOperationItems"}
    again.close()


class CountingLog(NoLog):
    """Counts how often it had to wait for the disk."""

    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


@pytest.mark.parametrize(("grouped", "waits"), [(True, 1), (False, 5)])
async def test_commands_of_one_turn_share_one_wait_for_the_disk(grouped: bool, waits: int) -> None:
    """Grouped, five messages that come together are made safe together, and answered after that."""
    log = CountingLog()
    commands = Gateway(Engine(log=log), grouped=grouped).services.commands
    asked = [commands.ask(Command("MESSAGE", "PUBLISH", Message("m", str(i), 1_000))) for i in range(5)]

    answers = await asyncio.gather(*asked)

    assert len({answer.key for answer in answers}) == 5
    assert log.flushes == waits


async def test_a_command_that_needs_its_answer_now_ends_the_group() -> None:
    """What was grouped before it is answered before it."""
    commands = Gateway(Engine(), grouped=True).services.commands
    first = asyncio.ensure_future(commands.ask(Command("MESSAGE", "PUBLISH", Message("m", "1", 1_000))))
    await asyncio.sleep(0)

    second = commands.now(Command("MESSAGE", "PUBLISH", Message("m", "2", 1_000)))

    assert second.key > (await first).key


def test_a_row_is_tied_to_its_others_again(tmp_path: Path) -> None:
    """An incident resolved after the restart goes out on the instance it was counted on before."""
    log = DurableLog(tmp_path, snapshot_every=1)
    engine = Engine(log=SearchFeed(log, Projection()))
    play(engine)
    engine.close()
    projection = Projection()
    again = Engine(log=SearchFeed(DurableLog(tmp_path), projection))
    (incident,) = projection.tables.incidents
    instance = projection.tables.instances.get(incident.value.process_instance_key)
    assert instance is not None
    assert instance.has_incident

    blank = Job("", -1, -1, -1, "", "", -1, -1)
    again.submit("JOB", "UPDATE_RETRIES", blank._replace(retries=1), key=incident.value.job_key)
    again.submit("INCIDENT", "RESOLVE", Incident("", "", "", -1, -1, "", -1), key=incident.key)

    assert not instance.has_incident
    assert next(iter(projection.tables.elements)).name == "S"
    again.close()
