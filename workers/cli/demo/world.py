"""What the people of the demonstration can see and touch of the running stack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import httpx

from workers.bootstrap import CamundaRest, Platform, Reads
from workers.cli.demo.stories import Sale
from workers.ports.clock import Clock
from workers.ports.events import Event, EventBus
from workers.ports.streams import Stream
from workers.standins import LocalStack

MODIFICATIONS_TOPIC = "fsm.tv.modifications_required"
OPEN_JOBS = ("CREATED", "TIMED_OUT", "RETRIES_UPDATED", "TIMEOUT_UPDATED")


@dataclass(slots=True)
class World:
    """The stack, and the sales made in it by order key."""

    stack: LocalStack
    platform: Platform
    sales: Mapping[str, Sale]
    tell: Callable[[str], None]
    modifications: Stream
    api: httpx.Client
    silences: set[str] = field(default_factory=set)
    _instances: dict[int, Sale] = field(default_factory=dict)
    _states: dict[str, str] = field(default_factory=dict)

    def now(self) -> datetime:
        """The engine's time."""
        return self.platform.get(Clock).now()

    def advance(self, by: timedelta) -> None:
        """Moves the engine's clock; timers that become due fire."""
        address = f"{self.stack.camunda.rest_address}/actuator/clock/add"
        httpx.post(address, json={"offsetMilli": int(by.total_seconds() * 1000)}, timeout=60).raise_for_status()

    def next_timer(self) -> datetime | None:
        """When the engine's next timer is due."""
        answer = httpx.get(f"{self.stack.camunda.rest_address}/actuator/timers", timeout=10).raise_for_status().json()
        due = answer["nextDueDate"]
        return None if due is None else datetime.fromtimestamp(due / 1000, tz=self.now().tzinfo)

    def produce(self, topic: str, sale: Sale, document: bytes, *, copies: int = 1) -> None:
        """Puts a document of the sales system on its topic, as the sales system does."""
        event_id = uuid5(NAMESPACE_URL, f"demo:{topic}:{sale.number}")
        event = Event(event_id, topic, sale.topic_key, topic, _document(document))
        for _ in range(copies):
            self.platform.get(EventBus).publish(event)

    def produce_raw(self, topic: str, key: str, value: bytes) -> None:
        """Puts bytes on a topic that need not be a document."""
        self.stack.produce(topic, key, value)

    def incidents(self) -> list[dict[str, Any]]:
        """Open incidents."""
        return self.platform.get(CamundaRest).incidents()

    def modifications_required(self) -> Iterator[Mapping[str, Any]]:
        """What the sales system is asked to reprice."""
        while (record := self.modifications.poll(timedelta(milliseconds=1))) is not None:
            self.modifications.commit(record)
            yield json.loads(record.value)

    def subscriptions(self, message: str) -> list[dict[str, Any]]:
        """Open message subscriptions: who waits for this message."""
        rest = self.platform.get(CamundaRest)
        return list(rest.search("message-subscriptions", messageName=message, messageSubscriptionState="CREATED"))

    def sale_of(self, process_instance: int) -> Sale:
        """The sale a process instance is about."""
        if process_instance not in self._instances:
            self._instances[process_instance] = self.sales[self.variable(process_instance, "orderKey")]
        return self._instances[process_instance]

    def variable(self, process_instance: int, name: str) -> str:
        """A root variable of an instance."""
        return str(self.platform.get(CamundaRest).variables(process_instance)[name])

    def refresh(self) -> None:
        """Reads the orders' states from PostgreSQL."""
        lines = self.platform.get(Reads).orders(limit=100_000)
        self._states = {f"{line.source_system}:{line.external_order_id}": line.state for line in lines}

    def state_of(self, sale: Sale) -> str:
        """An order's state as of the last `refresh`; empty before it was taken in."""
        return self._states.get(sale.order_key, "")

    def states(self) -> Mapping[str, str]:
        """All states as of the last `refresh`."""
        return self._states

    def open_jobs(self) -> int:
        """Jobs somebody is working on or will work on at once."""
        rest = self.platform.get(CamundaRest)
        return sum(1 for state in OPEN_JOBS for _ in rest.search("jobs", state=state))

    def live_instances(self) -> int:
        """Process instances that have not ended."""
        return sum(1 for _ in self.platform.get(CamundaRest).search("process-instances", state="ACTIVE"))


def _document(raw: bytes) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(raw)
    return parsed
