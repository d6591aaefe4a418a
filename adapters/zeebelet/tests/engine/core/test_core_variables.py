"""Variables: scopes, merging, mappings."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import catch, end, flows, io, message, message_event, model, service, start, sub

Mapping = dict[str, str]


@pytest.mark.parametrize(
    ("document", "inputs", "outputs", "local", "root"),
    [
        ({"x": 1}, {}, {}, {}, {"i": 0, "x": 1}),
        ({"x": 1}, {}, {"y": "=x"}, {"x": 1}, {"i": 0, "y": 1}),
        ({"x": 1, "y": 2}, {}, {"z": "=y"}, {"x": 1, "y": 2}, {"i": 0, "z": 2}),
        ({"x": {"y": 2}}, {}, {"y": "=x.y"}, {"x": {"y": 2}}, {"i": 0, "y": 2}),
        ({"x": 1, "y": 2}, {}, {"z.x": "=x", "z.y": "=y"}, {"x": 1, "y": 2}, {"i": 0, "z": {"x": 1, "y": 2}}),
        ({"x": 1}, {"y": "=i"}, {"z": "=y"}, {"x": 1, "y": 0}, {"i": 0, "z": 0}),
        ({"x": 1}, {"x": "=i"}, {"y": "=x"}, {"x": 1}, {"i": 0, "y": 1}),
        ({"x": 1}, {"y": "=i"}, {}, {"y": 0}, {"i": 0, "x": 1}),
        ({"z": 1, "j": 1}, {"z": "=i"}, {}, {"z": 1}, {"i": 0, "j": 1}),
    ],
)
def test_job_variables(
    h: Harness, document: dict[str, Any], inputs: Mapping, outputs: Mapping, local: dict[str, Any], root: dict[str, Any]
) -> None:
    """Without output mappings variables merge from the task's own scope; with them only the mapped ones leave it."""
    key = h.run(model(start() + service("a", mapping=io(inputs, outputs)) + end(), "s a e"), {"i": 0})
    task = h.key_of("a")
    h.complete("a", document)
    assert h.variables(task) == local
    assert h.variables(key) == root


@pytest.mark.parametrize(
    ("before", "mappings", "after"),
    [
        ({"x": 1, "a": {"c": 2}}, {"a.b": "=x"}, {"b": 1, "c": 2}),
        ({"x": 1, "a": {"b": {"d": 2}, "e": 3}}, {"a.b.c": "=x"}, {"b": {"c": 1, "d": 2}, "e": 3}),
        ({"x": 1, "y": 2}, {"a": "=x", "a.b": "=y"}, {"b": 2}),
        ({"x": 1, "y": 2}, {"a.b": "=x", "a.c": "=y"}, {"b": 1, "c": 2}),
        ({"x": 1}, {"a": "=x", "b": "=a + 1"}, 1),
    ],
)
def test_output_targets(h: Harness, before: dict[str, Any], mappings: Mapping, after: Any) -> None:
    """A nested output keeps the siblings of an existing object; later mappings see earlier ones."""
    key = h.run(model(start() + service("a", mapping=io(outputs=mappings)) + end(), "s a e"), before)
    h.complete("a")
    assert h.variables(key)["a"] == after


@pytest.mark.parametrize(
    ("mappings", "local"),
    [
        ({"a.b": "=1"}, {"a": {"b": 1}}),
        ({"a": "=x", "a.b": "=y"}, {"a": {"b": 2}}),
        ({"a": "=x", "b": "=a + 1"}, {"a": 1, "b": 2}),
        ({"a": "=missing"}, {"a": None}),
        ({"a": "text", "b": "12", "c": "1.5", "d": "true"}, {"a": "text", "b": 12, "c": 1.5, "d": "true"}),
        ({"a": "=0.1 + 0.2", "b": "=2.0"}, {"a": 0.3, "b": 2}),
        ({"a": '=date and time("2020-01-01T10:00:00Z")'}, {"a": "2020-01-01T10:00:00Z"}),
    ],
)
def test_input_targets(h: Harness, mappings: Mapping, local: dict[str, Any]) -> None:
    """A nested input starts a new object, a missing variable is null, static text that reads like a number is one."""
    key = h.run(model(start() + service("a", mapping=io(mappings)) + end(), "s a e"), {"x": 1, "y": 2, "a": {"c": 2}})
    assert h.variables(h.key_of("a")) == local
    assert h.variables(key)["a"] == {"c": 2}


def test_failed_mapping_is_an_incident_and_tried_again(h: Harness) -> None:
    """assert() fails the mapping; nothing is mapped; resolving maps again."""
    key = h.run(model(start() + service("a", mapping=io({"u": "=1", "v": "=assert(x, x != null)"})) + end(), "s a e"))
    (incident,) = h.incidents()
    assert incident.error_type == "IO_MAPPING_ERROR"
    assert incident.error_message == (
        "Assertion failure on evaluate the expression 'assert(x, x != null)': The condition is not fulfilled"
    )
    assert h.variables(h.key_of("a")) == {}
    h.set_variables(key, {"x": 5})
    h.resolve()
    assert h.variables(h.key_of("a")) == {"u": 1, "v": 5}


def test_failed_output_mapping_does_not_bring_the_job_back(h: Harness) -> None:
    """The job is done; only the mapping is tried again."""
    key = h.run(model(start() + service("a", mapping=io(outputs={"v": "=assert(x, x != null)"})) + end(), "s a e"))
    h.complete("a", {"y": 1})
    assert h.incidents()[0].error_type == "IO_MAPPING_ERROR"
    assert not len(h.engine.state.jobs)
    h.set_variables(h.key_of("a"), {"x": 5}, local=True)
    h.resolve()
    assert h.variables(key)["v"] == 5
    assert h.completed()[-1] == "p"


def test_variables_of_a_sub_process_swallow_those_of_its_tasks(h: Harness) -> None:
    """The nearest scope that has a variable gets the value."""
    inner = start("s2") + service("a") + end("e2") + flows("s2 a e2")
    key = h.run(
        model(
            start()
            + sub("sp", inner, more=f"<bpmn:extensionElements>{io({'v': '=1'})}</bpmn:extensionElements>")
            + end(),
            "s sp e",
        )
    )
    scope = h.key_of("sp")
    h.complete("a", {"v": 2, "w": 3})
    assert h.variables(scope) == {"v": 2}
    assert h.variables(key) == {"w": 3}


@pytest.mark.parametrize(
    ("local", "root", "task"), [(False, {"foo": 5}, {"bar": 1}), (True, {"foo": 2}, {"bar": 1, "foo": 5})]
)
def test_set_variables(h: Harness, local: bool, root: dict[str, Any], task: dict[str, Any]) -> None:
    """Propagated to where the variable is, or strictly local."""
    key = h.run(model(start() + service("a", mapping=io({"bar": "=1"})) + end(), "s a e"), {"foo": 2})
    scope = h.key_of("a")
    h.set_variables(scope, {"foo": 5}, local=local)
    assert h.variables(key) == root
    assert h.variables(scope) == task


def test_set_variables_of_a_finished_scope(h: Harness) -> None:
    """There is no such element any more."""
    from zeebelet import records as r

    key = h.run(model(start() + end(), "s e"))
    answer = h.ask("VARIABLE_DOCUMENT", "UPDATE", r.VariableDocument(key, {"a": 1}))
    assert answer.rejection_type == "NOT_FOUND"
    assert (
        answer.rejection_reason
        == f"Expected to update variables for element with key '{key}', but no such element was found"
    )


def test_unchanged_values_write_nothing_and_keys_stay(h: Harness) -> None:
    """An equal value is no update; an update keeps the variable's key; 1 and true are different values."""
    key = h.run(model(start() + service("a") + end(), "s a e"), {"x": 1})
    h.set_variables(key, {"x": 1})
    h.set_variables(key, {"x": True})
    first, second = h.events("VARIABLE")
    assert (first.intent, second.intent) == ("CREATED", "UPDATED")
    assert first.key == second.key


def test_message_variables_follow_the_same_rules(h: Harness) -> None:
    """With an output mapping only the mapped variable leaves the event."""
    key = h.run(
        model(
            start()
            + catch(
                "m",
                message_event("m"),
                more=f"<bpmn:extensionElements>{io(outputs={'n': '=x'})}</bpmn:extensionElements>",
            )
            + end(),
            "s m e",
            message("m", '="k"'),
        )
    )
    h.publish("m", "k", x=1, y=2)
    assert h.variables(key) == {"n": 1}
