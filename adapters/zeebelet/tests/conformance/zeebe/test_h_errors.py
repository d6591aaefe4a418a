"""Errors and escalations."""

from __future__ import annotations

from typing import Any

from bpmn_models import boundary, end, error, escalation, process, service, start, sub, throw
from zeebe_client import Code, Zeebe, raises_refusal


def guarded(*events: Any, extra: tuple[Any, ...] = ()) -> Any:
    """S -> A[a] -> E with error boundary events B0, B1 ... each leading to its own end."""
    boundaries = [boundary(f"B{i}", "A", event) for i, event in enumerate(events)]
    ends = [end(f"E{i}") for i in range(len(events))]
    flows = [f"B{i} E{i}" for i in range(len(events))]
    return process("P", start(), service("A", "a"), *boundaries, *ends, end(), *extra, flows=["S A E", *flows])


def test_H01_the_code_decides_who_catches(z: Zeebe) -> None:
    """E2 goes to the event for E2; the job is over, not cancelled."""
    instance = z.run(guarded(error("E1"), error("E2")))

    z.throw("a", "E2")

    z.assert_ends(instance)
    assert (z.states(instance, "B0"), z.states(instance, "B1")) == ([], ["COMPLETED"])
    assert [job["state"] for job in z.search("jobs", processInstanceKey=str(instance))] != ["CANCELED"]


def test_H03_a_near_catch_all_beats_a_far_exact_match(z: Zeebe) -> None:
    """The walk goes scope by scope from the inside."""
    inner = sub("IN", start("S3"), service("A", "a"), end("E3"), flows=["S3 A E3"])
    outer = sub(
        "OUT", start("S2"), inner, boundary("ALL", "IN", error()), end("E2"), end("EA"), flows=["S2 IN E2", "ALL EA"]
    )
    instance = z.run(
        process(
            "P", start(), outer, boundary("EXACT", "OUT", error("E1")), end(), end("EX"), flows=["S OUT E", "EXACT EX"]
        )
    )

    z.throw("a", "E1")

    z.assert_ends(instance)
    assert (z.states(instance, "ALL"), z.states(instance, "EXACT")) == (["COMPLETED"], [])


def test_H05_an_event_sub_process_goes_before_a_boundary_event(z: Zeebe) -> None:
    """Equal codes at one scope: the one inside catches."""
    catcher = sub("ESP", start("SE", error("E1")), end("EE"), flows=["SE EE"], by_event=True)
    inner = sub("SP", start("S2"), service("A", "a"), end("E2"), catcher, flows=["S2 A E2"])
    instance = z.run(
        process("P", start(), inner, boundary("B", "SP", error("E1")), end(), end("EB"), flows=["S SP E", "B EB"])
    )

    z.throw("a", "E1")

    z.assert_ends(instance)
    assert (z.states(instance, "ESP"), z.states(instance, "B")) == (["COMPLETED"], [])


def test_H07_an_uncaught_error_is_an_incident_that_tells_what_would_be_caught(z: Zeebe) -> None:
    """The text has the code, the message and the available events."""
    instance = z.run(guarded(error("E2")))

    z.throw("a", "E1", message="m")

    incident = z.eventually(lambda: z.incident(instance, "UNHANDLED_ERROR_EVENT"))
    assert incident["errorMessage"] == (
        "Expected to throw an error event with the code 'E1' with message 'm', but it was not caught. "
        "Available error events are [E2]"
    )


def test_H09_a_job_whose_error_was_not_caught_waits_for_its_incident(z: Zeebe) -> None:
    """Until then it can be neither completed, nor failed, nor thrown from."""
    z.run(guarded(error("E2")))
    job = z.job("a")
    z.throw(job, "E1")

    for act in (z.complete, z.fail, lambda it: z.throw(it, "E1")):
        with raises_refusal(Code.FAILED_PRECONDITION, "in state 'ERROR_THROWN'"):
            act(job)


def test_H11_an_error_end_event_is_caught_around_its_scope(z: Zeebe) -> None:
    """End event and sub-process are TERMINATED, the boundary path is taken."""
    inner = sub("SP", start("S2"), end("X", error("E1")), flows=["S2 X"])
    instance = z.run(
        process("P", start(), inner, boundary("B", "SP", error("E1")), end(), end("EB"), flows=["S SP E", "B EB"])
    )

    z.assert_ends(instance)

    assert [z.states(instance, name) for name in ("X", "SP", "EB")] == [["TERMINATED"], ["TERMINATED"], ["COMPLETED"]]


def test_H13_a_thrown_code_may_be_an_expression_that_fails(z: Zeebe) -> None:
    """A code that evaluates to null is an incident."""
    instance = z.run(process("P", start(), end("X", error("=code")), flows=["S X"]))

    assert z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR"))["elementId"] == "X"
    assert z.states(instance, "X") == ["ACTIVE"]


def escalating(catcher: Any = None) -> Any:
    """A sub-process that throws an escalation, with or without a catcher on it."""
    inner = sub("SP", start("S2"), throw("T", escalation("C1")), end("E2"), flows=["S2 T E2"])
    extra = [catcher, end("EB")] if catcher else []
    return process("P", start(), inner, end(), *extra, flows=["S SP E", *(["B EB"] if catcher else [])])


def test_H15_an_uncaught_escalation_is_no_incident(z: Zeebe) -> None:
    """The flow continues."""
    instance = z.run(escalating())

    z.assert_ends(instance)
    assert z.states(instance, "T") == ["COMPLETED"]
    assert z.incidents(instance) == []


def test_H17_an_interrupting_catch_of_an_escalation_terminates_the_thrower(z: Zeebe) -> None:
    """Throw event and sub-process are TERMINATED, the boundary path is taken."""
    instance = z.run(escalating(boundary("B", "SP", escalation("C1"))))

    z.assert_ends(instance)
    assert [z.states(instance, name) for name in ("T", "SP", "EB")] == [["TERMINATED"], ["TERMINATED"], ["COMPLETED"]]


def test_H19_escalation_boundary_events_belong_on_scopes(z: Zeebe) -> None:
    """One on a service task is refused."""
    with raises_refusal(
        Code.INVALID_ARGUMENT,
        "An escalation boundary event should only be attached to a subprocess, or a call activity.",
    ):
        z.deploy(guarded(escalation("C1")))
