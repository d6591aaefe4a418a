"""The steps of docs/analysts.md, each done as Camunda Modeler leaves the files: no diagram, ids made up, tables untouched."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from workers.workshop.check import Finding, check
from workers.workshop.check.mending import mend

ROOT = Path(__file__).parents[2]
FORM = {
    "type": "default",
    "id": "confirm-arrival",
    "schemaVersion": 19,
    "executionPlatform": "Camunda Cloud",
    "executionPlatformVersion": "8.9.0",
    "components": [
        {"type": "text", "id": "Text_1", "text": "### Confirm arrival\n\n**Order** {{serviceOrderId}}"},
        {
            "type": "radio",
            "id": "Field_Decision",
            "key": "arrival.decision",
            "label": "Decision",
            "validate": {"required": True},
            "values": [{"label": "It is there", "value": "ARRIVED"}, {"label": "It is not", "value": "NOT_THERE"}],
        },
        {
            "type": "textarea",
            "id": "Field_Notes",
            "key": "arrival.resolutionNotes",
            "label": "Notes",
            "validate": {"required": True, "minLength": 10},
        },
    ],
}
TASK = """<bpmn:userTask id="Activity_0k3j2h1" name="Confirm arrival">
      <bpmn:extensionElements>
        <zeebe:userTask/>
        <zeebe:formDefinition formId="confirm-arrival" bindingType="deployment"/>
        <zeebe:assignmentDefinition candidateGroups="=[&quot;ops-&quot; + countryCode]"/>
        <zeebe:taskSchedule dueDate="=now() + duration(&quot;PT2H&quot;)"/>
      </bpmn:extensionElements>
    </bpmn:userTask>
    """
REMINDER = """<bpmn:boundaryEvent id="Event_0aa11bb" name="1 h later" cancelActivity="false" attachedToRef="HandleNoShow">
      <bpmn:timerEventDefinition id="TimerEventDefinition_1">
        <bpmn:timeDuration>PT1H</bpmn:timeDuration>
      </bpmn:timerEventDefinition>
    </bpmn:boundaryEvent>
    <bpmn:serviceTask id="Activity_0cc22dd" name="Remind operator">
      <bpmn:extensionElements>
        <zeebe:taskDefinition type="send-notification"/>
        <zeebe:taskHeaders>
          <zeebe:header key="template" value="sla-warning"/>
          <zeebe:header key="recipient" value="operator"/>
        </zeebe:taskHeaders>
        <zeebe:ioMapping>INPUTS</zeebe:ioMapping>
      </bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:endEvent id="Event_0ee33ff" name="Operator reminded"/>
    <bpmn:sequenceFlow id="Flow_0gg44hh" sourceRef="Event_0aa11bb" targetRef="Activity_0cc22dd"/>
    <bpmn:sequenceFlow id="Flow_0ii55jj" sourceRef="Activity_0cc22dd" targetRef="Event_0ee33ff"/>
    """


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of everything an analyst edits, pictures too."""
    for name in ("bpmn", "dmn", "forms", "docs/pictures"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def left(folder: Path) -> list[Finding]:
    """What is found besides fields that nobody reads."""
    return [f for f in check(folder).findings if f.rule != "form-field-unread"]


def test_a_user_task_with_a_form_needs_no_python(models: Path) -> None:
    """A task drawn on a flow, and its form: `fsm check` names what is open, `fsm check --fix` does it all."""
    path = models / "bpmn" / "service-execution.bpmn"
    text = path.read_text()
    flow = re.search(r'<bpmn:sequenceFlow id="([^"]*)" sourceRef="RecordCheckIn" targetRef="([^"]*)"/>', text)
    assert flow is not None
    on = f'<bpmn:sequenceFlow id="Flow_0abc123" sourceRef="Activity_0k3j2h1" targetRef="{flow[2]}"/>'
    text = text.replace(flow[0], flow[0].replace(flow[2] + '"/>', 'Activity_0k3j2h1"/>') + on)
    path.write_text(text.replace("<bpmn:sequenceFlow", TASK + "<bpmn:sequenceFlow", 1))
    (models / "forms" / "confirm-arrival.form").write_text(json.dumps(FORM))
    rules = {f.rule for f in left(models)}
    assert {"output-mapping", "made-up-id", "duration", "layout", "answer"} <= rules

    mend(models)

    assert left(models) == []
    assert 'id="ConfirmArrival"' in path.read_text()


def test_a_reminder_is_drawn_and_documented(models: Path) -> None:
    """A timer on a border, a message, an end: ids, drawing and the time's row come by themselves."""
    path = models / "bpmn" / "service-execution.bpmn"
    text = path.read_text()
    known = re.search(r'value="sla-warning".*?<zeebe:ioMapping>(.*?)</zeebe:ioMapping>', text, re.DOTALL)
    inputs = known[1] if known and "</bpmn:serviceTask>" not in known[0] else ""
    reminder = REMINDER.replace(
        "<zeebe:ioMapping>INPUTS</zeebe:ioMapping>", f"<zeebe:ioMapping>{inputs}</zeebe:ioMapping>" * bool(inputs)
    )
    path.write_text(text.replace("<bpmn:sequenceFlow", reminder + "<bpmn:sequenceFlow", 1))

    mend(models)

    assert left(models) == []
    assert "RemindOperator" in path.read_text()
    assert "PT1H" in (models / "bpmn" / "tables" / "durations.yaml").read_text()


def test_a_new_row_asks_for_an_example(models: Path) -> None:
    """A row without an example is named; one that is never reached, too."""
    path = models / "dmn" / "wcf-handling.dmn"
    text = path.read_text()
    rule = re.search(r'<rule id="[^"]*">.*?</rule>', text, re.DOTALL)
    assert rule is not None
    again = re.sub(r'id="([^"]*)"', r'id="\1_again"', rule[0])
    path.write_text(text.replace(rule[0], rule[0] + again))
    assert {"row-unreachable", "row-no-example"} <= {f.rule for f in left(models)}


def test_a_sheet_that_is_too_full_is_named(models: Path) -> None:
    """More than a reader takes in: the finding names the sheet and what to do."""
    path = models / "bpmn" / "date-negotiation.bpmn"
    text = path.read_text()
    ends = "".join(f'<bpmn:endEvent id="More{n}" name="More"/>' for n in range(20))
    path.write_text(text.replace("<bpmn:sequenceFlow", ends + "<bpmn:sequenceFlow", 1))
    assert "DateNegotiation" in {f.element for f in left(models) if f.rule == "crowded"}
