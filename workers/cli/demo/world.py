"""What can be touched of the running stack: topics, our API, the clock; and what can be seen (`world.sight`)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from workers.bootstrap import Platform
from workers.cli.demo.sight import Sight
from workers.cli.demo.stories import Sale
from workers.ports.clock import Clock
from workers.ports.events import Event, EventBus
from workers.standins import LocalStack


@dataclass(slots=True)
class World:
    """The stack, and the sales made in it by order key."""

    stack: LocalStack
    platform: Platform
    sales: Mapping[str, Sale]
    sight: Sight
    tell: Callable[[str], None]
    api: httpx.Client
    expected: dict[str, Callable[[], bool]] = field(default_factory=dict)

    def settled(self) -> bool:
        """Whether what was sent has arrived where it was meant to: until then no time passes."""
        self.expected = {what: arrived for what, arrived in self.expected.items() if not arrived()}
        return not self.expected

    def now(self) -> datetime:
        """The engine's time."""
        return self.platform.get(Clock).now()

    def advance(self, by: timedelta) -> None:
        """Moves the engine's clock; timers that become due fire."""
        move_clock(self.stack, by)

    def next_timer(self) -> datetime | None:
        """When the engine's next timer is due."""
        answer = httpx.get(f"{self.stack.camunda.rest_address}/actuator/timers", timeout=10).raise_for_status().json()
        due = answer["nextDueDate"]
        return None if due is None else datetime.fromtimestamp(due / 1000, tz=UTC)

    def produce(self, topic: str, sale: Sale, document: Mapping[str, Any], *, copies: int = 1) -> None:
        """Puts a document of the sales system on its topic, as the sales system does; copies have the same event id.

        Pyxis writes Avro, Tempo JSON.
        """
        event_id = uuid5(NAMESPACE_URL, f"demo:{topic}:{sale.number}")
        event = Event(event_id, topic, sale.topic_key, topic, document)
        for _ in range(copies):
            if sale.shop.writes_avro:
                self.platform.get(EventBus).publish(event)
            else:
                value = json.dumps(document, ensure_ascii=False).encode()
                self.stack.produce(topic, sale.topic_key, value, {"event-id": str(event_id)})

    def post(self, path: str, body: Mapping[str, Any], what: str) -> bool:
        """Calls our API for somebody; False when somebody or the clock was quicker."""
        answer = self.api.post(path, json=body)
        if answer.status_code == httpx.codes.CONFLICT:
            return False
        answer.raise_for_status()
        self.tell(what)
        return True


def move_clock(stack: LocalStack, by: timedelta) -> None:
    """Moves the engine's clock forward; timers that become due fire."""
    address = f"{stack.camunda.rest_address}/actuator/clock/add"
    httpx.post(address, json={"offsetMilli": int(by.total_seconds() * 1000)}, timeout=60).raise_for_status()
