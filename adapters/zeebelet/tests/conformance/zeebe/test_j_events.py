"""Timers, signals, links, compensation, conditionals."""

from __future__ import annotations

from typing import Any

import pytest
from bpmn_models import (
    boundary,
    catch,
    compensate,
    condition,
    end,
    error,
    gateway,
    link,
    loop,
    process,
    service,
    signal,
    start,
    sub,
    throw,
    timer,
)
from zeebe_client import Code, Zeebe, raises_refusal


@pytest.mark.parametrize("duration", ["PT0S", "-PT5S"])
def test_J01_no_time_is_at_once(z: Zeebe, duration: str) -> None:
    """A zero or negative duration fires immediately."""
    instance = z.run(process("P", start(), catch("T", timer("duration", duration)), end(), flows=["S T E"]))

    z.assert_eventually(lambda: z.state(instance), "COMPLETED")


def test_J03_a_start_date_in_the_past_starts_at_deployment(z: Zeebe) -> None:
    """One instance, at once."""
    z.deploy(
        process("P", start(event=timer("date", "2020-01-01T00:00:00Z")), service("A", "a"), end(), flows=["S A E"])
    )

    z.assert_eventually(lambda: len(z.instances()), 1)


def test_J05_a_cycle_does_not_drift(z: Zeebe) -> None:
    """The engine is three seconds late each time; the due dates stay multiples of ten seconds."""
    z.pin()
    z.deploy(process("P", start(event=timer("cycle", "R/PT10S")), service("A", "a"), end(), flows=["S A E"]))
    counts = []

    for step in (13_000, 6_900, 100, 13_000):  # at 13.0, 19.9, 20.0, 33.0 s
        z.advance(step)
        counts.append(len(z.instances()))

    assert counts == [1, 1, 2, 3]


def test_J07_a_new_version_brings_its_own_cycle(z: Zeebe) -> None:
    """After two minutes only version 2 has started."""
    z.pin()
    for cycle in ("R/PT1M", "R/PT2M"):
        z.deploy(process("P", start(event=timer("cycle", cycle)), service("A", "a"), end(), flows=["S A E"]))

    z.advance(120_000)

    z.assert_eventually(lambda: [i["processDefinitionVersion"] for i in z.instances()], [2])


def test_J09_an_interrupting_boundary_timer_is_no_cycle(z: Zeebe) -> None:
    """Refused at deployment."""
    with raises_refusal(Code.INVALID_ARGUMENT, "Interrupting timer event with time cycle is not allowed."):
        z.deploy(
            process(
                "P",
                start(),
                service("A", "a"),
                boundary("B", "A", timer("cycle", "R/PT1M")),
                end(),
                end("E2"),
                flows=["S A E", "B E2"],
            )
        )


def test_J11_a_signal_reaches_everybody(z: Zeebe) -> None:
    """Three waiting instances go on, one new instance starts."""
    z.deploy(
        process("P", start(), catch("W", signal("s")), end(), flows=["S W E"]),
        process("Q", start(event=signal("s")), service("A", "a"), end(), flows=["S A E"]),
    )
    waiting = [z.create() for _ in range(3)]

    z.broadcast("s")

    for instance in waiting:
        z.assert_ends(instance)
    assert len(z.instances("Q")) == 1


def test_J13_a_signal_starts_the_latest_version_only(z: Zeebe) -> None:
    """Version 1 has been replaced."""
    for type in ("a", "b"):
        z.deploy(process("P", start(event=signal("s")), service("A", type), end(), flows=["S A E"]))

    z.broadcast("s")

    z.assert_eventually(lambda: [i["processDefinitionVersion"] for i in z.instances()], [2])


def test_J15_many_throws_of_a_link_lead_to_one_catch(z: Zeebe) -> None:
    """Both tokens come out."""
    model = process(
        "P",
        start(),
        gateway("parallel", "F"),
        throw("T1", link("l")),
        throw("T2", link("l")),
        catch("C", link("l")),
        service("A", "a"),
        end(),
        flows=["S F T1", "F T2", "C A E"],
    )

    z.run(model)

    assert len(z.jobs("a")) == 2


def compensable(*, loop: str = "", outputs: Any = (), throws: int = 1) -> Any:
    """A[a] with the compensation handler Undo[u]; then compensation throw events T0, T1 ..."""
    inner: tuple[Any, ...] = (service("A", "a"), boundary("C", "A", compensate()), undo(outputs))
    flows = ["S A T0" + "".join(f" T{i}" for i in range(1, throws)) + " E"]
    if loop:
        inner = (sub("SP", start("S2"), *inner, end("E2"), flows=["S2 A E2"], loop=loop),)
        flows = ["S SP T0 E"]
    throwing = [throw(f"T{i}", compensate()) for i in range(throws)]
    return process("P", start(), *inner, *throwing, end(), flows=flows, compensations=[] if loop else [("C", "Undo")])


def undo(outputs: Any = ()) -> Any:
    """The handler."""
    task = service("Undo", "u", outputs=outputs)
    return type(task)(**{**task.__dict__, "attributes": {"isForCompensation": "true"}})


def test_J17_compensation_runs_the_handler_of_what_was_done(z: Zeebe) -> None:
    """The handler's job appears; the throw event completes after it."""
    instance = z.run(compensable())
    z.complete("a")
    job = z.job("u")
    assert z.states(instance, "T0") == ["ACTIVE"]

    z.complete(job)

    z.assert_ends(instance)
    assert z.states(instance, "T0") == ["COMPLETED"]


def test_J19_a_handler_runs_as_often_as_its_activity_did(z: Zeebe) -> None:
    """Three iterations: three handlers."""
    inner = sub(
        "SP",
        start("S2"),
        service("A", "a"),
        boundary("C", "A", compensate()),
        undo(),
        end("E2"),
        flows=["S2 A E2"],
        loop=loop("=[1,2,3]"),
        inner='<bpmn:association id="C_Undo" associationDirection="One" sourceRef="C" targetRef="Undo"/>',
    )
    z.run(process("P", start(), inner, throw("T", compensate()), end(), flows=["S SP T E"]))
    for _ in range(3):
        z.complete("a")

    assert len(z.jobs("u")) == 3


def test_J21_what_is_compensated_is_compensated_once(z: Zeebe) -> None:
    """Two throw events in sequence: one handler in total."""
    instance = z.run(compensable(throws=2))
    z.complete("a")

    z.complete("u")

    z.assert_ends(instance)
    assert z.states(instance, "Undo") == ["COMPLETED"]


def test_J23_an_event_sub_process_compensates_its_process(z: Zeebe) -> None:
    """B throws; the error event sub-process ends with compensation; A's handler runs from there."""
    catcher = sub("ESP", start("SE", error("E1")), end("X", compensate()), flows=["SE X"], by_event=True)
    model = process(
        "P",
        start(),
        service("A", "a"),
        boundary("C", "A", compensate()),
        undo(),
        service("B", "b"),
        end(),
        catcher,
        flows=["S A B E"],
        compensations=[("C", "Undo")],
    )
    instance = z.run(model)
    z.complete("a")

    z.throw("b", "E1")
    z.complete("u")

    z.assert_ends(instance)


def test_J25_a_handler_maps_its_variables_like_any_task(z: Zeebe) -> None:
    """Only the target of its output mapping reaches the process."""
    instance = z.run(compensable(outputs=[("=x", "y")]))
    z.complete("a")

    z.complete("u", x=1, q=2)

    z.assert_ends(instance)
    assert z.variables(instance) == {"y": 1}


def conditional(*, interrupting: bool) -> Any:
    """A[a] with a conditional boundary event on x > 5."""
    return process(
        "P",
        start(),
        service("A", "a"),
        boundary("B", "A", condition("=x > 5"), interrupting=interrupting),
        end(),
        end("E2"),
        flows=["S A E", "B E2"],
    )


def test_J27_a_condition_that_becomes_true_interrupts(z: Zeebe) -> None:
    """Setting the variable terminates the task and takes the path."""
    instance = z.run(conditional(interrupting=True), x=1)

    z.set_variables(instance, x=6)

    z.assert_ends(instance)
    assert (z.states(instance, "A"), z.states(instance, "E2")) == (["TERMINATED"], ["COMPLETED"])


def test_J29_a_condition_fires_on_each_change_while_true(z: Zeebe) -> None:
    """6, 7, 1, 8: three times."""
    instance = z.run(conditional(interrupting=False), x=1)

    for x in (6, 7, 1, 8):
        z.set_variables(instance, x=x)

    z.assert_eventually(lambda: z.states(instance, "E2"), ["COMPLETED"] * 3)
    assert z.states(instance, "A") == ["ACTIVE"]
