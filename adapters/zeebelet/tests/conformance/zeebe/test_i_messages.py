"""Messages: correlation, buffering, starts."""

from __future__ import annotations

import pytest
from bpmn_models import boundary, catch, end, message, one_task, process, receive, service, start, sub
from zeebe_client import HOUR, Zeebe


def waiting(id: str = "P", **options) -> object:
    """S -> MC(m, k) -> E."""
    return process(id, start(), catch("M", message("m", "=k"), **options), end(), flows=["S M E"])


def test_I01_a_buffered_message_waits_for_its_catcher(z: Zeebe) -> None:
    """Published before, correlated on entry."""
    z.deploy(waiting())
    z.publish("m", "1", ttl=HOUR)

    instance = z.create(k="1")

    z.assert_ends(instance)


def test_I03_a_message_without_time_to_live_reaches_who_waits(z: Zeebe) -> None:
    """TTL 0: now or never; here now."""
    instance = z.run(waiting(), k="1")

    z.publish("m", "1", ttl=0)

    z.assert_ends(instance)


def test_I05_of_two_buffered_messages_the_oldest_wins(z: Zeebe) -> None:
    """First in, first out."""
    z.deploy(waiting())
    z.publish("m", "1", ttl=HOUR, v=1)
    z.publish("m", "1", ttl=HOUR, v=2)

    instance = z.create(k="1")

    z.assert_ends(instance)
    assert z.variables(instance)["v"] == 1


def test_I07_a_message_correlates_once_to_a_process_whatever_its_version(z: Zeebe) -> None:
    """One instance of version 1, one of version 2: exactly one goes on."""
    z.deploy(waiting())
    first = z.create(k="1")
    z.deploy(process("P", start(), catch("M", message("m", "=k")), end("E2"), flows=["S M E2"]))
    second = z.create(k="1")

    z.publish("m", "1")

    z.assert_eventually(lambda: sorted([z.state(first), z.state(second)]), ["ACTIVE", "COMPLETED"])


def test_I09_a_buffered_message_is_not_used_twice_for_a_process(z: Zeebe) -> None:
    """It is still buffered when the next instance enters, but has done its work for this process."""
    first = z.run(waiting(), k="1")
    z.publish("m", "1", ttl=HOUR)
    z.assert_ends(first)

    second = z.create(k="1")

    z.assert_eventually(lambda: z.states(second, "M"), ["ACTIVE"])
    assert z.state(second) == "ACTIVE"


def test_I11_a_message_id_counts_only_while_buffered(z: Zeebe) -> None:
    """With TTL 0 the same id is accepted again."""
    keys = [z.publish("m", "1", ttl=0, message_id="once") for _ in range(2)]

    assert len(set(keys)) == 2


@pytest.mark.parametrize(("key", "type"), [(None, "NULL"), ({"a": 1}, "OBJECT")])
def test_I13_a_correlation_key_is_a_text_or_a_number(z: Zeebe, key: object, type: str) -> None:
    """Anything else is an incident that tells what it was."""
    instance = z.run(waiting(), k=key)

    text = f"The value must be either a string or a number, but was '{type}'."
    incident = z.eventually(lambda: z.incident(instance, "EXTRACT_VALUE_ERROR", text))
    assert incident["errorMessage"].startswith("Failed to extract the correlation key for 'k':")


def test_I15_an_empty_key_starts_an_instance_each_time(z: Zeebe) -> None:
    """Without a key nothing tells two starts apart."""
    z.deploy(process("P", start(event=message("m")), service("A", "a"), end(), flows=["S A E"]))

    z.publish("m", "")
    z.publish("m", "")

    z.assert_eventually(lambda: len(z.instances()), 2)


def test_I17_the_message_that_starts_an_instance_is_used_up_for_it(z: Zeebe) -> None:
    """A later catch of the same message and key waits for another one."""
    started = message("m", "=k")
    z.deploy(process("P", start(event=started), catch("M", started), end(), flows=["S M E"]))

    z.publish("m", "1", ttl=HOUR, k="1")

    (instance,) = z.eventually(z.instances)
    assert instance["state"] == "ACTIVE"
    assert z.states(int(instance["processInstanceKey"]), "M") == ["ACTIVE"]


def test_I19_a_new_version_closes_the_start_of_the_old_one(z: Zeebe) -> None:
    """Version 2 starts by n: nothing starts by m any more."""
    for name in ("m", "n"):
        z.deploy(process("P", start(event=message(name)), service("A", "a"), end(), flows=["S A E"]))

    z.publish("m", "")

    assert z.instances() == []


def test_I21_of_two_messages_at_once_one_wins(z: Zeebe) -> None:
    """A receive task and its boundary event, both messages there already: one path."""
    z.deploy(
        process(
            "P",
            start(),
            receive("R", message("m", "=k")),
            boundary("B", "R", message("n", "=k")),
            end(),
            end("E2"),
            flows=["S R E", "B E2"],
        )
    )
    z.publish("m", "1", ttl=HOUR)
    z.publish("n", "1", ttl=HOUR)

    instance = z.create(k="1")

    z.assert_ends(instance)
    assert sorted([z.states(instance, "E"), z.states(instance, "E2")]) == [[], ["COMPLETED"]]


def test_I23_the_key_of_an_event_sub_process_may_come_from_the_start_message(z: Zeebe) -> None:
    """It is read after the output mapping of the start event."""
    inner = sub(
        "ESP",
        start("ES", message("n", "=k"), interrupting=False),
        service("X", "x"),
        end("EE"),
        flows=["ES X EE"],
        by_event=True,
    )
    z.deploy(
        process(
            "P",
            start(event=message("m"), outputs=[("=ref", "k")]),
            service("A", "a"),
            end(),
            inner,
            flows=["S A E"],
        )
    )
    z.publish("m", "", ref="7")
    z.job("a")

    z.publish("n", "7")

    assert z.job("x").elementId == "X"


def test_I25_a_correlation_is_now_or_never(z: Zeebe) -> None:
    """Nobody waits: 404. A catcher that enters later does not get the message."""
    z.deploy(waiting(), one_task("Q"))
    answer = z.rest("POST", "/messages/correlation", {"name": z.name("m"), "correlationKey": "1"})
    assert answer.status_code == 404
    assert (
        f"Expected to find subscription for message with name '{z.name('m')}' and correlation key '1', but none was found."
        in answer.json()["detail"]
    )

    instance = z.create(k="1")

    z.assert_eventually(lambda: z.states(instance, "M"), ["ACTIVE"])
