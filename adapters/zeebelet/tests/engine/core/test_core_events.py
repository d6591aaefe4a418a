"""Timers, signals, links, compensation, conditional events."""

from __future__ import annotations

import pytest
from engine_harness import NOON, Harness
from engine_models import (
    boundary,
    catch,
    conditional_event,
    end,
    error,
    error_event,
    event_sub,
    extensions,
    flows,
    gateway,
    io,
    message,
    model,
    multi,
    service,
    signal,
    signal_event,
    start,
    sub,
    tag,
    throw,
    timer,
)

from zeebelet import records as r

COMPENSATE = tag("compensateEventDefinition")
G = signal("g")


@pytest.mark.parametrize("text", ["PT0S", "PT-5S", "-PT5S"])
def test_zero_and_negative_durations_fire_at_once(h: Harness, text: str) -> None:
    """At the next look at what is due."""
    h.run(model(start() + catch("t", timer("Duration", text)) + end(), "s t e"))
    h.engine.tick()
    assert h.completed()[-1] == "p"


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        ("Duration", '="abc"', "Invalid duration format 'abc' for expression '\"abc\"'"),
        ("Date", '="abc"', "Invalid date-time format 'abc' for expression '\"abc\"'"),
        (
            "Duration",
            "=true",
            "Expected result of the expression 'true' to be one of '[DURATION, PERIOD, STRING]', but was 'BOOLEAN'.",
        ),
    ],
)
def test_timer_that_cannot_be_evaluated(h: Harness, kind: str, text: str, message: str) -> None:
    """An incident at the element; nothing is subscribed."""
    h.run(model(start() + catch("t", timer(kind, text)) + end(), "s t e"))
    assert h.incidents()[0].error_message == message
    assert not len(h.engine.state.subscriptions.timers)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Duration", '=duration("PT" + string(x) + "S")'),
        ("Duration", '="PT5S"'),
        ("Date", '=now() + duration("PT5S")'),
        ("Date", "2023-11-14T22:13:25Z"),
        ("Date", "2023-11-14T23:13:25+01:00[Europe/Berlin]"),
    ],
)
def test_timer_forms(h: Harness, kind: str, text: str) -> None:
    """Durations and dates, static or FEEL; five seconds from noon of the test."""
    h.run(model(start() + catch("t", timer(kind, text)) + end(), "s t e"), {"x": 5})
    assert h.engine.next_timer() == NOON + 5_000


def test_timer_start_does_not_drift(h: Harness) -> None:
    """The next due date follows from the previous one."""
    h.deploy(model(start("s", timer("Cycle", "R/PT10S")) + end(), "s e"))
    for _ in range(3):
        h.pass_time(13)
    due = [record.value.due_date - NOON for record in h.events("TIMER", "TRIGGERED")]
    assert due == [10_000, 20_000, 30_000]
    assert h.completed().count("p") == 3


def test_timer_start_with_repetitions_and_versions(h: Harness) -> None:
    """R2 starts two; a new version replaces the timer; the same deployment again changes nothing."""
    file = model(start("s", timer("Cycle", "R2/PT10S")) + end(), "s e")
    h.deploy(file)
    h.pass_time(60)
    assert h.completed().count("p") == 2
    h.deploy(file)
    h.pass_time(60)
    assert h.completed().count("p") == 2
    h.deploy(model(start("s", timer("Cycle", "R/PT1M")) + end("x"), "s x"))
    h.deploy(model(start("s", timer("Cycle", "R/PT2M")) + end("y"), "s y"))
    h.pass_time(120)
    assert h.completed().count("x") == 0
    assert h.completed().count("y") == 1


def test_timer_date_in_the_past_starts_at_once(h: Harness) -> None:
    """A date that has passed is due."""
    h.deploy(model(start("s", timer("Date", "2020-01-01T00:00:00Z")) + end(), "s e"))
    h.engine.tick()
    assert h.completed().count("p") == 1


def test_cron_start(h: Harness) -> None:
    """Cron goes by the wall, from now; overdue times are not replayed."""
    h.deploy(model(start("s", timer("Cycle", "0 0/5 * * * *")) + end(), "s e"))
    first = h.engine.next_timer()
    assert first is not None
    assert (first // 1000) % 300 == 0
    h.pass_time(3_600)
    assert h.completed().count("p") == 1


def test_signal_reaches_everyone_at_that_moment(h: Harness) -> None:
    """Catch events and the latest version's start event; nothing is buffered."""
    h.deploy(model(start("s", signal_event("g")) + service("old"), "s old", G, id_="q"))
    h.deploy(model(start("s", signal_event("g")) + service("new"), "s new", G, id_="q"))
    h.deploy(model(start() + catch("c", signal_event("g")) + end(), "s c e", G))
    h.broadcast("g")
    assert h.active() == ["new"]
    for _ in range(3):
        h.create()
    h.broadcast("g", v=1)
    assert h.active() == ["new", "new"]
    assert h.completed().count("p") == 3


def test_signal_throw_carries_local_variables(h: Harness) -> None:
    """What its input mappings make goes with the signal."""
    h.deploy(model(start("s", signal_event("g")) + service("a"), "s a", G, id_="q"))
    h.run(model(start() + end("e", signal_event("g") + ""), "s e", G))
    more = extensions(io({"x": "=1"}))
    h.deploy(
        model(start() + tag("intermediateThrowEvent", more + signal_event("g"), id="t") + end(), "s t e", G, id_="r")
    )
    h.create("r")
    started = [
        record.key for record in h.events("PROCESS_INSTANCE", "ELEMENT_ACTIVATED") if record.value.element_id == "q"
    ]
    assert [h.variables(key) for key in started] == [{}, {"x": 1}]


def test_links(h: Harness) -> None:
    """Several throws, one catch."""
    link = tag("linkEventDefinition", name="L")
    h.run(
        model(
            start() + gateway("parallel", "f") + throw("t1", link) + throw("t2", link) + catch("c", link) + end(),
            "s f t1; f t2; c e",
        )
    )
    assert h.completed().count("e") == 2
    assert h.is_empty()


def undoable(task: str, undo: str, more: str = "") -> str:
    """A task with its compensation handler."""
    return (
        service(task, inside=more)
        + boundary(f"{task}_comp", task, COMPENSATE)
        + service(undo, isForCompensation="true")
        + tag("association", id=f"{task}_assoc", sourceRef=f"{task}_comp", targetRef=undo, associationDirection="One")
    )


def test_compensation_runs_the_handler_and_waits(h: Harness) -> None:
    """The throw event completes after the handler."""
    h.run(model(start() + undoable("a", "undo") + throw("t", COMPENSATE) + end(), "s a t e"))
    h.complete("a")
    assert h.active() == ["t", "undo"]
    h.complete("undo", {"x": 1})
    assert h.completed()[-4:] == ["undo", "t", "e", "p"]
    assert h.is_empty()


def test_what_did_not_complete_is_not_compensated(h: Harness) -> None:
    """Without subscription the throw event just completes; each subscription fires once."""
    h.run(
        model(start() + undoable("a", "undo") + throw("t", COMPENSATE) + throw("t2", COMPENSATE) + end(), "s t a t2 e")
    )
    h.complete("a")
    h.complete("undo")
    assert h.completed().count("undo") == 1
    assert h.completed()[-1] == "p"


def test_compensation_inside_a_completed_sub_process_and_loop(h: Harness) -> None:
    """As many times as the activity ran."""
    inner = start("s2") + undoable("a", "undo") + end("e2") + flows("s2 a e2")
    h.run(model(start() + sub("sp", inner + multi("=[1,2,3]")) + throw("t", COMPENSATE) + end(), "s sp t e"))
    for key in h.activate("a"):
        h.complete(key)
    undo = h.activate("undo")
    assert len(undo) == 3
    for key in undo:
        h.complete(key)
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_compensation_of_one_activity(h: Harness) -> None:
    """activityRef limits it."""
    only = tag("compensateEventDefinition", activityRef="b")
    h.run(model(start() + undoable("a", "undo_a") + undoable("b", "undo_b") + throw("t", only) + end(), "s a b t e"))
    h.complete("a")
    h.complete("b")
    assert h.active() == ["t", "undo_b"]


def test_compensation_from_an_event_sub_process(h: Harness) -> None:
    """It compensates the scope around it."""
    h.run(
        model(
            start()
            + undoable("a", "undo")
            + service("b")
            + end()
            + event_sub("esp", "x_s", error_event("E"), end("comp", COMPENSATE) + flows("x_s comp")),
            "s a b e",
            error("E"),
        )
    )
    h.complete("a")
    h.throw("b", "E")
    assert h.active() == ["comp", "esp", "undo"]
    h.complete("undo")
    assert h.completed()[-3:] == ["comp", "esp", "p"]
    assert h.is_empty()


def test_terminated_scope_drops_its_compensation(h: Harness) -> None:
    """What is inside an active sub-process is not compensated."""
    inner = start("s2") + undoable("a", "undo") + service("b") + flows("s2 a b")
    h.run(
        model(
            start() + sub("sp", inner) + boundary("be", "sp", error_event("E")) + throw("t", COMPENSATE) + end(),
            "s sp; be t e",
            error("E"),
        )
    )
    h.complete("a")
    h.throw("b", "E")
    assert h.completed()[-1] == "p"
    assert "undo" not in h.completed()
    assert h.is_empty()


def test_conditional_boundary_event(h: Harness) -> None:
    """It happens when a variable it sees changes and the condition holds."""
    key = h.run(
        model(start() + service("a") + boundary("be", "a", conditional_event("x > 5")) + end(), "s a e; be e"), {"x": 1}
    )
    h.set_variables(key, {"x": 5})
    assert h.active() == ["a"]
    h.set_variables(key, {"x": 6})
    assert h.terminated() == ["a"]
    assert h.is_empty()


def test_conditional_event_that_holds_from_the_start(h: Harness) -> None:
    """It is looked at when its scope is activated."""
    h.run(model(start() + catch("c", conditional_event("x > 5")) + end(), "s c e"), {"x": 6})
    assert h.completed()[-1] == "p"


def test_non_interrupting_conditional_event_fires_on_each_change_while_true(h: Harness) -> None:
    """6, 7, 1, 8: three times."""
    key = h.run(
        model(
            start() + service("a") + boundary("be", "a", conditional_event("x > 5"), interrupting=False) + service("b"),
            "s a; be b",
        )
    )
    for value in (6, 7, 1, 8):
        h.set_variables(key, {"x": value})
    assert h.active().count("b") == 3


def test_conditional_filters(h: Harness) -> None:
    """Only the named kind of change of the named variables is worth a look."""
    key = h.run(
        model(
            start()
            + service("a")
            + boundary(
                "be", "a", conditional_event("x > 5", variableNames="x", variableEvents="update"), interrupting=False
            )
            + service("b"),
            "s a; be b",
        )
    )
    h.set_variables(key, {"x": 6})
    h.set_variables(key, {"y": 1})
    assert h.active() == ["a"]
    h.set_variables(key, {"x": 7})
    assert h.active() == ["a", "b"]


def test_conditional_start(h: Harness) -> None:
    """Root conditions are evaluated on request, for the latest versions."""
    h.deploy(model(start("s", conditional_event("x > 5")) + service("a"), "s a"))
    none = h.do("CONDITIONAL_EVALUATION", "EVALUATE", r.ConditionalEvaluation({"x": 1}))
    assert none.value.started == ()
    started = h.do("CONDITIONAL_EVALUATION", "EVALUATE", r.ConditionalEvaluation({"x": 6}))
    ((definition, instance),) = started.value.started
    assert h.active() == ["a"]
    assert h.variables(instance) == {"x": 6}
    unknown = h.ask("CONDITIONAL_EVALUATION", "EVALUATE", r.ConditionalEvaluation({"x": 6}, definition + 1_000))
    assert unknown.rejection_type == "NOT_FOUND"


def test_cycle_function(h: Harness) -> None:
    """Zeebe's own function makes repetitions of durations."""
    h.run(
        model(
            start()
            + service("a")
            + boundary("be", "a", timer("Cycle", '=cycle(2, duration("PT10S"))'), interrupting=False)
            + end("x"),
            "s a; be x",
        )
    )
    h.pass_time(100)
    assert h.completed().count("x") == 2


def test_message_throw_event_may_publish_itself(h: Harness) -> None:
    """With zeebe:publishMessage no worker is needed; its input mappings go with the message."""
    publish = tag(
        "messageEventDefinition",
        extensions(tag("zeebe:publishMessage", correlationKey="=k", messageId="id", timeToLive='="PT1H"')),
        messageRef="message_m",
    )
    sender = model(
        start() + tag("intermediateThrowEvent", extensions(io({"v": "=1"})) + publish, id="t") + end(),
        "s t e",
        message("m"),
    )
    h.run(sender, {"k": "x"})
    assert h.completed()[-1] == "p"
    (published,) = h.events("MESSAGE", "PUBLISHED")
    assert published.value[:5] == ("m", "x", 3_600_000, "id", {"v": 1})
