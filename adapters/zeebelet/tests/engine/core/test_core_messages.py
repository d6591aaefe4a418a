"""Messages: publishing, buffering, correlation, start events."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import (
    boundary,
    catch,
    end,
    event_sub,
    flows,
    gateway,
    message,
    message_event,
    model,
    service,
    start,
    tag,
)

from zeebelet import records as r

HOUR = 3_600_000
M = message("m", "=k")
CATCH = model(start() + catch("c", message_event("m")) + end(), "s c e", M)
START = model(start("s", message_event("m")) + service("a") + end(), "s a e", message("m"))


def test_message_published_before_is_found_on_entry(h: Harness) -> None:
    """Buffered for its time to live."""
    h.deploy(CATCH)
    h.publish("m", "1", HOUR, v=5)
    key = h.create(variables={"k": "1"})
    assert h.completed()[-1] == "p"
    assert h.variables(key)["v"] == 5


def test_message_without_time_to_live_reaches_only_who_waits(h: Harness) -> None:
    """It is not buffered."""
    h.deploy(CATCH)
    h.publish("m", "1")
    h.create(variables={"k": "1"})
    assert h.active() == ["c"]
    h.publish("m", "1")
    assert h.completed()[-1] == "p"


def test_message_is_gone_after_its_time(h: Harness) -> None:
    """Also before the sweep has seen it."""
    h.deploy(CATCH)
    h.publish("m", "1", 1_000)
    h.clock.advance(2_000)
    h.create(variables={"k": "1"})
    assert h.active() == ["c"]
    h.engine.tick()
    assert h.events("MESSAGE", "EXPIRED")


def test_oldest_message_wins(h: Harness) -> None:
    """First in, first out; the other stays for the next process."""
    h.deploy(CATCH)
    h.publish("m", "1", HOUR, v=1)
    h.publish("m", "1", HOUR, v=2)
    assert h.variables(h.create(variables={"k": "1"}))["v"] == 1
    assert h.variables(h.create(variables={"k": "1"}))["v"] == 2


def test_message_reaches_a_process_once_across_versions(h: Harness) -> None:
    """Of two instances of versions 1 and 2 one is reached; later instances do not get it again."""
    h.deploy(CATCH)
    h.create(variables={"k": "1"})
    h.deploy(model(start() + catch("c", message_event("m")) + end("e2"), "s c e2", M))
    h.create(variables={"k": "1"})
    h.publish("m", "1", HOUR)
    assert h.active() == ["c"]
    h.create(variables={"k": "1"})
    assert h.active() == ["c", "c"]


def test_same_message_reaches_different_processes(h: Harness) -> None:
    """Once per process id."""
    h.deploy(CATCH, model(start() + catch("c2", message_event("m")) + end(), "s c2 e", M, id_="q"))
    h.create("p", {"k": "1"})
    h.create("q", {"k": "1"})
    h.publish("m", "1")
    assert h.active() == []


def test_message_id_is_unique_while_buffered(h: Harness) -> None:
    """Same name, key and id: refused; another key is fine; without buffering nothing is remembered."""
    h.publish("m", "1", HOUR, "id")
    answer = h.ask("MESSAGE", "PUBLISH", r.Message("m", "1", HOUR, "id"))
    assert answer.rejection_type == "ALREADY_EXISTS"
    assert answer.rejection_reason == (
        "Expected to publish a new message with id 'id', but a message with that id was already published"
    )
    h.publish("m", "2", HOUR, "id")
    h.publish("m", "3", 0, "id")
    h.publish("m", "3", 0, "id")


@pytest.mark.parametrize(("value", "name"), [(None, "NULL"), ({"a": 1}, "OBJECT"), (True, "BOOLEAN")])
def test_correlation_key_must_be_text_or_number(h: Harness, value: Any, name: str) -> None:
    """Anything else is an incident at the element."""
    h.run(CATCH, {"k": value})
    (incident,) = h.incidents()
    assert incident.error_type == "EXTRACT_VALUE_ERROR"
    assert incident.error_message == (
        f"Failed to extract the correlation key for 'k': The value must be either a string or a number, but was '{name}'."
    )


def test_correlation_key_may_be_a_number(h: Harness) -> None:
    """It is compared as its text."""
    h.run(CATCH, {"k": 12})
    h.publish("m", "12")
    assert h.completed()[-1] == "p"


def test_message_starts_an_instance_with_its_variables(h: Harness) -> None:
    """The variables become those of the process."""
    h.deploy(START)
    h.publish("m", "", v=1)
    h.publish("m", "")
    assert h.active() == ["a", "a"]
    assert h.variables(h.events("PROCESS_INSTANCE", "ELEMENT_ACTIVATED")[0].key) == {"v": 1}


def test_one_instance_for_a_correlation_key_at_a_time(h: Harness) -> None:
    """The next buffered message starts the next instance when the first has ended."""
    h.deploy(START)
    h.publish("m", "1", HOUR, v=1)
    h.publish("m", "1", HOUR, v=2)
    assert h.active() == ["a"]
    h.complete("a")
    assert h.active() == ["a"]
    h.complete("a")
    assert h.active() == []


def test_message_that_started_an_instance_is_not_correlated_to_it(h: Harness) -> None:
    """Its own catch event waits for another one."""
    h.deploy(
        model(start("s", message_event("m")) + catch("c", message_event("m")) + end(), "s c e", message("m", '="1"'))
    )
    h.publish("m", "1", HOUR)
    assert h.active() == ["c"]


def test_new_version_listens_instead_of_the_old(h: Harness) -> None:
    """The start subscriptions of the previous version are closed."""
    h.deploy(START)
    h.deploy(model(start("s", message_event("n")) + service("a") + end(), "s a e", message("n")))
    h.publish("m", "")
    assert h.active() == []
    h.publish("n", "")
    assert h.active() == ["a"]


def test_non_interrupting_subscription_takes_every_buffered_message(h: Harness) -> None:
    """It stays open after each."""
    h.deploy(
        model(
            start() + service("a") + boundary("be", "a", message_event("m"), interrupting=False) + service("b"),
            "s a; be b",
            M,
        )
    )
    h.publish("m", "1", HOUR)
    h.publish("m", "1", HOUR)
    h.create(variables={"k": "1"})
    assert h.active() == ["a", "b", "b"]


def test_event_sub_process_key_may_come_from_the_start_event(h: Harness) -> None:
    """The process listens once its start event has written its variables."""
    h.deploy(
        model(
            start("s", message_event("m"))
            + service("a")
            + event_sub("esp", "n_s", message_event("n"), end("e2") + flows("n_s e2")),
            "s a",
            message("m"),
            message("n", "=id"),
        )
    )
    h.publish("m", "", id="x")
    h.publish("n", "x")
    assert h.completed()[-1] == "p"


def test_correlate_answers_with_the_instance(h: Harness) -> None:
    """A started instance is preferred for the answer."""
    h.deploy(CATCH)
    key = h.create(variables={"k": "1"})
    answer = h.do("MESSAGE_CORRELATION", "CORRELATE", r.MessageCorrelation("m", "1", {"v": 1}))
    assert answer.value.process_instance_key == key
    h.create(variables={"k": "1"})
    assert h.active() == ["c"]


def test_correlate_to_nobody(h: Harness) -> None:
    """Nothing is buffered; the text names message and key."""
    answer = h.ask("MESSAGE_CORRELATION", "CORRELATE", r.MessageCorrelation("m", "1"))
    assert answer.rejection_type == "NOT_FOUND"
    assert answer.rejection_reason == (
        "Expected to find subscription for message with name 'm' and correlation key '1', but none was found."
    )
    h.deploy(CATCH)
    h.create(variables={"k": "1"})
    assert h.active() == ["c"]


def test_correlate_to_a_start_event_that_is_blocked(h: Harness) -> None:
    """The text says why."""
    h.deploy(START)
    h.publish("m", "1")
    answer = h.ask("MESSAGE_CORRELATION", "CORRELATE", r.MessageCorrelation("m", "1"))
    assert answer.rejection_reason == (
        "Expected to find subscription for message with name 'm' and correlation key '1', but no active subscription was "
        "found. A process instance with this correlation key is already active for a message start event with this message "
        "name in process IDs [p]. Only one active process instance per correlation key is allowed for message start events."
    )


def test_receive_task_waits(h: Harness) -> None:
    """A receive task waits for its message."""
    h.run(model(start() + tag("receiveTask", id="r", messageRef="message_m") + end(), "s r e", M), {"k": "1"})
    assert h.active() == ["r"]
    h.publish("m", "1")
    assert h.completed()[-1] == "p"


def test_event_based_gateway_with_message(h: Harness) -> None:
    """The message's variables are merged, the other branch is closed."""
    from engine_models import timer

    key = h.run(
        model(
            start()
            + gateway("eventBased", "g")
            + catch("c", message_event("m"))
            + catch("t", timer("Duration", "PT1H"))
            + end(),
            "s g c e; g t e",
            M,
        ),
        {"k": "1"},
    )
    h.publish("m", "1", v=1)
    assert h.variables(key)["v"] == 1
    assert (
        h.path()[-5:] == ["g completed", "c activated", "c completed", "e activated", "e completed", "p completed"][-5:]
    )
    assert h.is_empty()
