"""Sub-processes, event sub-processes, boundary events, cancellation."""

from __future__ import annotations

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
    event_sub,
    flow,
    flows,
    gateway,
    io,
    message,
    message_event,
    model,
    multi,
    process,
    service,
    start,
    sub,
    tag,
    timer,
    user_task,
)

TERMINATE = tag("terminateEventDefinition")
M = message("m", '="k"')


def test_sub_process_completes_after_everything_in_it(h: Harness) -> None:
    """A scope completes when it has no token left."""
    inner = start("s2") + gateway("parallel", "g") + service("a") + service("b") + flows("s2 g a; g b")
    h.run(model(start() + sub("sp", inner) + end(), "s sp e"))
    h.complete("a")
    assert h.active() == ["b", "sp"]
    h.complete("b")
    assert h.completed()[-3:] == ["sp", "e", "p"]


def test_interrupting_boundary_event(h: Harness) -> None:
    """The activity is terminated with its job, then the boundary event is activated."""
    h.run(
        model(start() + service("a") + boundary("be", "a", message_event("m")) + end() + end("e2"), "s a e; be e2", M)
    )
    h.publish("m", "k", v=1)
    assert h.path()[-6:] == [
        "a terminated",
        "be activated",
        "be completed",
        "e2 activated",
        "e2 completed",
        "p completed",
    ]
    assert h.events("JOB", "CANCELED")
    assert h.is_empty()


def test_non_interrupting_boundary_event_may_happen_again(h: Harness) -> None:
    """The activity goes on; each message takes the path once."""
    h.run(
        model(
            start() + service("a") + boundary("be", "a", message_event("m"), interrupting=False) + end() + service("b"),
            "s a e; be b",
            M,
        )
    )
    for _ in range(3):
        h.publish("m", "k")
    assert h.active() == ["a", "b", "b", "b"]


def test_boundary_event_without_outgoing_flow(h: Harness) -> None:
    """The path just ends."""
    h.run(model(start() + service("a") + boundary("be", "a", message_event("m")) + end(), "s a e", M))
    h.publish("m", "k")
    assert h.path()[-4:] == ["a terminated", "be activated", "be completed", "p completed"]


def test_non_interrupting_timer_cycle(h: Harness) -> None:
    """R3/PT10S fires three times, from due date to due date; after a jump of the clock at once."""
    h.run(
        model(
            start()
            + service("a")
            + boundary("be", "a", timer("Cycle", "R3/PT10S"), interrupting=False)
            + end()
            + end("t"),
            "s a e; be t",
        )
    )
    h.pass_time(15)
    assert h.completed().count("t") == 1
    h.pass_time(100)
    assert h.completed().count("t") == 3
    due = [record.value.due_date for record in h.events("TIMER", "CREATED")]
    assert [later - due[0] for later in due] == [0, 10_000, 105_000]


def test_interrupting_event_sub_process_takes_over(h: Harness) -> None:
    """Siblings are terminated, boundary subscriptions of the scope stay, the second message has no effect."""
    inner = service("a") + start("s2") + event_sub("esp", "m_s", message_event("m"), service("b") + flows("m_s b"))
    h.run(model(start() + sub("sp", inner + flows("s2 a")) + end(), "s sp e", M))
    h.publish("m", "k", v=1)
    h.publish("m", "k")
    assert h.active() == ["b", "esp", "sp"]
    assert h.terminated() == ["a"]
    assert h.variables(h.key_of("esp")) == {"v": 1}
    h.complete("b")
    assert h.completed()[-4:] == ["esp", "sp", "e", "p"]
    assert h.is_empty()


def test_non_interrupting_event_sub_process_keeps_the_scope_open(h: Harness) -> None:
    """Each trigger has a scope of its own; the process completes after the last."""
    h.run(
        model(
            start()
            + service("a")
            + end()
            + event_sub("esp", "m_s", message_event("m"), service("b") + flows("m_s b"), interrupting=False),
            "s a e",
            M,
        )
    )
    h.publish("m", "k", v=1)
    h.publish("m", "k", v=2)
    scopes = [instance.key for instance in h.engine.state.instances.all() if instance.value.element_id == "esp"]
    assert [h.variables(scope) for scope in scopes] == [{"v": 1}, {"v": 2}]
    h.complete("a")
    assert "p" not in h.completed()
    for key in h.activate("b"):
        h.complete(key)
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_event_sub_process_frees_a_token_at_a_join_and_an_incident(h: Harness) -> None:
    """Interrupting drops waiting tokens and resolves incidents."""
    h.run(
        model(
            start()
            + gateway("parallel", "f")
            + gateway("parallel", "j")
            + gateway("exclusive", "x")
            + end()
            + end("e2")
            + flow("x", "j", "1 > 2")
            + flow("x", "e2", "1 > 2")
            + tag("task", id="t")
            + event_sub("esp", "m_s", message_event("m"), end("e3") + flows("m_s e3")),
            "s f t j e; f x",
            M,
        )
    )
    assert len(h.incidents()) == 1
    h.publish("m", "k")
    assert h.completed()[-2:] == ["esp", "p"]
    assert h.is_empty()


def test_only_the_first_interrupting_event_interrupts(h: Harness) -> None:
    """Two interrupting event sub-processes of one scope: the first closes the other's subscription."""
    h.run(
        model(
            start()
            + service("a")
            + end()
            + event_sub("e1", "m_s", message_event("m"), service("b") + flows("m_s b"))
            + event_sub("e2", "n_s", message_event("n"), service("c") + flows("n_s c")),
            "s a e",
            M,
            message("n", '="k"'),
        )
    )
    h.publish("m", "k")
    h.publish("n", "k")
    assert h.active() == ["b", "e1"]


def test_terminate_end_event_ends_its_scope_only(h: Harness) -> None:
    """The sub-process completes, what follows goes on."""
    inner = (
        start("s2")
        + gateway("parallel", "g")
        + user_task("ut")
        + service("b")
        + end("stop", TERMINATE)
        + flows("s2 g ut; g b stop")
    )
    h.run(model(start() + sub("sp", inner) + service("c"), "s sp c"))
    h.complete("b")
    assert h.terminated() == ["ut"]
    assert h.active() == ["c"]
    assert h.completed()[-1] == "sp"


def test_terminate_end_event_in_one_iteration(h: Harness) -> None:
    """Only that iteration ends; the others go on."""
    inner = start("s2") + service("a") + end("stop", TERMINATE) + flows("s2 a stop")
    h.run(model(start() + sub("sp", inner + multi("=[1,2]")) + end(), "s sp e"))
    first, second = h.activate("a")
    h.complete(first)
    assert h.active() == ["a", "sp", "sp"]
    h.complete(second)
    assert h.completed()[-3:] == ["sp", "e", "p"]


def test_terminate_end_event_ends_called_processes(h: Harness) -> None:
    """A call activity beside it is terminated with the instance it called."""
    child = process(start() + service("w") + flows("s w"), id_="child")
    parent = process(
        start()
        + gateway("parallel", "g")
        + call("ca", "child")
        + service("b")
        + end("stop", TERMINATE)
        + flows("s g ca; g b stop"),
        id_="p",
    )
    h.run(document(child, parent))
    h.complete("b")
    assert h.terminated() == ["w", "child", "ca"]
    assert h.completed()[-1] == "p"
    assert h.is_empty()


def test_cancel_ends_everything(h: Harness) -> None:
    """Jobs, user tasks, timers, subscriptions: nothing is left, and the answer comes when termination starts."""
    key = h.run(
        model(
            start()
            + gateway("parallel", "g")
            + service("a")
            + user_task("ut")
            + catch("t", timer("Duration", "PT1H"))
            + catch("m", message_event("m")),
            "s g a; g ut; g t; g m",
            M,
        )
    )
    answer = h.cancel(key)
    assert answer.intent == "ELEMENT_TERMINATING"
    assert h.terminated()[-1] == "p"
    assert h.is_empty()
    again = h.ask("PROCESS_INSTANCE", "CANCEL", None, key=key)
    assert again.rejection_type == "NOT_FOUND"
    assert (
        again.rejection_reason
        == f"Expected to cancel a process instance with key '{key}', but no such process was found"
    )


def test_called_instance_cannot_be_canceled(h: Harness) -> None:
    """The root must be canceled instead."""
    child = process(start() + service("w") + flows("s w"), id_="child")
    parent = process(start() + call("ca", "child") + flows("s ca"), id_="p")
    root = h.run(document(child, parent))
    key = h.key_of("child")
    answer = h.ask("PROCESS_INSTANCE", "CANCEL", None, key=key)
    assert answer.rejection_type == "INVALID_STATE"
    assert answer.rejection_reason == (
        f"Expected to cancel a process instance with key '{key}', but it is created by a parent process instance. "
        f"Cancel the root process instance '{root}' instead."
    )


def test_correlation_key_of_a_boundary_event_is_looked_up_around_the_activity(h: Harness) -> None:
    """The activity's own variables do not count (Zeebe 8.6 to 8.9)."""
    h.run(
        model(
            start() + service("a", mapping=io({"key": '="inner"'})) + boundary("be", "a", message_event("m")) + end(),
            "s a e",
            message("m", "=key"),
        )
    )
    (incident,) = h.incidents()
    assert incident.error_message.startswith(
        "Failed to extract the correlation key for 'key': The value must be either a string or a number, but was 'NULL'."
    )
    assert not len(h.engine.state.jobs)


def test_error_thrown_in_an_interrupting_event_sub_process_leaves_it(h: Harness) -> None:
    """The walk ends at the interrupted scope: neither it nor its boundary events catch."""
    esp = event_sub("esp", "m_s", message_event("m"), service("b") + flows("m_s b"))
    inner = start("s2") + service("a") + esp + flows("s2 a")
    h.run(
        model(
            start() + sub("sp", inner) + boundary("be", "sp", error_event("E")) + end(), "s sp e; be e", M, error("E")
        )
    )
    h.publish("m", "k")
    h.throw("b", "E")
    assert h.incidents()[0].error_type == "UNHANDLED_ERROR_EVENT"


@pytest.mark.parametrize("second", ["m", "n"])
def test_first_of_receive_task_and_boundary_wins(h: Harness, second: str) -> None:
    """Once one message has won, the other is ignored."""
    first = {"m": "n", "n": "m"}[second]
    h.run(
        model(
            start()
            + tag("receiveTask", id="r", messageRef="message_m")
            + boundary("be", "r", message_event("n"))
            + service("a")
            + service("b"),
            "s r a; be b",
            M,
            message("n", '="k"'),
        )
    )
    h.publish(first, "k")
    h.publish(second, "k")
    assert h.active() == [{"m": "a", "n": "b"}[first]]
