"""What people report who run Kafka consumers and producers for years (W01, W02, W03)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import TIMESTAMP_CREATE_TIME, TIMESTAMP_NOT_AVAILABLE, KafkaError, Producer

from adapters.kafka import wire
from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.local import LocalKafka
from workers.ports.errors import Unavailable
from workers.ports.events import Event
from workers.ports.streams import Record

Make = Callable[..., Event]
Drain = Callable[..., list[Record]]
TICK = timedelta(milliseconds=100)


def numbers(records: list[Record]) -> set[int]:
    return {json.loads(record.value)["number"] for record in records}


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_a_paused_partition_that_comes_back_is_read_on(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, protocol: str
) -> None:
    """W01: a record waits, another consumer joins and leaves; the partition that comes back is read from that record."""
    settings = kafka.settings.model_copy(update={"group_protocol": protocol})
    now = [0.0]
    with KafkaStream(settings, group=f"g-{topic}", topics=[topic], clock=lambda: now[0]) as first:
        bus.publish(*[make_event(topic, n, key=f"k{n}") for n in range(8)])
        waiting = _until(first, lambda seen: len(seen) >= 8)
        for record in {record.partition: record for record in reversed(waiting)}.values():
            first.postpone(record, timedelta(hours=10))
        with KafkaStream(settings, group=f"g-{topic}", topics=[topic]) as second:
            for _ in range(60):  # both hear of each other
                first.poll(TICK)
                if second.poll(TICK) is not None:
                    break
        # The second one is gone and committed nothing; whatever stayed here is due by now.
        now[0] = 40_000.0
        bus.publish(*[make_event(topic, n, key=f"k{n}") for n in range(8, 16)])
        again = numbers(_until(first, lambda seen: numbers(seen) >= set(range(8, 16)), seconds=40))
        assert again >= set(range(8, 16))


def _until(stream: KafkaStream, done: Callable[[list[Record]], bool], seconds: float = 20) -> list[Record]:
    seen: list[Record] = []
    for _ in range(int(seconds * 10)):
        record = stream.poll(TICK)
        if record is not None:
            seen.append(record)
        if done(seen):
            break
    return seen


@pytest.mark.parametrize("code", [KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER, KafkaError.INVALID_PRODUCER_ID_MAPPING])
def test_a_producer_that_is_done_for_is_replaced(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain, code: int
) -> None:
    """W02: a fatal error once; the event is told as not sent, or sent, and those after it go out by another producer."""
    kafka.fail_produce(code)
    refused = []
    for number in range(5):
        try:
            bus.publish(make_event(topic, number))
        except Unavailable as outage:
            refused.append(outage)
    assert len(refused) <= 1
    bus.publish(make_event(topic, 99))


@pytest.mark.parametrize(
    ("kind", "millis", "at"),
    [
        (TIMESTAMP_CREATE_TIME, 1_800_000_000_000, datetime(2027, 1, 15, 8, tzinfo=UTC)),
        (TIMESTAMP_CREATE_TIME, 1_800_000_000_000_000, None),
        (TIMESTAMP_CREATE_TIME, 1 << 62, None),
        (TIMESTAMP_CREATE_TIME, -5, None),
        (TIMESTAMP_CREATE_TIME, -(1 << 62), None),
        (TIMESTAMP_NOT_AVAILABLE, -1, None),
    ],
)
def test_a_time_no_calendar_has_is_no_time(kind: int, millis: int, at: datetime | None) -> None:
    """W03: microseconds, less than nothing, none at all: the record is read, its time is not."""
    assert wire.record(_Message(kind, millis)).timestamp == at  # type: ignore[arg-type]


def test_records_behind_a_wrong_time_come_in(kafka: LocalKafka, topic: str, stream: KafkaStream, drain: Drain) -> None:
    """W03, over the wire."""
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    producer.produce(topic, b"1", b"k", timestamp=1_800_000_000_000_000)
    producer.produce(topic, b"2", b"k", timestamp=1_800_000_000_000)
    producer.flush(10)
    assert [record.timestamp is None for record in drain(stream, 2)] == [True, False]


def test_no_value_and_no_key_are_told_apart_from_empty_ones(
    kafka: LocalKafka, topic: str, stream: KafkaStream, drain: Drain
) -> None:
    """A tombstone is one; a record without a key has an empty one."""
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})
    producer.produce(topic, None, b"k", partition=0)
    producer.produce(topic, b"", None, partition=0)
    producer.flush(10)
    assert [(record.tombstone, record.key) for record in drain(stream, 2)] == [(True, "k"), (False, "")]


def test_a_member_may_have_a_name(
    kafka: LocalKafka, bus: KafkaEventBus, topic: str, make_event: Make, drain: Drain
) -> None:
    """Static membership: the name goes to the brokers and its member reads; without a name nothing is said.

    What a restart under the same name keeps, the mock cluster does not show.
    """
    assert "group.instance.id" not in wire.consumer(kafka.settings, "g")
    named = kafka.settings.model_copy(update={"instance_id": "intake-0", "group_protocol": "classic"})
    assert wire.consumer(named, "g")["group.instance.id"] == "intake-0-g"
    bus.publish(make_event(topic, 1))
    with KafkaStream(named, group=f"s-{topic}", topics=[topic]) as stream:
        assert numbers(drain(stream, 1)) == {1}


class _Message:
    """A message with a time stamp and nothing else."""

    def __init__(self, kind: int, millis: int) -> None:
        self._stamp = (kind, millis)

    def timestamp(self) -> tuple[int, int]:
        return self._stamp

    def __getattr__(self, name: str) -> Any:
        return lambda: None
