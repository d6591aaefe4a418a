"""Names are a scheme: files, task types, processes, decisions and forms find each other by it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

import workers.tasks  # noqa: F401 - fills the table of tasks
from workers.runtime import registry

REPOSITORY = Path(__file__).resolve().parents[2]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
MODELS = sorted((REPOSITORY / "bpmn").glob("*.bpmn"))


def values(path: Path, tag: str, attribute: str) -> set[str]:
    """All values of an attribute in a model."""
    return {e.get(attribute) for e in etree.parse(path).iter(tag) if e.get(attribute) is not None}


def kebab(name: str) -> str:
    """`ServiceOrderJourney` -> `service-order-journey`."""
    return re.sub(r"(?<!^)(?<![A-Z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", name).lower()


@pytest.mark.parametrize("task_type", sorted(registry))
def test_a_task_lives_in_the_file_of_its_name(task_type: str) -> None:
    """Task type `create-agreement` is the handler in `tasks/create_agreement.py`."""
    assert registry[task_type].handler.__module__ == f"workers.tasks.{task_type.replace('-', '_')}"


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_a_process_lives_in_the_file_of_its_name(path: Path) -> None:
    """Process `ServiceOrderJourney` is `bpmn/service-order-journey.bpmn`."""
    assert {kebab(name) for name in values(path, f"{BPMN}process", "id")} == {path.stem}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_every_task_type_of_a_model_is_served(path: Path) -> None:
    """A model names no task type that no worker serves: such a job would wait for ever."""
    assert types_of(path) - set(registry) == set()


def types_of(path: Path) -> set[str]:
    """The task types of a model's jobs, listeners of human tasks included."""
    return values(path, f"{ZEEBE}taskDefinition", "type") | values(path, f"{ZEEBE}taskListener", "type")


LISTENERS = {
    ("creating", "open-task"),
    ("assigning", "note-assignment"),
    ("completing", "complete-task"),
    ("canceling", "cancel-task"),
}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_every_human_task_has_its_listeners(path: Path) -> None:
    """A human task without them has no ladder, no mirror, and nobody knows who decided; its type is the name of its form."""
    for task in etree.parse(path).iter(f"{BPMN}userTask"):
        found = {(one.get("eventType"), one.get("type")) for one in task.iter(f"{ZEEBE}taskListener")}
        kinds = {one.get("value") for one in task.iter(f"{ZEEBE}header") if one.get("key") == "taskType"}
        assert found == LISTENERS, task.get("id")
        assert kinds == {one.get("formId") for one in task.iter(f"{ZEEBE}formDefinition")}, task.get("id")


def test_every_worker_is_used_by_a_model() -> None:
    """A worker nobody calls is dead code. `adobe-cancel-agreement` is part of the saga's sweep in a later model."""
    used = set().union(*(types_of(path) for path in MODELS))

    assert set(registry) - used <= {"adobe-cancel-agreement"}


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.name)
def test_every_thrown_code_of_a_task_is_caught(path: Path) -> None:
    """Each BPMN error a handler may raise at a service task has a boundary event there, or a reason to be common to all.

    TENANT_MISMATCH, INVALID_TRANSITION and NOT_FOUND are faults of data or model, not of business: they become incidents.
    """
    root = etree.parse(path).getroot()
    codes = {error.get("id"): error.get("errorCode") for error in root.iter(f"{BPMN}error")}
    caught: dict[str, set[str]] = {}
    for event in root.iter(f"{BPMN}boundaryEvent"):
        for definition in event.iter(f"{BPMN}errorEventDefinition"):
            caught.setdefault(event.get("attachedToRef"), set()).add(codes.get(definition.get("errorRef"), ""))
    common = {"TENANT_MISMATCH", "INVALID_TRANSITION", "NOT_FOUND"}
    missing = [
        (task.get("id"), code)
        for task in root.iter(f"{BPMN}serviceTask")
        for definition in task.iter(f"{ZEEBE}taskDefinition")
        for code in registry[definition.get("type")].error_codes
        if code not in common | caught.get(task.get("id"), set())
    ]

    assert missing == []
