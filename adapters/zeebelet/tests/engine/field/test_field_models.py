"""Models that others published: empty attributes, defaults of the vendor, unusual names."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import call, document, end, extensions, flows, job, model, process, service, start, tag, user_task


def task(*more: str) -> bytes:
    """A process with one service task."""
    return model(start() + tag("serviceTask", extensions(*more), id="a") + end(), "s a e")


@pytest.mark.parametrize("attributes", [{}, {"source": ""}, {"source": "=null"}])
def test_an_input_without_a_source_is_null(h: Harness, attributes: dict[str, str]) -> None:
    """Since 8.8; not the empty text."""
    h.run(task(job("x"), tag("zeebe:ioMapping", tag("zeebe:input", target="agent", **attributes))), {"agent": 1})
    (found,) = h.activate("x").values()
    assert found.variables["agent"] is None


@pytest.mark.parametrize("target", ["_agent", "_a._b", "__x1"])
def test_a_target_may_start_with_an_underscore(h: Harness, target: str) -> None:
    """It is a name like others."""
    h.run(task(job("x"), tag("zeebe:ioMapping", tag("zeebe:input", source="=1", target=target))))
    (found,) = h.activate("x").values()
    value: Any = found.variables
    for part in target.split("."):
        value = value[part]
    assert value == 1


@pytest.mark.parametrize("attributes", [{}, {"retries": ""}])
def test_retries_have_a_default(h: Harness, attributes: dict[str, str]) -> None:
    """Of a task and of a listener."""
    listener = tag("zeebe:executionListener", eventType="start", type="l", **attributes)
    h.run(task(tag("zeebe:taskDefinition", type="x", **attributes), tag("zeebe:executionListeners", listener)))
    for name in ("l", "x"):
        ((key, found),) = h.activate(name).items()
        assert found.retries == 3
        h.complete(key)


@pytest.mark.parametrize("attributes", [{}, {"priority": ""}])
def test_a_priority_has_a_default(h: Harness, attributes: dict[str, str]) -> None:
    """What the Java builder writes for every user task."""
    h.run(model(start() + user_task("u", tag("zeebe:priorityDefinition", **attributes)) + end(), "s u e"))
    assert [entry.value.priority for entry in h.engine.state.user_tasks.all().values()] == [50]


@pytest.mark.parametrize("attributes", [{}, {"bindingType": ""}, {"bindingType": "latest"}])
def test_a_binding_has_a_default(h: Harness, attributes: dict[str, str]) -> None:
    """The latest version."""
    called = process(start("qs") + service("w") + end("qe") + flows("qs w qe"), id_="q")
    h.run(document(process(start() + call("c", "q", **attributes) + end() + flows("s c e")), called))
    assert h.active() == ["c", "w"]
    form = tag("zeebe:formDefinition", externalReference="f", **attributes)
    h.run(model(start() + user_task("u", form) + end(), "s u e", id_="forms"), process_id="forms")
    linked = tag("zeebe:linkedResource", resourceId="r", resourceType="RPA", linkName="l", **attributes)
    assert h.deploy(task(job("x"), tag("zeebe:linkedResources", linked))).processes


@pytest.mark.parametrize("attributes", [{}, {"propagateAllChildVariables": ""}, {"propagateAllChildVariables": "true"}])
def test_a_call_propagates_by_default(h: Harness, attributes: dict[str, str]) -> None:
    """An empty attribute switches nothing off."""
    called = process(start("qs") + service("w") + end("qe") + flows("qs w qe"), id_="q")
    key = h.run(document(process(start() + call("c", "q", **attributes) + end() + flows("s c e")), called))
    h.complete("w", {"r": 1})
    assert h.variables(key) == {"r": 1}


@pytest.mark.parametrize("name", ["assignee", "candidateGroups", "candidateUsers"])
def test_an_empty_assignment_is_none(h: Harness, name: str) -> None:
    """Nobody in particular."""
    h.run(model(start() + user_task("u", tag("zeebe:assignmentDefinition", **{name: ""})) + end(), "s u e"))
    assert (h.incidents(), len(h.engine.state.user_tasks.all())) == ([], 1)
