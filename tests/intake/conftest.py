"""The intake between a real Kafka protocol and a real PostgreSQL; only Camunda is played, so that it can fail on demand."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from confluent_kafka import Producer

from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.local import LocalKafka
from adapters.postgres.client import Database
from adapters.postgres.inbox import PostgresInbox
from adapters.postgres.local import LocalPostgres
from adapters.postgres.seed import seed
from adapters.postgres.settings import PostgresSettings
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.pyxis.local import REFERENCE
from workers.intake.consumer import Intake, take_in
from workers.intake.failures import FAILED
from workers.ports.events import Event
from workers.ports.processes import ProcessMessage
from workers.ports.streams import Record

TOPICS = ("sales.pyxis.order.created", "sales.pyxis.order.updated", "sales.pyxis.order.cancelled")
NUMBERS = count(8841000)


class Camunda:
    """Remembers what was published; `troubles` are raised instead, one per call."""

    def __init__(self) -> None:
        self.published: list[ProcessMessage] = []
        self.troubles: deque[BaseException | None] = deque()

    def publish(self, message: ProcessMessage) -> None:
        trouble = self.troubles.popleft() if self.troubles else None
        if trouble:
            raise trouble
        self.published.append(message)

    def names(self) -> list[str]:
        return [message.name for message in self.published]


class Bus:
    """Remembers events; `troubles` are raised instead, one per call."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.troubles: deque[BaseException] = deque()

    def publish(self, *events: Event) -> None:
        if self.troubles:
            raise self.troubles.popleft()
        self.events += events

    @property
    def failed(self) -> list[Event]:
        return [event for event in self.events if event.topic == FAILED]


@dataclass
class Partitions:
    """A stream in memory for the order of things: what was read, committed and postponed."""

    waiting: deque[Record] = field(default_factory=deque)
    committed: list[int] = field(default_factory=list)
    postponed: list[float] = field(default_factory=list)

    def poll(self, timeout: timedelta) -> Record | None:
        return self.waiting.popleft() if self.waiting else None

    def commit(self, record: Record) -> None:
        self.committed.append(record.offset)

    def postpone(self, record: Record, delay: timedelta) -> None:
        self.postponed.append(delay.total_seconds())
        self.waiting.appendleft(record)

    def close(self) -> None:
        self.waiting.clear()


class FixedClock:
    def now(self) -> datetime:
        return datetime(2027, 1, 12, 10, 15, 2, tzinfo=UTC)


@pytest.fixture(scope="session")
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres() as server:
        seed(server.url)
        yield server


@pytest.fixture(scope="session")
def database(postgres: LocalPostgres) -> Iterator[Database]:
    database = Database(PostgresSettings(url=postgres.url))
    yield database
    database.close()


@pytest.fixture(scope="session")
def kafka() -> Iterator[LocalKafka]:
    with LocalKafka() as running:
        yield running


@pytest.fixture
def camunda() -> Camunda:
    return Camunda()


@pytest.fixture
def bus() -> Bus:
    return Bus()


@pytest.fixture
def partitions() -> Partitions:
    return Partitions()


@pytest.fixture
def order_id() -> str:
    return str(next(NUMBERS))


@pytest.fixture
def make_intake(database: Database, camunda: Camunda, bus: Bus, partitions: Partitions) -> Callable[..., Intake]:
    def make(**parts: Any) -> Intake:
        clock = FixedClock()
        known: dict[str, Any] = {
            "consumer": "pyxis-orders",
            "sales": Pyxis(lambda: REFERENCE),
            "stream": partitions,
            "inbox": PostgresInbox(database, clock),
            "processes": camunda,
            "bus": bus,
            "clock": clock,
        }
        return Intake(**(known | parts))

    return make


@pytest.fixture
def intake(make_intake: Callable[..., Intake]) -> Intake:
    return make_intake()


@pytest.fixture
def deliver(intake: Intake, partitions: Partitions) -> Callable[..., Record]:
    """One record through the intake, as often as it is postponed."""
    offsets = count(0)

    def run(
        kind: str, document: bytes, *, event_id: str | None = None, key: str = "FR_1", once: bool = False
    ) -> Record:
        headers = {"event-id": event_id or uuid4().hex}
        record = Record(f"sales.pyxis.order.{kind}", 0, next(offsets), key, document, headers)
        partitions.waiting.append(record)
        while (found := partitions.poll(timedelta())) is not None:
            take_in(intake, found)
            if once:
                partitions.waiting.clear()
        return record

    return run


@pytest.fixture
def rows(database: Database) -> Callable[[str], list[Any]]:
    """What a query finds, as named rows."""

    def find(query: str, **values: Any) -> list[Any]:
        with database.begin() as connection:
            return list(connection.execute(sa.text(query), values).all())

    return find


@pytest.fixture
def orders(rows: Callable[..., list[Any]]) -> Callable[[str], list[Any]]:
    """The stored orders of a sale."""
    query = (
        "SELECT o.id, o.country_code, o.bu_code, o.raw_payload, p.state, p.payment_status, p.provider_total, p.issues,"
        " p.delivery_status, p.delivery_date, p.status_details"
        " FROM service_orders o JOIN order_progress p ON p.order_id = o.id WHERE o.external_order_id = :number"
    )
    return lambda number: rows(query, number=number)


@pytest.fixture
def group() -> str:
    return f"pyxis-{uuid4().hex[:8]}"


@pytest.fixture
def send(kafka: LocalKafka) -> Callable[..., None]:
    producer = Producer({"bootstrap.servers": kafka.bootstrap_servers})

    def run(kind: str, document: bytes, *, key: str, event_id: str | None = None) -> None:
        headers = {"event-id": event_id} if event_id else {}
        producer.produce(f"sales.pyxis.order.{kind}", document, key, headers=headers)
        producer.flush()

    return run


@pytest.fixture
def stream(kafka: LocalKafka, group: str) -> Iterator[KafkaStream]:
    with KafkaStream(kafka.settings, group=group, topics=TOPICS) as running:
        yield running


@pytest.fixture
def kafka_bus(kafka: LocalKafka) -> Iterator[KafkaEventBus]:
    with KafkaEventBus(kafka.settings) as running:
        yield running
