"""Reading: manual commits, waiting partitions, moving partitions, brokers that restart."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from confluent_kafka import Producer

from adapters.kafka import wire
from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.local import LocalKafka
from adapters.kafka.settings import KafkaSettings
from workers.ports.errors import Misconfigured
from workers.ports.events import Event
from workers.ports.streams import Record

Make = Callable[..., Event]
Drain = Callable[..., list[Record]]
TICK = timedelta(milliseconds=200)


def numbers(records: list[Record]) -> list[int]:
    return [json.loads(record.value)["number"] for record in records]


def test_what_was_not_committed_is_read_again(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain
) -> None:
    """A consumer that died after the second of three records reads the third one only if the second was committed."""
    bus.publish(*[make_event(topic, number) for number in range(3)])
    with KafkaStream(kafka.settings, group=f"g-{topic}", topics=[topic]) as first:
        records = drain(first, 3)
        first.commit(records[1])
    with KafkaStream(kafka.settings, group=f"g-{topic}", topics=[topic]) as second:
        assert numbers(drain(second, 1)) == [2]


def test_a_postponed_record_comes_again_before_those_behind_it(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain
) -> None:
    """Order within a partition survives trouble, although librdkafka has fetched the next records already."""
    now = [0.0]
    bus.publish(*[make_event(topic, number) for number in range(5)])
    with KafkaStream(kafka.settings, group=f"g-{topic}", topics=[topic], clock=lambda: now[0]) as stream:
        first, second = drain(stream, 2)
        stream.postpone(second, timedelta(seconds=30))
        assert drain(stream, 1, seconds=0.6) == []
        now[0] = 31
        assert numbers(drain(stream, 4)) == [1, 2, 3, 4]
        assert numbers([first]) == [0]


def test_other_partitions_go_on_while_one_waits(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain
) -> None:
    """Trouble with one order holds up the orders of its partition only."""
    now = [0.0]
    with KafkaStream(kafka.settings, group=f"g-{topic}", topics=[topic], clock=lambda: now[0]) as stream:
        bus.publish(*[make_event(topic, number, key=f"FR_{number}") for number in range(20)])
        records = drain(stream, 20)
        assert {record.partition for record in records} == {0, 1}
        stuck = records[-1]
        stream.postpone(stuck, timedelta(hours=1))
        bus.publish(*[make_event(topic, 100 + number, key=f"FR_{number}") for number in range(20)])
        later = drain(stream, 20, seconds=1)
        assert later
        assert {record.partition for record in later} == {1 - stuck.partition}


GROUPS: dict[str, dict[str, Any]] = {
    "KIP-848": {"group_protocol": "consumer"},
    "classic": {
        "group_protocol": "classic",
        "properties": {"session.timeout.ms": 1500, "heartbeat.interval.ms": 200},
    },
}


@pytest.mark.parametrize("changes", GROUPS.values(), ids=GROUPS)
def test_a_second_member_takes_a_partition_over_without_loss(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain, changes: dict[str, Any]
) -> None:
    """Committed records are read by nobody twice, later ones by somebody; a partition may move while it waits."""
    settings = kafka.settings.model_copy(update=changes)
    bus.publish(*[make_event(topic, number, key=f"FR_{number}") for number in range(10)])
    with KafkaStream(settings, group=f"g-{topic}", topics=[topic]) as first:
        before = drain(first, 10)
        for record in before:
            first.commit(record)
        for record in {record.partition: record for record in before}.values():
            first.postpone(record, timedelta(hours=1))
        with KafkaStream(settings, group=f"g-{topic}", topics=[topic]) as second:
            moved = settled(first, second)
            assert len(moved) == 1
            assert {partition for _, partition in first._waiting} == {0, 1} - moved
            bus.publish(*[make_event(topic, 10 + number, key=f"FR_{number}") for number in range(10)])
            taken = drain(second, 10, seconds=0.6)
    assert {record.partition for record in taken} == moved
    expected = {number + 10 for record in before if record.partition in moved for number in numbers([record])}
    assert set(numbers(taken)) == expected


def settled(first: KafkaStream, second: KafkaStream) -> set[int]:
    """The partitions of the second member, once it has some; nothing is read meanwhile."""
    deadline = time.monotonic() + 10
    while not second._consumer.assignment() and time.monotonic() < deadline:
        assert first.poll(timedelta(milliseconds=50)) is None
        assert second.poll(timedelta(milliseconds=50)) is None
    return {place.partition for place in second._consumer.assignment()}


def test_a_commit_for_a_partition_that_moved_away_is_no_error(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain, caplog: pytest.LogCaptureFixture
) -> None:
    """Its new owner reads the record again, and the inbox knows it: nothing to do here."""
    caplog.set_level("INFO")
    bus.publish(make_event(topic))
    with KafkaStream(kafka.settings, group=f"g-{topic}", topics=[topic]) as stream:
        [record] = drain(stream, 1)
        stream._consumer.unsubscribe()
        stream.poll(TICK)
        stream.commit(record)
    assert f"offset {record.position} not committed" in caplog.text


def test_reading_goes_on_after_a_broker_restart(
    kafka: LocalKafka, bus: KafkaEventBus, stream: KafkaStream, topic: str, make_event: Make, drain: Drain
) -> None:
    """A broker that was away is no error of ours."""
    bus.publish(make_event(topic, 1))
    assert numbers(drain(stream, 1)) == [1]
    kafka.broker_down()
    assert drain(stream, 1, seconds=0.5) == []
    kafka.broker_up()
    bus.publish(make_event(topic, 2))
    assert numbers(drain(stream, 1)) == [2]


def test_foreign_bytes_are_read_as_they_are(kafka: LocalKafka, stream: KafkaStream, topic: str, drain: Drain) -> None:
    """Keys and headers that are no text, an absent key and value, a header given twice: nothing stops the reader."""
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    producer.produce(topic, value=b"\xff\x00", key=b"\xfe", headers=[("event-id", b"one"), ("event-id", b"\xff")])
    producer.produce(topic, value=None, key=None)
    producer.flush()
    records = sorted(drain(stream, 2), key=lambda record: len(record.value))
    assert [record.value for record in records] == [b"", b"\xff\x00"]
    assert records[1].headers == {"event-id": "\ufffd"}
    assert [record.key for record in records] == ["", "\ufffd"]


def test_a_topic_that_does_not_exist_is_a_matter_for_an_operator(kafka: LocalKafka, drain: Drain) -> None:
    """A consumer that waits for ever for a mistyped topic would hide the mistake."""
    settings = kafka.settings.model_copy(update={"group_protocol": "classic"})
    with KafkaStream(settings, group="g-absent", topics=["no.such.topic"]) as stream, pytest.raises(Misconfigured):
        drain(stream, 1)


def test_each_group_protocol_has_the_properties_it_allows() -> None:
    """librdkafka refuses a client that sets what KIP-848 gives to the broker."""
    classic = KafkaSettings(bootstrap_servers="b:1")
    assert wire.consumer(classic, "g")["partition.assignment.strategy"] == "cooperative-sticky"
    assert "session.timeout.ms" not in wire.consumer(classic.model_copy(update={"group_protocol": "consumer"}), "g")
