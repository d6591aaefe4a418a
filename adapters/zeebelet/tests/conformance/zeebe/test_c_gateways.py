"""Tokens and gateways."""

from __future__ import annotations

import pytest
from bpmn_models import (
    Flow,
    boundary,
    catch,
    end,
    error,
    gateway,
    link,
    message,
    process,
    service,
    start,
    terminate,
    throw,
    timer,
)
from zeebe_client import Zeebe


def test_C01_the_first_true_condition_in_file_order_wins(z: Zeebe) -> None:
    """With x=10 both conditions hold; the one written first is taken."""
    model = process(
        "P",
        start(),
        gateway("exclusive", "X", default="d"),
        *(end(name) for name in ("E1", "E2", "E3")),
        flows=["S X", Flow("X", "E1", "=x > 0"), Flow("X", "E2", "=x > 5"), Flow("X", "E3", id="d")],
    )

    instance = z.run(model, x=10)

    z.assert_ends(instance)
    assert [z.states(instance, name) for name in ("E1", "E2", "E3")] == [["COMPLETED"], [], []]


@pytest.mark.parametrize("when", ["=assert(null, false)", "=unknown_name"])
def test_C03_the_condition_of_the_default_flow_is_not_looked_at(z: Zeebe, when: str) -> None:
    """A default flow is taken whatever its condition says."""
    model = process(
        "P",
        start(),
        gateway("exclusive", "X", default="d"),
        end("E1"),
        end("E2"),
        flows=["S X", Flow("X", "E2", when, "d"), Flow("X", "E1", "=x > 0")],
    )

    instance = z.run(model, x=-1)

    z.assert_ends(instance)
    assert z.states(instance, "E2") == ["COMPLETED"]


def test_C05_a_condition_that_is_null_is_an_incident(z: Zeebe) -> None:
    """A missing variable is no false: EXTRACT_VALUE_ERROR with the evaluation's warnings."""
    model = process(
        "P",
        start(),
        gateway("exclusive", "X", default="d"),
        end("E1"),
        end("E2"),
        flows=["S X", Flow("X", "E1", "=missing"), Flow("X", "E2", id="d")],
    )

    instance = z.run(model)

    incident = z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR"))
    text = incident["errorMessage"]
    assert "Expected result of the expression 'missing' to be 'BOOLEAN', but was 'NULL'." in text
    assert "[NO_VARIABLE_FOUND] No variable found with name 'missing'" in text


def test_C07_a_gateway_without_outgoing_flows_ends_its_path(z: Zeebe) -> None:
    """The instance completes."""
    instance = z.run(process("P", start(), gateway("exclusive", "X"), flows=["S X"]))

    z.assert_ends(instance)


def test_C09_two_tokens_on_one_flow_do_not_join(z: Zeebe) -> None:
    """A join takes one token of each flow; the second one of a flow waits for ever."""
    model = process(
        "P",
        start(),
        gateway("parallel", "F"),
        gateway("exclusive", "X"),
        gateway("parallel", "J"),
        end(),
        flows=["S F", Flow("F", "X", id="f1"), Flow("F", "X", id="f2"), "F J", "X J E"],
    )

    instance = z.run(model)

    z.assert_eventually(lambda: z.states(instance, "E"), ["COMPLETED"])
    assert z.state(instance) == "ACTIVE"


def test_C11_one_parallel_gateway_joins_and_forks(z: Zeebe) -> None:
    """Two in, two out: both follow-up tasks start once both tasks before are done."""
    model = process(
        "P",
        start(),
        gateway("parallel", "F"),
        *(service(name, name.lower()) for name in "ABCD"),
        gateway("parallel", "G"),
        end(),
        flows=["S F A G C E", "F B G D E"],
    )
    z.run(model)

    z.complete("a")
    assert z.jobs("c") == []
    z.complete("b")

    assert len(z.jobs("c")) == len(z.jobs("d")) == 1


@pytest.mark.parametrize(("x", "taken"), [(10, "AB"), (3, "A"), (-1, "D")])
def test_C13_an_inclusive_gateway_takes_every_true_flow(z: Zeebe, x: int, taken: str) -> None:
    """The default flow is taken only when none is true."""
    model = process(
        "P",
        start(),
        gateway("inclusive", "O", default="d"),
        *(service(name, name.lower()) for name in "ABD"),
        end(),
        flows=["S O", Flow("O", "A", "=x > 0"), Flow("O", "B", "=x > 5"), Flow("O", "D", id="d"), "A E", "B E", "D E"],
    )

    z.run(model, x=x)

    assert "".join(name for name in "ABD" if z.jobs(name.lower())) == taken


def inclusive(*nodes, flows):
    """S -> inclusive fork O; a and b are true, c is not."""
    conditions = [Flow("O", "A", "=true"), Flow("O", "B", "=true")]
    return process(
        "P",
        start(),
        gateway("inclusive", "O"),
        service("A", "a"),
        service("B", "b"),
        gateway("inclusive", "J"),
        service("C", "c"),
        end(),
        *nodes,
        flows=["S O", *conditions, "J C E", *flows],
    )


def test_C15_an_inclusive_join_waits_for_what_was_forked(z: Zeebe) -> None:
    """Of three flows two were taken: the join waits for these two and fires once."""
    z.run(inclusive(service("D", "d"), flows=["A J", "B J", Flow("O", "D", "=false"), "D J"]))

    z.complete("a")
    assert z.jobs("c") == []
    z.complete("b")

    assert len(z.jobs("c")) == 1


def test_C17_an_inclusive_join_sees_through_links(z: Zeebe) -> None:
    """A task whose path jumps to the join by a link keeps the join waiting."""
    z.run(inclusive(throw("L1", link("jump")), catch("L2", link("jump")), flows=["A L1", "L2 J", "B J"]))

    z.complete("b")
    assert z.jobs("c") == []
    z.complete("a")

    assert len(z.jobs("c")) == 1


def test_C19_an_inclusive_join_sees_boundary_events(z: Zeebe) -> None:
    """A task whose boundary event leads to the join keeps the join waiting."""
    z.run(inclusive(boundary("M", "A", message("m", "=key")), end("E2"), flows=["A E2", "M J", "B J"]), key="1")

    z.complete("b")
    assert z.jobs("c") == []
    z.publish("m", "1")

    assert len(z.jobs("c")) == 1


def test_C21_of_two_equal_timers_one_branch_is_taken(z: Zeebe) -> None:
    """An event-based gateway takes exactly one path, even when both are due."""
    model = process(
        "P",
        start(),
        gateway("eventBased", "G"),
        catch("T1", timer("duration", "PT1S")),
        catch("T2", timer("duration", "PT1S")),
        service("A", "a"),
        service("B", "a"),
        end(),
        flows=["S G T1 A E", "G T2 B E"],
    )
    z.pin()
    z.run(model)

    z.advance(2_000)

    assert len(z.jobs("a")) == 1


def test_C23_a_terminate_end_frees_a_token_at_a_join(z: Zeebe) -> None:
    """The instance completes although a token waited at the parallel join."""
    model = process(
        "P",
        start(),
        gateway("parallel", "F"),
        service("B", "b"),
        gateway("parallel", "J"),
        boundary("X", "B", error("E1")),
        end("T", terminate()),
        end(),
        flows=["S F J E", "F B J", "X T"],
    )
    instance = z.run(model)

    z.throw("b", "E1")

    z.assert_ends(instance)
    assert z.states(instance, "E") == []
