"""The message bus between systems (Kafka). At least once, ordered per key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Event:
    """A business event to publish. `event_id` is deterministic: publishing again repeats the id, it never makes a new one.

    `payload` is JSON-ready and holds no personal data; `headers` are added to `event-id`, `event-type`, `correlation-id`.
    """

    event_id: UUID
    topic: str
    key: str
    type: str
    payload: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class EventBus(Protocol):
    """Publishes events."""

    def publish(self, *events: Event) -> None:
        """Returns once every event is acknowledged by the brokers; `Unavailable` when one is not within the time-out."""
        ...
