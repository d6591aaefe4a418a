"""What a migration carries over, and the preconditions that refuse it: catch events stay with their element and of their kind."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    call,
    catch,
    end,
    error,
    error_event,
    event_sub,
    extensions,
    flows,
    gateway,
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
    user_task,
)

from zeebelet import records as r

HOUR = 3600
M, N = message("m", '="k"'), message("n", '="k"')


def migrate(h: Harness, key: int, target: bytes, mapping: str) -> Any:
    """Deploy the target and migrate; `mapping` is `A B>C`: A to A and B to C."""
    definition = h.deploy(target).processes[0].process_definition_key
    pairs = [pair.partition(">") for pair in mapping.split()]
    plan = tuple(r.MappingInstruction(source, to or source) for source, _, to in pairs)
    return h.ask("PROCESS_INSTANCE_MIGRATION", "MIGRATE", r.ProcessInstanceMigration(key, definition, plan))


def tasks(*boundaries: tuple[str, str, str], more: str = "") -> bytes:
    """Tasks A and D with boundary events (id, task, definition)."""
    events = "".join(boundary(id_, task, definition) for id_, task, definition in boundaries)
    ends = "".join(f"; {id_} e" for id_, _, _ in boundaries)
    file = start() + service("A") + service("D") + events + more + end()
    return model(file, f"s A D e{ends}", M, N, signal("g"))


def events(*definitions: tuple[str, str]) -> bytes:
    """An event-based gateway G with catch events."""
    made = "".join(catch(id_, definition) for id_, definition in definitions)
    ends = "; ".join(f"G {id_} e" for id_, _ in definitions)
    return model(start() + gateway("eventBased", "G") + made + end(), f"s G; {ends}", M, N, signal("g"))


def scoped(*subs: tuple[str, str, str]) -> bytes:
    """Task A in a process with event sub-processes (id, start event, definition)."""
    made = "".join(
        event_sub(id_, begin, what, end(f"{id_}_e") + flows(f"{begin} {id_}_e")) for id_, begin, what in subs
    )
    return model(start() + service("A") + made + end(), "s A e", M, N, signal("g"))


def looped(*, sequential: bool) -> bytes:
    """A multi-instance task."""
    return model(start() + service("A", inside=multi("=[1,2]", sequential=sequential)) + end(), "s A e")


T, T5 = timer("Duration", "PT1H"), timer("Duration", "PT5H")
SINGLE = model(start() + service("A") + end(), "s A e")
DETACH = "These mappings detach the catch event from the element in the target process"
REFUSED: dict[str, tuple[bytes, bytes, str, str]] = {
    "a boundary event to one of another task": (
        tasks(("B", "A", message_event("m"))),
        tasks(("B", "D", message_event("m"))),
        "A B",
        DETACH,
    ),
    "a boundary event to one of the task's own new name": (
        tasks(("B", "A", T)),
        model(start() + service("Z") + service("A") + boundary("B", "Z", T) + end(), "s Z A e; B e"),
        "A B",
        DETACH,
    ),
    "the start of an event sub-process to that of one in another scope": (
        model(
            start()
            + sub("P", start("ps") + service("A") + event_sub("X", "xs", T, end("xe") + flows("xs xe")) + flows("ps A"))
            + end(),
            "s P e",
        ),
        model(
            start()
            + sub("P", start("ps") + service("A") + flows("ps A"))
            + event_sub("X", "xs", T, end("xe") + flows("xs xe"))
            + end(),
            "s P e",
        ),
        "P A xs",
        DETACH,
    ),
    "message to timer": (tasks(("B", "A", message_event("m"))), tasks(("B", "A", T)), "A B", "event type"),
    "timer to message": (tasks(("B", "A", T)), tasks(("B", "A", message_event("m"))), "A B", "event type"),
    "signal to message": (
        tasks(("B", "A", signal_event("g"))),
        tasks(("B", "A", message_event("m"))),
        "A B",
        "event type",
    ),
    "the start of an event sub-process, message to signal": (
        scoped(("X", "xs", message_event("m"))),
        scoped(("X", "xs", signal_event("g"))),
        "A xs",
        "event type",
    ),
    "sequential to parallel": (
        looped(sequential=True),
        looped(sequential=False),
        "A",
        "has a different loop characteristics",
    ),
    "parallel to sequential": (
        looped(sequential=False),
        looped(sequential=True),
        "A",
        "has a different loop characteristics",
    ),
    "an event-based gateway's message to a timer": (
        events(("C", T), ("D", message_event("m"))),
        events(("C", T), ("D", T)),
        "G C D",
        "event type",
    ),
    "an event-based gateway's event to one behind another gateway": (
        events(("C", T), ("D", message_event("m"))),
        model(
            start()
            + gateway("eventBased", "G")
            + catch("D", message_event("m"))
            + catch("F", message_event("n"))
            + catch("C", T)
            + end(),
            "s G; G D e; G F C e",
            M,
            N,
        ),
        "G C D",
        DETACH,
    ),
    "multi-instance to single": (looped(sequential=False), SINGLE, "A", "different type"),
    "single to multi-instance": (SINGLE, looped(sequential=False), "A", "different type"),
    "a native user task to one by job": (
        model(start() + user_task("A") + end(), "s A e"),
        model(start() + user_task("A", native=False) + end(), "s A e"),
        "A",
        "different implementation",
    ),
    "a user task by job to a native one": (
        model(start() + user_task("A", native=False) + end(), "s A e"),
        model(start() + user_task("A") + end(), "s A e"),
        "A",
        "different implementation",
    ),
    "two boundary events to one": (
        tasks(("B", "A", message_event("m")), ("C", "A", message_event("n"))),
        tasks(("B", "A", message_event("m"))),
        "A B C>B",
        "Merging",
    ),
    "two timers to one": (tasks(("B", "A", T), ("C", "A", T5)), tasks(("B", "A", T)), "A B C>B", "Merging"),
    "two event sub-processes' starts to one": (
        scoped(("X", "xs", message_event("m")), ("Y", "ys", message_event("n"))),
        scoped(("X", "xs", message_event("m"))),
        "A xs ys>xs",
        "Merging",
    ),
    "an active task without mapping": (SINGLE, SINGLE, "", "no mapping instruction defined for active element"),
    "a task into a sub-process": (
        SINGLE,
        model(start() + sub("P", start("ps") + service("A") + flows("ps A")) + end(), "s P e"),
        "A",
        "flow scope",
    ),
    "a service task to a call activity": (
        SINGLE,
        model(start() + call("A", "q") + end(), "s A e"),
        "A",
        "different type",
    ),
    "a service task to a user task": (SINGLE, model(start() + user_task("A") + end(), "s A e"), "A", "different type"),
    "a timer catch event to a message catch event": (
        model(start() + catch("A", T) + end(), "s A e"),
        model(start() + catch("A", message_event("m")) + end(), "s A e", M),
        "A",
        "event type",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_migration_that_zeebe_refuses(h: Harness, what: str) -> None:
    """INVALID_STATE (FAILED_PRECONDITION at the gateway); the instance stays where it is, to the last subscription."""
    source, target, mapping, text = REFUSED[what]
    key = h.run(source)
    h.deploy(target)
    before = h.engine.fingerprint()
    answer = migrate(h, key, target, mapping)
    assert (answer.rejection_type, text in answer.rejection_reason) == ("INVALID_STATE", True), answer.rejection_reason
    assert h.engine.fingerprint() == before


ACCEPTED: dict[str, tuple[bytes, bytes, str]] = {
    "a boundary event of a task that is not active": (
        tasks(("B", "D", message_event("m"))),
        tasks(("B", "A", T)),
        "A B",
    ),
    "a boundary event that is not mapped may change": (
        tasks(("B", "A", T)),
        tasks(("B", "A", message_event("m"))),
        "A",
    ),
    "events of a gateway that are not mapped may change": (
        events(("C", T), ("D", message_event("m"))),
        events(("C", T), ("D", T)),
        "G C",
    ),
    "boundary events may change places": (
        tasks(("B", "A", message_event("m")), ("C", "A", message_event("n"))),
        tasks(("B", "A", message_event("m")), ("C", "A", message_event("n"))),
        "A B>C C>B",
    ),
    "an error boundary event": (
        model(start() + service("A") + boundary("B", "A", error_event("x")) + end(), "s A e; B e", error("x")),
        model(start() + service("A") + boundary("Z", "A", error_event("x")) + end(), "s A e; Z e", error("x")),
        "A B>Z",
    ),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_a_migration_that_zeebe_takes(h: Harness, what: str) -> None:
    """The preconditions look at what is active and mapped, at nothing else."""
    source, target, mapping = ACCEPTED[what]
    key = h.run(source)
    assert migrate(h, key, target, mapping).intent == "MIGRATED"


def due(h: Harness) -> list[float]:
    """When the timers that wait are due, in seconds from now."""
    return sorted((value.due_date - h.clock.now()) / 1000 for _, value in h.engine.state.subscriptions.timers.all())


@pytest.mark.parametrize(("mapping", "left"), [("A", 5 * HOUR), ("A B", HOUR / 2)])
def test_a_timer_that_is_not_mapped_begins_anew(h: Harness, mapping: str, left: float) -> None:
    """A mapped one keeps its due date, any other is that of the target, from now on."""
    key = h.run(tasks(("B", "A", T)))
    h.pass_time(HOUR / 2)
    assert migrate(h, key, tasks(("B", "A", T5)), mapping).intent == "MIGRATED"
    assert due(h) == [left]


@pytest.mark.parametrize("sequential", [False, True])
def test_a_loop_with_a_mapped_boundary_event(h: Harness, sequential: bool) -> None:
    """The timer of the body fires in the target."""

    def looping(after: str) -> bytes:
        body = sub(
            "B", start("bs") + service("A") + end("be") + flows("bs A be") + multi("=[1,2]", sequential=sequential)
        )
        return model(start() + body + boundary("C", "B", T) + service(after) + end() + end("t"), f"s B e; C {after} t")

    key = h.run(looping("X"))
    assert migrate(h, key, looping("Y"), "B A C").intent == "MIGRATED"
    h.pass_time(HOUR)
    assert h.active() == ["Y"]


@pytest.mark.parametrize("definition", [message_event("m"), T, signal_event("g")])
def test_a_task_that_is_stuck_in_its_activation(h: Harness, definition: str) -> None:
    """It listens to nothing before it is active; afterwards to what the target says."""
    task = tag("serviceTask", extensions(job("A"), io({"x": "=assert(v, v != null)"})), id="A")
    file = model(
        start() + task + boundary("B", "A", definition, interrupting=False) + end(), "s A e; B e", M, signal("g")
    )
    key = h.run(file)
    waiting = h.engine.state.subscriptions
    assert migrate(h, key, file.replace(b'id="e"', b'id="e" name="n"'), "A").intent == "MIGRATED"
    assert (len(waiting.messages), len(waiting.timers), len(waiting.signals)) == (0, 0, 0)
    h.set_variables(key, {"v": 1})
    h.resolve()
    assert len(waiting.messages) + len(waiting.timers) + len(waiting.signals) == 1
    assert [h.active(), h.incidents()] == [["A"], []]
