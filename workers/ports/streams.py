"""Incoming records (Kafka): read in order, committed by hand, postponed when a dependency is in trouble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from workers.ports.events import Event


@dataclass(frozen=True, slots=True)
class Record:
    """One record as the broker holds it. Headers are text; a header that comes twice keeps its last value.

    A `tombstone` has no value at all: what its key names is to be forgotten (in a compacted topic).
    """

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    timestamp: datetime | None = None
    tombstone: bool = False

    @property
    def position(self) -> str:
        """`topic-partition-offset`: where it is. No identity: a topic that is made again begins at offset 0."""
        return f"{self.topic}-{self.partition}-{self.offset}"


class Stream(Protocol):
    """The records of some topics for one consumer group. One thread uses it."""

    def poll(self, timeout: timedelta) -> Record | None:
        """The next record, or None when none came in time. `Unavailable`, `Misconfigured` on trouble with the brokers."""
        ...

    def commit(self, record: Record) -> None:
        """The record is dealt with: after a restart reading goes on behind it."""
        ...

    def postpone(self, record: Record, delay: timedelta) -> None:
        """Reads this record again after `delay`, and nothing behind it on its partition before; other partitions go on."""
        ...

    def close(self) -> None:
        """Leaves the group, so that others take the partitions over at once."""
        ...


class Codec(Protocol):
    """What is inside a record."""

    def encode(self, event: Event) -> bytes:
        """The value of an event's record. `Refused` when it does not fit, `Misconfigured` when its schema is not registered."""
        ...

    def readable(self, record: Record) -> bytes:
        """The document as JSON, whatever it came as.

        `Unavailable` when what describes it (the Schema Registry) does not answer, `workers.ports.sales.Unreadable` when it is
        none.
        """
        ...
