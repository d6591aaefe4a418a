"""Chains of calls hundreds deep: they end, complete and are interrupted in time, and never without end."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    call,
    document,
    end,
    error,
    error_event,
    flow,
    flows,
    gateway,
    io,
    message,
    message_event,
    model,
    process,
    service,
    start,
    sub,
    timer,
)

LIMIT_S = 20.0  # on a busy machine; the work itself is done in about a second


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """Work grows with the depth, not with its square."""
    began = time.perf_counter()
    yield
    assert time.perf_counter() - began < LIMIT_S


def chain(*, wrapped: bool = False, outermost: str = "", more: str = "", definitions: str = "") -> bytes:
    """Process p calls itself by an expression while n > 0, then waits at task w; `outer` calls p.

    `wrapped` puts each call into a sub-process; `outermost` is a boundary event b of the outer call.
    """
    called = call("c", '="p"', mapping=io({"n": "=n - 1"}))
    inner = sub("c_sub", start("cs") + called + end("ce") + flows("cs c ce")) if wrapped else called
    step = "c_sub" if wrapped else "c"
    deep = (
        start()
        + gateway("exclusive", "g", default="g_w")
        + inner
        + service("w")
        + end()
        + flows(f"s g w e; {step} e")
        + flow("g", step, "n > 0")
    )
    outer = start("os") + call("oc", '="p"') + outermost + end("oe") + end("ox") + flows("os oc oe" + more)
    return document(definitions, process(deep), process(outer, id_="outer"))


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("depth", [300, 900])
def test_the_outermost_instance_is_cancelled(h: Harness, depth: int, wrapped: bool) -> None:
    """All instances are terminated, no element, no job is left."""
    h.deploy(chain(wrapped=wrapped))
    key = h.create("outer", {"n": depth})
    assert len(h.activate("w")) == 1
    h.cancel(key)
    ended = list(h.events("PROCESS_INSTANCE", "ELEMENT_TERMINATED"))
    assert sum(record.value.bpmn_element_type == "PROCESS" for record in ended) == depth + 2
    assert h.is_empty()


@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("depth", [400, 900])
def test_the_innermost_job_is_completed(h: Harness, depth: int, wrapped: bool) -> None:
    """All instances complete, inside out."""
    h.deploy(chain(wrapped=wrapped))
    h.create("outer", {"n": depth})
    h.complete("w", {"result": 1})
    done = [record.value for record in h.events("PROCESS_INSTANCE", "ELEMENT_COMPLETED")]
    assert sum(value.bpmn_element_type == "PROCESS" for value in done) == depth + 2
    assert h.is_empty()


@pytest.mark.parametrize("how", ["message", "timer", "error"])
def test_a_boundary_event_of_the_outermost_call(h: Harness, how: str) -> None:
    """The outermost instance completes by it, all others are terminated."""
    what = {"message": message_event("m"), "timer": timer("Duration", "PT1H"), "error": error_event("E")}[how]
    definitions = message("m", '="k"') + error("E")
    h.deploy(chain(outermost=boundary("b", "oc", what), more="; b ox", definitions=definitions))
    h.create("outer", {"n": 500})
    if how == "message":
        h.publish("m", "k")
    elif how == "timer":
        h.pass_time(3600)
    else:
        h.throw("w", "E")
    assert h.completed()[-2:] == ["ox", "outer"]
    ended = [record.value for record in h.events("PROCESS_INSTANCE", "ELEMENT_TERMINATED")]
    assert sum(value.bpmn_element_type == "PROCESS" for value in ended) == 501
    assert h.is_empty()


@pytest.mark.parametrize("wrapped", [False, True])
def test_a_process_that_calls_itself_without_end(h: Harness, wrapped: bool) -> None:
    """An incident at depth 1,000; cancelling the outermost ends all."""
    called = call("c", '="p"')
    inner = sub("b", start("bs") + called + end("be") + flows("bs c be")) if wrapped else called
    key = h.run(model(start() + inner + end(), f"s {'b' if wrapped else 'c'} e"))
    (incident,) = h.incidents()
    assert incident.error_type == "CALLED_ELEMENT_ERROR"
    assert incident.error_message.startswith("The call activity has reached the maximum depth of 1000")
    h.cancel(key)
    assert h.is_empty()


def test_deep_sub_processes(h: Harness) -> None:
    """A hundred sub-processes, one in the other: cancelled, completed."""
    inside = service("w")
    name = "w"
    for number in range(100):
        inside = sub(
            f"b{number}", start(f"s{number}") + inside + end(f"e{number}") + flows(f"s{number} {name} e{number}")
        )
        name = f"b{number}"
    h.deploy(model(start() + inside + end(), f"s {name} e"))
    key = h.create()
    h.cancel(key)
    h.create()
    h.complete("w")
    assert h.is_empty()
