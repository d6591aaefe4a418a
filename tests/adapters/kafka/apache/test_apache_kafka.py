"""The adapter on a real Apache Kafka broker with TLS, passwords and rights (Java and Maven Central needed)."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from apache_kafka import ApacheKafka
from confluent_kafka.admin import AclOperation, ResourceType

from adapters.kafka.client import KafkaEventBus, KafkaStream
from workers.ports.errors import Misconfigured, PortError, Refused, Unavailable
from workers.ports.events import Event
from workers.ports.streams import Record

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]
Make = Callable[..., Event]
Drain = Callable[..., list[Record]]
SOON = {"delivery_timeout": timedelta(seconds=4)}
TICK = timedelta(milliseconds=200)


@pytest.fixture(scope="module")
def apache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApacheKafka]:
    with ApacheKafka(tmp_path_factory.mktemp("apache-kafka")) as running:
        yield running


@pytest.fixture
def topic(apache: ApacheKafka, request: pytest.FixtureRequest) -> str:
    """A topic and a group of its name that our user may use."""
    name = "".join(letter if letter.isalnum() else "-" for letter in request.node.name)
    apache.create_topic(name)
    apache.allow(ResourceType.GROUP, name, AclOperation.READ)
    return name


def numbers(records: list[Record]) -> list[int]:
    return [json.loads(record.value)["number"] for record in records]


LOGINS: dict[str, dict[str, Any]] = {
    "PLAIN": {"mechanism": "PLAIN"},
    "SCRAM": {"mechanism": "SCRAM-SHA-512"},
    "KIP-848": {"mechanism": "PLAIN", "group_protocol": "consumer"},
}


@pytest.mark.parametrize("login", LOGINS.values(), ids=LOGINS)
def test_a_password_over_tls(
    apache: ApacheKafka, topic: str, make_event: Make, drain: Drain, login: dict[str, Any]
) -> None:
    """Events arrive in order of their key; what was committed is not read again by the next member of the group."""
    settings = apache.secure(**login)
    with KafkaEventBus(settings) as bus:
        bus.publish(*[make_event(topic, number) for number in range(20)])
    with KafkaStream(settings, group=topic, topics=[topic]) as first:
        records = drain(first, 20)
        first.commit(records[11])
    with KafkaStream(settings, group=topic, topics=[topic]) as second:
        again = drain(second, 8)
    assert numbers(records) == list(range(20))
    assert numbers(again) == list(range(12, 20))


SHUT_OUT: dict[str, dict[str, Any]] = {
    "wrong password": {"password": "wrong"},
    "wrong SCRAM password": {"password": "wrong", "mechanism": "SCRAM-SHA-512"},
    "unknown certificate": {"ca_file": None},
}


@pytest.mark.parametrize("changes", SHUT_OUT.values(), ids=SHUT_OUT)
def test_who_is_not_let_in_is_told_why(
    apache: ApacheKafka, topic: str, make_event: Make, changes: dict[str, Any]
) -> None:
    """librdkafka itself would only wait: both sides say what an operator has to mend, and no password."""
    settings = apache.secure(**SOON, **changes)
    with KafkaEventBus(settings) as bus, pytest.raises(Misconfigured) as sending:
        bus.publish(make_event(topic))
    with KafkaStream(settings, group=topic, topics=[topic]) as stream:
        reading = _trouble(stream)
    assert isinstance(reading, Misconfigured)
    assert any(word in str(sending.value) for word in ("authentication", "certificate"))
    assert "wrong" not in str(sending.value)


def _trouble(stream: KafkaStream, seconds: float = 20) -> PortError | None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            stream.poll(TICK)
        except PortError as error:
            return error
    return None


def test_a_topic_without_rights(apache: ApacheKafka, topic: str, make_event: Make) -> None:
    """Neither writing nor reading; the topic is named."""
    apache.create_topic("closed-to-us", rights=False)
    with KafkaEventBus(apache.secure()) as bus, pytest.raises(Misconfigured, match="authorization"):
        bus.publish(make_event("closed-to-us"))
    with KafkaStream(apache.secure(), group=topic, topics=["closed-to-us"]) as stream:
        assert "closed-to-us" in str(_trouble(stream))


def test_a_group_without_rights(apache: ApacheKafka, topic: str) -> None:
    """A name nobody allowed."""
    with KafkaStream(apache.secure(), group="not-ours", topics=[topic]) as stream:
        assert isinstance(_trouble(stream), Misconfigured)


def test_a_topic_nobody_made(apache: ApacheKafka, make_event: Make) -> None:
    """Told as such, not as a time-out: the cluster makes no topics by itself."""
    with (
        KafkaEventBus(apache.settings.model_copy(update=SOON)) as bus,
        pytest.raises(Misconfigured, match="UNKNOWN_TOPIC"),
    ):
        bus.publish(make_event("nobody-made-it"))


def test_a_record_the_broker_finds_too_large(apache: ApacheKafka, topic: str, make_event: Make) -> None:
    """Our own limit is higher here, so it is the broker that refuses."""
    settings = apache.secure(max_message_bytes=5_000_000, properties={"compression.type": "none"})
    giant = make_event(topic)
    giant = Event(giant.event_id, topic, "k", "t", {"x": "y" * 2_000_000})
    with KafkaEventBus(settings) as bus, pytest.raises(Refused):
        bus.publish(giant)


def test_two_members_share_the_work_without_loss(
    apache: ApacheKafka, topic: str, make_event: Make, drain: Drain
) -> None:
    """Records written while a second member joins are all read; what was committed before is read by nobody."""
    settings = apache.secure(group_protocol="consumer")
    with KafkaEventBus(settings) as bus, KafkaStream(settings, group=topic, topics=[topic]) as first:
        bus.publish(*[make_event(topic, number, key=f"FR_{number}") for number in range(20)])
        for record in drain(first, 20):
            first.commit(record)
        with KafkaStream(settings, group=topic, topics=[topic]) as second:
            until = time.monotonic() + 30
            while not second._consumer.assignment() and time.monotonic() < until:
                assert first.poll(TICK) is None
                assert second.poll(TICK) is None
            bus.publish(*[make_event(topic, 20 + number, key=f"FR_{number}") for number in range(20)])
            found = drain(second, 20, seconds=2) + drain(first, 20, seconds=2)
    assert second is not first
    assert sorted(numbers(found)) == list(range(20, 40))


def test_a_broker_that_dies_loses_nothing_that_was_acknowledged(
    apache: ApacheKafka, topic: str, make_event: Make, drain: Drain
) -> None:
    """kill -9 between two events: the first call that fails is Unavailable, and a repeat arrives once the broker is back."""
    settings = apache.secure(**SOON)
    with KafkaEventBus(settings) as bus, KafkaStream(settings, group=topic, topics=[topic]) as stream:
        bus.publish(make_event(topic, 1))
        assert numbers(drain(stream, 1)) == [1]
        apache.kill()
        with pytest.raises(Unavailable):
            bus.publish(make_event(topic, 2))
        back = threading.Thread(target=apache.start)
        back.start()
        until = time.monotonic() + 90
        while not _published(bus, make_event(topic, 3)):
            assert time.monotonic() < until, "the bus did not find the broker again"
        back.join()
        found = numbers(drain(stream, 1, seconds=60))
        while found[-1] != 3:  # the event nobody acknowledged may be there as well
            found += numbers(drain(stream, 1, seconds=60))
    assert found in ([3], [2, 3])


def _published(bus: KafkaEventBus, event: Event) -> bool:
    try:
        bus.publish(event)
    except Unavailable:
        return False
    return True
