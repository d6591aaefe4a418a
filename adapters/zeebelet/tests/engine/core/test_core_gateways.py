"""Tokens and gateways."""

from __future__ import annotations

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    catch,
    document,
    end,
    error,
    error_event,
    flow,
    flows,
    gateway,
    model,
    process,
    service,
    start,
    tag,
    throw,
    timer,
)

XOR = model(
    start()
    + gateway("exclusive", "g", default="g_d")
    + "".join(service(name) for name in ("a", "b", "d"))
    + flow("g", "d", "assert(null, false)")
    + flow("g", "a", "x > 0")
    + flow("g", "b", "x > 5"),
    "s g",
)


@pytest.mark.parametrize(("x", "expected"), [(10, "a"), (3, "a"), (-1, "d")])
def test_exclusive_takes_the_first_true_flow_in_document_order(h: Harness, x: int, expected: str) -> None:
    """The first true condition wins; the default flow comes last and its condition is never evaluated."""
    h.run(XOR, {"x": x})
    assert h.active() == [expected]
    assert not h.incidents()


def test_condition_that_is_null_is_an_incident(h: Harness) -> None:
    """A missing variable makes a condition null, which is neither true nor false."""
    h.run(
        model(
            start() + gateway("exclusive", "g", default="g_e") + end() + end("e2") + flow("g", "e2", "missing"), "s g e"
        )
    )
    (incident,) = h.incidents()
    assert incident.error_type == "EXTRACT_VALUE_ERROR"
    assert incident.error_message == (
        "Expected result of the expression 'missing' to be 'BOOLEAN', but was 'NULL'. "
        "The evaluation reported the following warnings:\n[NO_VARIABLE_FOUND] No variable found with name 'missing'"
    )


def test_no_condition_true_is_a_condition_error_until_variables_change(h: Harness) -> None:
    """Without a default flow nothing can be taken; resolving tries again."""
    key = h.run(
        model(
            start()
            + gateway("exclusive", "g")
            + end()
            + end("e2")
            + flow("g", "e2", "x > 5")
            + flow("g", "e", "x > 7"),
            "s g",
        ),
        {"x": 1},
    )
    (incident,) = h.incidents()
    assert incident.error_type == "CONDITION_ERROR"
    assert incident.error_message == "Expected at least one condition to evaluate to true, or to have a default flow"
    h.set_variables(key, {"x": 6})
    h.resolve()
    assert h.completed()[-2:] == ["e2", "p"]


def test_gateway_without_outgoing_flow_ends_the_path(h: Harness) -> None:
    """An element without outgoing flow ends its path."""
    h.run(model(start() + gateway("exclusive", "g"), "s g"))
    assert h.completed() == ["s", "g", "p"]


def test_exclusive_gateway_does_not_join(h: Harness) -> None:
    """Every token passes an exclusive gateway."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + tag("task", id="a")
            + tag("task", id="b")
            + gateway("exclusive", "x")
            + end(),
            "s f a x e; f b x",
        )
    )
    assert h.completed().count("e") == 2


def test_parallel_join_waits_for_each_incoming_flow(h: Harness) -> None:
    """A join fires when a token arrived on each flow."""
    h.run(
        model(
            start() + gateway("parallel", "f") + service("a") + service("b") + gateway("parallel", "j") + end(),
            "s f a j e; f b j",
        )
    )
    h.complete("a")
    assert h.active() == ["b"]
    h.complete("b")
    assert h.completed()[-3:] == ["j", "e", "p"]
    assert h.is_empty()


def test_two_tokens_on_one_flow_do_not_join(h: Harness) -> None:
    """The join counts distinct flows; the extra token stays and keeps the scope open."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + gateway("exclusive", "x")
            + tag("task", id="a")
            + tag("task", id="b")
            + service("c")
            + gateway("parallel", "j")
            + end(),
            "s f a x j e; f b x; f c j",
        )
    )
    assert h.completed().count("e") == 0
    h.complete("c")
    assert h.completed().count("e") == 1
    assert h.active() == []
    assert not h.is_empty()


def test_parallel_gateway_merges_and_splits(h: Harness) -> None:
    """One gateway may have several flows on both sides."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + service("a")
            + service("b")
            + gateway("parallel", "g")
            + service("c")
            + service("d"),
            "s f a g c; f b g d",
        )
    )
    h.complete("a")
    h.complete("b")
    assert h.active() == ["c", "d"]


OR = model(
    start()
    + gateway("inclusive", "g", default="g_d")
    + "".join(service(name) for name in ("a", "b", "d"))
    + gateway("inclusive", "j")
    + end()
    + flow("g", "a", "x > 0")
    + flow("g", "b", "x > 5")
    + flow("g", "d"),
    "s g; a j e; b j; d j",
)


@pytest.mark.parametrize(("x", "expected"), [(10, ["a", "b"]), (3, ["a"]), (-1, ["d"])])
def test_inclusive_takes_every_true_flow(h: Harness, x: int, expected: list[str]) -> None:
    """All true conditions are taken, the default flow only when there is none; the join waits for those taken."""
    h.run(OR, {"x": x})
    assert h.active() == expected
    for name in expected:
        assert "e" not in h.completed()
        h.complete(name)
    assert h.completed().count("j") == 1
    assert h.completed()[-1] == "p"


def test_inclusive_join_follows_links_and_boundary_events(h: Harness) -> None:
    """A token that can still get there by a link or a boundary event is waited for."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + service("a")
            + service("b")
            + gateway("inclusive", "j")
            + end()
            + throw("t", tag("linkEventDefinition", name="L"))
            + catch("c", tag("linkEventDefinition", name="L"))
            + boundary("be", "b", error_event("E"))
            + end("dead"),
            "s f a j e; f b dead; be t; c j",
            error("E"),
        )
    )
    h.complete("a")
    assert h.active() == ["b"]
    h.throw("b", "E")
    assert h.completed()[-3:] == ["j", "e", "p"]
    assert h.completed().count("j") == 1


def test_inclusive_join_goes_on_when_the_other_path_ends_elsewhere(h: Harness) -> None:
    """Once no token can reach the join any more, it fires."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + service("a")
            + service("b")
            + gateway("exclusive", "x")
            + gateway("inclusive", "j")
            + end()
            + end("e2")
            + flow("x", "j", "false")
            + flow("x", "e2", "true"),
            "s f a j e; f b x",
        )
    )
    h.complete("a")
    assert "j" not in h.completed()
    h.complete("b")
    assert h.completed().count("e") == 1
    assert h.completed()[-1] == "p"


def test_event_based_gateway_takes_one_branch(h: Harness) -> None:
    """Of two timers due at the same time one wins, the other subscription is closed."""
    h.run(
        model(
            start()
            + gateway("eventBased", "g")
            + catch("t1", timer("Duration", "PT1S"))
            + catch("t2", timer("Duration", "PT1S"))
            + end("e1")
            + end("e2"),
            "s g t1 e1; g t2 e2",
        )
    )
    h.pass_time(2)
    assert h.taken() == ["s_g", "g_t1", "t1_e1"]
    assert h.is_empty()


def test_terminate_end_event_completes_a_process_that_waits_at_a_join(h: Harness) -> None:
    """A token parked at a join is dropped by a terminate end event."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + service("a")
            + tag("task", id="b")
            + gateway("parallel", "j")
            + end()
            + boundary("be", "a", error_event())
            + end("stop", tag("terminateEventDefinition")),
            "s f a j e; f b j; be stop",
        )
    )
    h.throw("a", "any")
    assert h.completed()[-2:] == ["stop", "p"]
    assert h.is_empty()


def test_several_outgoing_flows_of_a_task_are_a_split(h: Harness) -> None:
    """All outgoing flows of a task are taken."""
    h.run(model(start() + tag("task", id="t") + service("a") + service("b"), "s t a; t b"))
    assert h.active() == ["a", "b"]


def test_flow_helper_is_used_in_documents(h: Harness) -> None:
    """Two executable processes of one file are both deployed."""
    file = document(
        process(start() + end() + flows("s e"), id_="p"), process(start("s2") + end("e2") + flows("s2 e2"), id_="q")
    )
    assert [item.bpmn_process_id for item in h.deploy(file).processes] == ["p", "q"]
