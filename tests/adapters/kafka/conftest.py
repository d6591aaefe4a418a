"""One mock cluster for all tests of the Kafka adapter; each test has its own topic."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import pytest

from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.local import LocalKafka
from workers.ports.events import Event
from workers.ports.streams import Record


@pytest.fixture(scope="session")
def kafka() -> Iterator[LocalKafka]:
    with LocalKafka(topics={}) as running:
        yield running


@pytest.fixture
def topic(kafka: LocalKafka) -> str:
    name = f"topic-{uuid4().hex[:8]}"
    kafka.create_topic(name, partitions=2)
    return name


@pytest.fixture
def bus(kafka: LocalKafka) -> Iterator[KafkaEventBus]:
    with KafkaEventBus(kafka.settings) as running:
        yield running


@pytest.fixture
def stream(kafka: LocalKafka, topic: str) -> Iterator[KafkaStream]:
    with KafkaStream(kafka.settings, group=f"group-{topic}", topics=[topic]) as running:
        yield running


def event(topic: str, number: int = 0, *, key: str = "FR_1", **headers: str) -> Event:
    payload = {"number": number, "name": "é"}
    return Event(event_id=uuid4(), topic=topic, key=key, type="tested", payload=payload, headers=headers)


@pytest.fixture
def make_event() -> Callable[..., Event]:
    return event


def drained(stream: KafkaStream, count: int, *, seconds: float = 10) -> list[Record]:
    """The next `count` records; fewer when no more come in time."""
    found: list[Record] = []
    empty = 0
    while len(found) < count and empty < seconds * 5:
        record = stream.poll(timedelta(milliseconds=200))
        empty = 0 if record else empty + 1
        if record:
            found.append(record)
    return found


@pytest.fixture
def drain() -> Callable[..., list[Record]]:
    return drained
