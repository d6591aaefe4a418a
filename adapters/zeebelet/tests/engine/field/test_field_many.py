"""Multi-instance loops: collections that are changed, shared, or written by several at once."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import (
    call,
    document,
    end,
    extensions,
    flows,
    io,
    model,
    multi,
    process,
    service,
    start,
    sub,
    tag,
)


def test_input_and_output_collection_may_be_one_variable(h: Harness) -> None:
    """The body has its own while it runs, and all iterations of a parallel loop have read theirs before."""
    loop = multi("=list", "value", output=("list", "=value"))
    key = h.run(model(start() + service("x", inside=loop) + end(), "s x e"), {"list": [1, 2, 3]})
    for job in sorted(h.activate("x")):
        h.complete(job)
    assert (h.variables(key)["list"], h.is_empty()) == ([1, 2, 3], True)


def test_results_of_parallel_calls_overwrite_one_another(h: Harness) -> None:
    """Child variables go to where they are found: the instance, not the iteration."""
    loop = multi("=[1,2,3]", output=("results", "=result"))
    h.deploy(
        document(
            process(start() + call("c", "q", inside=loop, propagateAllChildVariables="true") + end() + flows("s c e")),
            process(start("qs") + service("x") + end("qe") + flows("qs x qe"), id_="q"),
        )
    )
    key = h.create()
    jobs = h.activate("x")
    for job, found in sorted(jobs.items()):
        h.complete(job, {"result": 65 + found.variables["item"] - 1} if found.variables["item"] == 3 else {})
    assert h.variables(key)["results"] == [None, None, 67]


def test_an_output_built_on_the_one_before_in_a_loop(h: Harness) -> None:
    """Output mappings of a script task inside a loop's sub-process see one another, in each iteration anew."""
    mapping = tag(
        "zeebe:ioMapping",
        tag("zeebe:output", source="=t", target="first") + tag("zeebe:output", source="=first", target="second"),
    )
    script = tag("scriptTask", extensions(tag("zeebe:script", expression="=item", resultVariable="t"), mapping), id="t")
    loop = multi("=[1,2,3,4,5]", output=("results", "=second"), sequential=True)
    inside = sub("b", start("bs") + script + end("be") + flows("bs t be") + loop)
    key = h.run(model(start() + inside + end(), "s b e"))
    assert h.variables(key)["results"] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("sequential", [False, True])
def test_an_output_element_made_of_the_input_element(h: Harness, sequential: bool) -> None:
    """It sees what the job made of the item."""
    loop = multi("=[{p:1},{p:2}]", "x", output=("results", "={p: x.p, done: true}"), sequential=sequential)
    key = h.run(model(start() + service("a", inside=loop) + end(), "s a e"))
    for _ in range(2):
        for job in h.activate("a"):
            h.complete(job, {"x": {"p": 9}})
    assert h.variables(key)["results"] == [{"p": 9, "done": True}] * 2


@pytest.mark.parametrize(
    ("stored", "why"),
    [({"a": 1}, "MAP"), (1.5, "FLOAT"), (None, "NIL"), ("x", "STRING")],
)
def test_an_overwritten_collection_can_be_repaired(h: Harness, stored: Any, why: str) -> None:
    """The incident names what stands there; a list of the right length goes on."""
    key = h.run(model(start() + service("x", inside=multi("=[1,2]", output=("r", "=item"))) + end(), "s x e"))
    body = h.key_of("x", "MULTI_INSTANCE_BODY")
    h.set_variables(body, {"r": stored}, local=True)
    first, second = sorted(h.activate("x"))
    h.complete(first)
    (incident,) = h.incidents()
    assert f"because the type of the output collection is: {why}." in incident.error_message
    h.set_variables(body, {"r": [None, None]}, local=True)
    h.resolve()
    h.complete(second)
    assert (h.variables(key)["r"], h.is_empty()) == ([1, 2], True)


def test_a_loop_in_a_loop_keeps_its_results_apart(h: Harness) -> None:
    """The inner loop's collection is the outer iteration's."""
    inner = service("x", mapping=io({"y": "=item * 10 + n"}), inside=multi("=[1,2]", "n", output=("ins", "=y")))
    outer = sub("b", start("bs") + inner + end("be") + flows("bs x be") + multi("=[1,2]", output=("outs", "=ins")))
    key = h.run(model(start() + outer + end(), "s b e"))
    for job in h.activate("x"):
        h.complete(job)
    assert h.variables(key)["outs"] == [[11, 12], [21, 22]]
