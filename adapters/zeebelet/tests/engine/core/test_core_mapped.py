"""Which elements have mappings, and what mappings make of what is there already."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    catch,
    end,
    error,
    error_event,
    escalation,
    escalation_event,
    extensions,
    flow,
    io,
    job,
    message,
    message_event,
    model,
    multi,
    service,
    signal,
    signal_event,
    start,
    sub,
    tag,
    timer,
)

BOTH = io({"iv": '="in"'}, {"ov": '="out"'})
SOON = timer("Duration", "PT0S")
THROWN = extensions(job("thrown"), BOTH)


def named(kind: str, inside: str = "", more: str = "") -> str:
    return tag(kind, extensions(more, BOTH) + inside, id="x")


CASES: dict[str, tuple[bytes, str]] = {
    "manual task": (model(start() + named("manualTask") + end(), "s x e"), "neither"),
    "undefined task": (model(start() + named("task") + end(), "s x e"), "neither"),
    "exclusive gateway": (model(start() + named("exclusiveGateway") + end(), "s x e"), "neither"),
    "inclusive gateway": (model(start() + named("inclusiveGateway") + end(), "s x e"), "neither"),
    "compensation throw event": (
        model(start() + named("intermediateThrowEvent", tag("compensateEventDefinition")) + end(), "s x e"),
        "neither",
    ),
    "terminate end event": (model(start() + named("endEvent", tag("terminateEventDefinition")), "s x"), "neither"),
    "error end event": (
        model(
            start()
            + sub(
                "b",
                start("bs")
                + named("endEvent", error_event("E"))
                + tag("sequenceFlow", id="i", sourceRef="bs", targetRef="x"),
            )
            + boundary("c", "b", error_event("E"))
            + end()
            + end("t"),
            "s b e; c t",
            error("E"),
        ),
        "neither",
    ),
    "none start event": (model(tag("startEvent", extensions(BOTH), id="s") + end(), "s e"), "output"),
    "none throw event": (model(start() + named("intermediateThrowEvent") + end(), "s x e"), "output"),
    "none end event": (model(start() + named("endEvent"), "s x"), "output"),
    "escalation throw event": (
        model(start() + named("intermediateThrowEvent", escalation_event("E")) + end(), "s x e", escalation("E")),
        "output",
    ),
    "link throw event": (
        model(
            start()
            + named("intermediateThrowEvent", tag("linkEventDefinition", id="l1", name="L"))
            + catch("l", tag("linkEventDefinition", id="l2", name="L"))
            + end(),
            "s x; l e",
        ),
        "output",
    ),
    "timer boundary event": (
        model(
            start() + service("a") + tag("boundaryEvent", extensions(BOTH) + SOON, id="x", attachedToRef="a") + end(),
            "s a; x e",
        ),
        "output",
    ),
    "signal throw event": (
        model(start() + named("intermediateThrowEvent", signal_event("g")) + end(), "s x e", signal("g")),
        "both",
    ),
    "message throw event": (
        model(
            start() + named("intermediateThrowEvent", message_event("n"), job("thrown")) + end(), "s x e", message("n")
        ),
        "both",
    ),
    "message end event": (
        model(start() + named("endEvent", message_event("n"), job("thrown")), "s x", message("n")),
        "both",
    ),
    "timer catch event": (model(start() + named("intermediateCatchEvent", SOON) + end(), "s x e"), "both"),
    "service task": (model(start() + named("serviceTask", more=job("thrown")) + end(), "s x e"), "both"),
    "script task": (
        model(
            start() + named("scriptTask", more=tag("zeebe:script", expression="=1", resultVariable="r")) + end(),
            "s x e",
        ),
        "both",
    ),
    "sub-process": (
        model(
            start() + named("subProcess", start("bs") + end("be") + flow("bs", "be")) + end(),
            "s x e",
        ),
        "both",
    ),
}


@pytest.mark.parametrize("what", CASES)
def test_an_element_has_the_mappings_that_zeebe_gives_it(h: Harness, what: str) -> None:
    """Mappings of other elements stand in the model and are not applied."""
    file, applied = CASES[what]
    h.run(file)
    for key in h.activate("thrown"):
        h.complete(key)
    h.pass_time(1)
    made = {record.value.name for record in h.events("VARIABLE", "CREATED")}
    assert {"iv", "ov"} & made == {"neither": set(), "output": {"ov"}, "both": {"iv", "ov"}}[applied]


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [
        ("a.b.c", {"b": 1, "k": 2}, {"b": None, "k": 2}),
        ("a.b", "str", None),
        ("a.b.c", {"b": {"x": 1}, "k": 2}, {"b": {"x": 1, "c": "v"}, "k": 2}),
        ("a.b.c", {"b": None, "k": 2}, {"b": {"c": "v"}, "k": 2}),
        ("a.b.c", None, {"b": {"c": "v"}}),
    ],
)
def test_an_output_into_something_that_is_no_object(h: Harness, target: str, before: Any, after: Any) -> None:
    """A context merged with a text or a number is null; with nothing it begins."""
    key = h.run(model(start() + service("x", mapping=io(outputs={target: '="v"'})) + end(), "s x e"), {"a": before})
    h.complete("x")
    assert h.variables(key)["a"] == after


def test_mappings_see_those_before_them(h: Harness) -> None:
    """In the order of the model; one target may be mapped twice."""
    entries = [("=123", "foo"), ("=foo", "bar"), ("=bar", "baz"), ('="ABC"', "foo")]
    mapping = tag("zeebe:ioMapping", "".join(tag("zeebe:output", source=s, target=t) for s, t in entries))
    key = h.run(model(start() + service("x", mapping=mapping) + end(), "s x e"))
    h.complete("x")
    assert h.variables(key) == {"foo": "ABC", "bar": 123, "baz": 123}


@pytest.mark.parametrize(
    ("stored", "item", "why"),
    [
        (123, 1, " because the type of the output collection is: INTEGER."),
        ([], 1, " at position 1 because the size of the collection is: 0."),
        ("nope", 2, " because the type of the output collection is: STRING."),
        ([None], 2, " at position 2 because the size of the collection is: 1."),
        (True, 2, " because the type of the output collection is: BOOLEAN."),
    ],
)
def test_an_output_collection_that_was_overwritten_is_an_incident(h: Harness, stored: Any, item: int, why: str) -> None:
    """Nothing is lost without a word."""
    h.run(model(start() + service("x", inside=multi("=[1,2,3]", output=("results", "=item"))) + end(), "s x e"))
    h.set_variables(h.key_of("x", "MULTI_INSTANCE_BODY"), {"results": stored}, local=True)
    jobs = h.activate("x")
    h.complete(next(key for key, found in jobs.items() if found.variables["item"] == item))
    (incident,) = h.incidents()
    said = f"Unable to update an item in output collection 'results'{why} This may happen when multiple BPMN elements write"
    assert (incident.error_type, incident.error_message.startswith(said)) == ("EXTRACT_VALUE_ERROR", True)
