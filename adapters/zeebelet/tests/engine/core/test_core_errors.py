"""Errors and escalations."""

from __future__ import annotations

import pytest
from engine_harness import BLANK_JOB, Harness
from engine_models import (
    boundary,
    call,
    document,
    end,
    error,
    error_event,
    escalation,
    escalation_event,
    event_sub,
    extensions,
    flows,
    io,
    model,
    process,
    service,
    start,
    sub,
    throw,
)

E1, E2 = error("E1"), error("E2")


def test_error_is_caught_by_its_code(h: Harness) -> None:
    """The job is gone without being canceled, the element terminated, the right boundary event activated."""
    h.run(
        model(
            start()
            + service("a")
            + boundary("b1", "a", error_event("E1"))
            + boundary("b2", "a", error_event("E2"))
            + end(),
            "s a e; b1 e; b2 e",
            E1,
            E2,
        )
    )
    h.throw("a", "E2")
    assert h.terminated() == ["a"]
    assert "b2" in h.completed()
    assert not h.events("JOB", "CANCELED")
    assert h.is_empty()


def test_inner_catch_all_before_outer_exact_code(h: Harness) -> None:
    """Scope by scope: the nearest one that catches wins."""
    inner = sub("in", start("s3") + service("a") + flows("s3 a")) + boundary("all", "in", error_event()) + start("s2")
    h.run(
        model(
            start() + sub("out", inner + flows("s2 in")) + boundary("exact", "out", error_event("E1")) + end(),
            "s out e; exact e",
            E1,
        )
    )
    h.throw("a", "E1")
    assert "all" in h.completed()
    assert "exact" not in h.completed()


def test_exact_code_before_catch_all_and_event_sub_process_before_boundary(h: Harness) -> None:
    """Within one step exact codes come first; of equal codes the event sub-process."""
    inner = start("s2") + service("a") + event_sub("esp", "x_s", error_event("E1"), end("x_e") + flows("x_s x_e"))
    h.run(
        model(
            start()
            + sub("sp", inner + flows("s2 a"))
            + boundary("be", "sp", error_event("E1"))
            + boundary("all", "sp", error_event())
            + end(),
            "s sp e; be e; all e",
            E1,
        )
    )
    h.throw("a", "E1")
    assert "esp" in h.completed()
    assert "be" not in h.completed()


def test_exact_boundary_beats_catch_all_event_sub_process(h: Harness) -> None:
    """A code that fits comes before one that fits everything, wherever it stands in the step."""
    inner = start("s2") + service("a") + event_sub("esp", "x_s", error_event(), end("x_e") + flows("x_s x_e"))
    h.run(
        model(
            start() + sub("sp", inner + flows("s2 a")) + boundary("be", "sp", error_event("E1")) + end(),
            "s sp e; be e",
            E1,
        )
    )
    h.throw("a", "E1")
    assert "be" in h.completed()


def test_uncaught_error_is_an_incident_that_names_what_could_have_caught(h: Harness) -> None:
    """The job is blocked until the incident is resolved; then it can be had again."""
    h.run(model(start() + service("a") + boundary("be", "a", error_event("E2")) + end(), "s a e; be e", E2))
    key = h.job("a")
    h.throw("a", "E1", "m")
    (incident,) = h.incidents()
    assert incident.error_type == "UNHANDLED_ERROR_EVENT"
    assert incident.error_message == (
        "Expected to throw an error event with the code 'E1' with message 'm', but it was not caught."
        " Available error events are [E2]"
    )
    for intent in ("COMPLETE", "FAIL", "THROW_ERROR"):
        answer = h.ask("JOB", intent, BLANK_JOB, key=key)
        assert answer.rejection_type == "INVALID_STATE"
        assert answer.rejection_reason.endswith("but it is in state 'ERROR_THROWN'")
    h.resolve()
    assert list(h.activate("a")) == [key]


def test_uncaught_error_without_any_catcher(h: Harness) -> None:
    """The text says that there are none."""
    h.run(model(start() + service("a") + end(), "s a e"))
    h.throw("a", "E1")
    assert h.incidents()[0].error_message == (
        "Expected to throw an error event with the code 'E1', but it was not caught. No error events are available in the scope."
    )


def test_error_from_a_called_instance(h: Harness) -> None:
    """The walk goes on at the call activity of the parent instance."""
    child = process(start() + service("w") + flows("s w"), id_="child")
    parent = process(
        start() + call("ca", "child") + boundary("be", "ca", error_event("E1")) + end() + flows("s ca e; be e"), id_="p"
    )
    h.run(document(E1, child, parent))
    h.throw("w", "E1", v=1)
    assert h.terminated() == ["w", "child", "ca"]
    assert h.completed()[-3:] == ["be", "e", "p"]
    assert h.is_empty()


def test_variables_of_an_error_stay_with_the_boundary_event_unless_mapped(h: Harness) -> None:
    """Without mapping they are lost behind the event; with one the mapped ones go on."""
    for mapping, expected in (({}, {}), ({"err": "=v"}, {"err": 1})):
        run = Harness()
        more = extensions(io(outputs=mapping)) if mapping else ""
        key = run.run(
            model(start() + service("a") + boundary("be", "a", error_event("E1"), more=more) + end(), "s a e; be e", E1)
        )
        run.throw("a", "E1", v=1)
        assert run.variables(key) == expected


def test_error_end_event_ends_the_scopes_in_between(h: Harness) -> None:
    """It never completes."""
    inner = start("s2") + end("thrown", error_event("E1")) + flows("s2 thrown")
    h.run(model(start() + sub("sp", inner) + boundary("be", "sp", error_event("E1")) + end(), "s sp e; be e", E1))
    assert h.terminated() == ["thrown", "sp"]
    assert h.completed()[-3:] == ["be", "e", "p"]


def test_uncaught_error_end_event_raises_again_when_resolved(h: Harness) -> None:
    """Resolving throws again: a new incident."""
    h.run(model(start() + end("thrown", error_event("E1")), "s thrown", E1))
    (first,) = [key for key, _ in h.engine.state.incidents.all()]
    h.resolve()
    (second,) = [key for key, _ in h.engine.state.incidents.all()]
    assert first != second


def test_error_code_expression_that_is_null(h: Harness) -> None:
    """A code that cannot be evaluated is an incident."""
    h.run(model(start() + end("thrown", error_event("=code")), "s thrown", error("=code")))
    assert h.incidents()[0].error_type == "EXTRACT_VALUE_ERROR"


def test_uncaught_escalation_is_no_incident(h: Harness) -> None:
    """The flow goes on, a NOT_ESCALATED event tells of it."""
    inner = start("s2") + throw("t", escalation_event("C")) + end("e2") + flows("s2 t e2")
    h.run(model(start() + sub("sp", inner) + end(), "s sp e", escalation("C")))
    assert h.completed()[-3:] == ["sp", "e", "p"]
    assert not h.incidents()
    assert [record.intent for record in h.events("ESCALATION")] == ["NOT_ESCALATED"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_escalation_boundary_event(h: Harness, interrupting: bool) -> None:
    """Interrupting: thrower and sub-process are terminated; otherwise both go on."""
    inner = start("s2") + throw("t", escalation_event("C")) + service("a") + flows("s2 t a")
    h.run(
        model(
            start()
            + sub("sp", inner)
            + boundary("be", "sp", escalation_event("C"), interrupting=interrupting)
            + service("b"),
            "s sp; be b",
            escalation("C"),
        )
    )
    assert h.active() == (["b"] if interrupting else ["a", "b", "sp"])
    assert h.terminated() == (["t", "sp"] if interrupting else [])
    assert [record.intent for record in h.events("ESCALATION")] == ["ESCALATED"]


def test_escalation_event_sub_process_and_called_process(h: Harness) -> None:
    """An escalation goes through the call activity into the parent."""
    child = process(start() + throw("t", escalation_event("C")) + service("w") + flows("s t w"), id_="child")
    parent = process(
        start()
        + call("ca", "child")
        + boundary("be", "ca", escalation_event("C"), interrupting=False)
        + service("b")
        + flows("s ca; be b"),
        id_="p",
    )
    h.run(document(escalation("C"), child, parent))
    assert h.active() == ["b", "ca", "w"]
