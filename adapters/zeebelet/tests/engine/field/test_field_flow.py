"""Tokens on unusual ways: joins, compensation, incidents that come again, events on two levels, time that jumps."""

from __future__ import annotations

import time

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    call,
    catch,
    document,
    end,
    error,
    error_event,
    extensions,
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
    tag,
    throw,
    timer,
)

from zeebelet import records as r

HOUR, DAY = 3600, 86400


def test_variables_of_a_compensation_handler(h: Harness) -> None:
    """It sees what its sub-process had when it ended."""
    inside = (
        extensions(io({"loc": "=x + 1"}))
        + start("bs")
        + service("A")
        + boundary("c", "A", tag("compensateEventDefinition"))
        + service("U", isForCompensation="true")
        + tag("association", id="as", sourceRef="c", targetRef="U", associationDirection="One")
        + end("be")
        + flows("bs A be")
    )
    file = model(
        start() + tag("subProcess", inside, id="B") + throw("t", tag("compensateEventDefinition")) + end(), "s B t e"
    )
    h.run(file, {"x": 1})
    h.complete("A")
    (undo,) = h.activate("U").values()
    assert undo.variables["loc"] == 2
    h.complete("U")
    assert h.is_empty()


def inclusive_fork(*more: str) -> str:
    """An inclusive fork f to A and B, both taken."""
    return (
        start()
        + gateway("inclusive", "f")
        + service("A")
        + service("B")
        + gateway("inclusive", "j")
        + end()
        + flow("s", "f")
        + flow("f", "A", "true")
        + flow("f", "B", "true")
        + "".join(more)
    )


def test_an_inclusive_join_whose_other_branch_leaves_by_an_error(h: Harness) -> None:
    """Nothing more can come: it goes on."""
    file = inclusive_fork(boundary("x", "B", error_event("E")), end("out")) + flows("A j; B j e; x out")
    h.run(model(file, "", error("E")))
    h.complete("A")
    h.throw("B", "E")
    assert h.is_empty()


@pytest.mark.parametrize("first", ["A", "B"])
def test_an_inclusive_join_whose_other_branch_ends(h: Harness, first: str) -> None:
    """One branch ends without reaching it, before or after the other has."""
    h.run(model(inclusive_fork(end("out")) + flows("A j e; B out")))
    h.complete(first)
    h.complete("A" if first == "B" else "B")
    assert h.is_empty()


def test_a_flow_that_is_taken_twice_before_a_join(h: Harness) -> None:
    """Two tokens on one flow, one on the other: the join goes on when nothing more can come."""
    file = (
        start()
        + gateway("parallel", "f")
        + service("A")
        + service("B")
        + service("C")
        + gateway("exclusive", "x")
        + gateway("inclusive", "j")
        + end()
    )
    h.run(model(file, "s f A x j e; f B x; f C j"))
    for name in "ABC":
        h.complete(name)
    assert h.is_empty()


def test_an_incident_of_a_gateway_resolved_without_repair(h: Harness) -> None:
    """A new incident; after the repair none."""
    file = (
        start()
        + gateway("inclusive", "g", default="g_e")
        + service("A")
        + end()
        + flows("s g e; A e")
        + flow("g", "A", "y > 1")
    )
    key = h.run(model(file))
    first = [key for key, _ in h.engine.state.incidents.all()]
    h.resolve()
    second = [key for key, _ in h.engine.state.incidents.all()]
    assert (len(second), first != second) == (1, True)
    h.set_variables(key, {"y": 5})
    h.resolve()
    assert (h.active(), h.incidents()) == (["A"], [])


@pytest.mark.parametrize("name", ["one", "two"])
def test_one_event_on_two_levels_of_called_processes(h: Harness, name: str) -> None:
    """The outermost reacts; nothing is left below."""
    other = message("n", '="k"') if name == "two" else ""

    def level(id_: str, called: str) -> str:
        inner = call(f"c{id_}", called) + boundary(f"b{id_}", f"c{id_}", message_event("m"))
        ends = end(f"e{id_}") + end(f"x{id_}")
        return process(start(f"s{id_}") + inner + ends + flows(f"s{id_} c{id_} e{id_}; b{id_} x{id_}"), id_=id_)

    leaf = process(start("sz") + service("w") + end("ez") + flows("sz w ez"), id_="z")
    h.deploy(document(message("m", '="k"'), other, level("p", "y"), level("y", "z"), leaf))
    h.create()
    h.publish("m", "k", ttl=1000 if name == "two" else 0)
    assert "xp" in h.completed()
    assert "xy" not in h.completed()
    assert h.is_empty()


def test_a_message_published_before_its_process_was_deployed(h: Harness) -> None:
    """It starts nothing at the deployment; when an instance of its key has ended, it does."""
    h.publish("m", "k", ttl=HOUR * 1000, n=1)
    h.deploy(model(start(inside=message_event("m")) + service("A") + end(), "s A e", message("m")))
    assert h.active() == []
    h.publish("m", "k", ttl=HOUR * 1000, n=2)
    (found,) = h.activate("A").items()
    assert found[1].variables == {"n": 2}
    h.complete(found[0])
    (again,) = h.activate("A").values()
    assert again.variables == {"n": 1}


def test_a_join_behind_two_activated_elements_of_an_ad_hoc_sub_process(h: Harness) -> None:
    """Each has an inner instance of its own: the join waits in both."""
    inside = service("A") + service("B") + gateway("parallel", "j") + service("C") + flows("A j C; B j")
    ad_hoc = tag(
        "adHocSubProcess", extensions(tag("zeebe:adHoc", activeElementsCollection='=["A","B"]')) + inside, id="X"
    )
    h.run(model(start() + ad_hoc + end(), "s X e"))
    h.complete("A")
    h.complete("B")
    assert h.active() == ["X", "X#innerInstance", "X#innerInstance"]
    assert h.incidents() == []


@pytest.mark.parametrize("jump", [25 * DAY, 400 * DAY])
def test_two_boundary_timers_that_are_jumped_over(h: Harness, jump: int) -> None:
    """Both fire, in the order of their due dates."""
    soon = boundary("b10", "A", timer("Duration", "P10D"), interrupting=False)
    late = boundary("b20", "A", timer("Duration", "P20D"))
    h.run(model(start() + service("A") + late + soon + end() + end("x") + end("y"), "s A e; b10 x; b20 y"))
    h.pass_time(jump)
    assert [name for name in h.completed() if name in ("b10", "b20", "x", "y")] == ["b10", "x", "b20", "y"]
    assert (h.terminated(), h.is_empty()) == (["A"], True)


def test_a_large_file(h: Harness) -> None:
    """1,500 service tasks in a row are deployed in seconds."""
    names = [f"task_{number:04}" for number in range(1500)]
    file = model(start() + "".join(service(name, "t") for name in names) + end(), " ".join(["s", *names, "e"]))
    began = time.perf_counter()
    h.run(file)
    assert time.perf_counter() - began < 6
    for _ in range(20):
        for key in h.activate("t"):
            h.complete(key)
    assert h.active() == ["task_0020"]


@pytest.mark.parametrize("kind", ["task", "manualTask", "exclusiveGateway"])
def test_a_large_file_that_never_waits_is_checked_in_time(h: Harness, kind: str) -> None:
    """The search for loops takes linear time."""
    names = [f"n{number:04}" for number in range(1500)]
    file = model(start() + "".join(tag(kind, id=name) for name in names) + end(), " ".join(["s", *names, "e"]))
    began = time.perf_counter()
    h.deploy(file)
    assert time.perf_counter() - began < 6


def test_awaited_instances_that_are_cancelled_leave_no_callback(h: Harness) -> None:
    """Its caller runs into its own time-out, as at a cluster; nothing of it is kept."""
    h.deploy(model(start() + service("A") + end(), "s A e"))
    answers: list[r.Record] = []
    for _ in range(100):
        value = r.ProcessInstanceCreation("p")
        h.engine.submit("PROCESS_INSTANCE_CREATION", "CREATE_WITH_AWAITING_RESULT", value, respond=answers.append)
    for instance in list(h.engine.state.instances.all()):
        if instance.value.bpmn_element_type == "PROCESS":
            h.cancel(instance.key)
    assert h.is_empty()
    assert answers == []
    assert len(h.engine._machine.writers.clients) == 0
    assert not h.engine._machine._context.awaited


def test_a_boundary_event_and_a_job_at_once(h: Harness) -> None:
    """What came first wins; what comes second is told that it is too late."""
    h.run(
        model(
            start() + service("A") + boundary("b", "A", message_event("m")) + end(), "s A e; b e", message("m", '="k"')
        )
    )
    key = h.job("A")
    h.publish("m", "k")
    answer = h.ask("JOB", "COMPLETE", r.Job("", 0, -1, -1, "", "", -1, -1), key=key)
    assert answer.rejection_type == "NOT_FOUND"
    assert h.is_empty()


def test_a_timer_and_a_message_behind_one_gateway(h: Harness) -> None:
    """Both due in one jump of the clock: one is taken."""
    file = (
        start()
        + gateway("eventBased", "g")
        + catch("c", timer("Duration", "PT1H"))
        + catch("d", timer("Duration", "PT2H"))
    )
    h.run(model(file + end(), "s g c e; g d e"))
    h.pass_time(3 * HOUR)
    assert [name for name in h.completed() if name in "cd"] == ["c"]
    assert h.is_empty()


def test_sub_processes_side_by_side_with_one_variable(h: Harness) -> None:
    """Each keeps its own; outputs meet in the scope around."""
    inner = [
        tag(
            "subProcess",
            extensions(io({"v": f"={n}"}, {"out": "=v"}))
            + start(f"s{n}")
            + service(f"t{n}")
            + end(f"e{n}")
            + flows(f"s{n} t{n} e{n}"),
            id=f"b{n}",
        )
        for n in (1, 2)
    ]
    key = h.run(
        model(
            start() + gateway("parallel", "f") + "".join(inner) + gateway("parallel", "j") + end(), "s f b1 j e; f b2 j"
        )
    )
    h.complete("t2")
    h.complete("t1")
    assert h.variables(key) == {"out": 1}
    assert h.is_empty()
