"""What can be seen of the running stack, through the APIs people's programs use: Camunda's REST API, topics, PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from workers.bootstrap import CamundaRest, Platform, Reads
from workers.cli.demo.stories import Sale
from workers.ports.streams import Codec, Stream

MODIFICATIONS_TOPIC = "fsm.tv.modifications_required"
OPEN_JOBS = ("CREATED", "TIMED_OUT", "RETRIES_UPDATED")


@dataclass(slots=True)
class Sight:
    """Looks; changes nothing."""

    platform: Platform
    sales: Mapping[str, Sale]
    modifications: Stream
    states: dict[str, str] = field(default_factory=dict)
    _instances: dict[int, Sale] = field(default_factory=dict)

    @property
    def camunda(self) -> CamundaRest:
        """Camunda's REST API."""
        return self.platform.get(CamundaRest)

    def refresh(self) -> None:
        """Reads the orders' states from PostgreSQL, by order key."""
        lines = self.platform.get(Reads).orders(limit=100_000)
        self.states = {f"{line.source_system}:{line.external_order_id}": line.state for line in lines}

    def modifications_required(self) -> Iterator[Mapping[str, Any]]:
        """What the sales system is asked to reprice."""
        while (record := self.modifications.poll(timedelta(milliseconds=1))) is not None:
            self.modifications.commit(record)
            yield json.loads(self.platform.get(Codec).readable(record))

    def waiting(self, message: str) -> Iterator[tuple[Sale, Mapping[str, Any]]]:
        """Open subscriptions of a message with the sale each is about: who waits for what."""
        conditions = {"messageName": message, "messageSubscriptionState": "CREATED"}
        for subscription in self.camunda.search("message-subscriptions", **conditions):
            if subscription.get("processInstanceKey"):  # a start event waits for no sale
                yield self.sale_of(int(subscription["processInstanceKey"])), subscription

    def waits(self, sale: Sale, message: str) -> bool:
        """Whether the journey of a sale waits for this message."""
        return any(found is sale for found, _ in self.waiting(message))

    def sale_of(self, process_instance: int) -> Sale:
        """The sale a process instance is about."""
        if process_instance not in self._instances:
            self._instances[process_instance] = self.sales[self.variable(process_instance, "orderKey")]
        return self._instances[process_instance]

    def variable(self, process_instance: int, name: str) -> str:
        """A root variable of an instance."""
        return str(self.camunda.variables(process_instance)[name])

    def open_jobs(self) -> int:
        """Jobs somebody is working on or will work on at once."""
        return sum(1 for state in OPEN_JOBS for _ in self.camunda.search("jobs", state=state))

    def live_instances(self) -> int:
        """Process instances that have not ended."""
        return sum(1 for _ in self.camunda.search("process-instances", state="ACTIVE"))
