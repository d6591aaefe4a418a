"""Topics of one scenario: what was published, and the records sales sends."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from workers.ports.errors import Unavailable
from workers.ports.events import Event
from workers.ports.streams import Record


@dataclass(frozen=True, slots=True)
class Published:
    """An event as it first reached its topic."""

    at: datetime
    event: Event


class Bus:
    """Implements `workers.ports.events.EventBus`. `published` holds every event once; a repeat must be the same event."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: dict[UUID, Event] = {}
        self.published: list[Published] = []
        self.unlike: list[str] = []
        self.failures = 0

    def publish(self, *events: Event) -> None:
        """Accepts events, or refuses as often as `failures` says."""
        if self.failures:
            self.failures -= 1
            raise Unavailable("no broker answers", system="kafka")
        for event in events:
            self._accept(event)

    def topics(self) -> list[str]:
        """The topics of what was published, in order."""
        return [published.event.topic for published in self.published]

    def on(self, topic: str) -> list[Event]:
        """The events of one topic."""
        return [published.event for published in self.published if published.event.topic == topic]

    def _accept(self, event: Event) -> None:
        known = self._known.setdefault(event.event_id, event)
        if known is event:
            self.published.append(Published(self._now(), event))
        elif _what(known) != _what(event):
            self.unlike.append(f"{event.topic} {event.event_id} was published twice with different contents")


# When it was published again, and that it was: a repeat may say so.
OF_THE_REPEAT = frozenset({"occurredAt", "reception"})


def _what(event: Event) -> tuple[str, str, dict[str, object]]:
    """What an event says, apart from when it was said."""
    return event.topic, event.key, {n: v for n, v in event.payload.items() if n not in OF_THE_REPEAT}


class Records:
    """Implements `workers.ports.streams.Stream` over records of the scenario; what is postponed comes again in time."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._waiting: deque[tuple[datetime, Record]] = deque()
        self.committed: list[Record] = []

    def put(self, records: Iterable[Record]) -> None:
        """New records, to be read at once."""
        self._waiting.extend((self._now(), record) for record in records)

    def poll(self, timeout: timedelta) -> Record | None:
        """The next record that is due."""
        due = next((item for item in self._waiting if item[0] <= self._now()), None)
        if due is None:
            return None
        self._waiting.remove(due)
        return due[1]

    def next_due(self) -> datetime | None:
        """When the next record is read."""
        return min((at for at, _ in self._waiting), default=None)

    def commit(self, record: Record) -> None:
        """The record is dealt with."""
        self.committed.append(record)

    def postpone(self, record: Record, delay: timedelta) -> None:
        """The record comes again after a while."""
        self._waiting.append((self._now() + delay, record))

    def close(self) -> None:
        """Nothing to close."""
