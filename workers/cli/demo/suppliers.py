"""Who pays and who delivers in the demonstration: in time, or only when the visit is blocked, or never."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from workers.cli.demo.stories import Sale
from workers.cli.demo.world import World
from workers.ports.events import Event, EventBus

DELIVERED_AFTER = timedelta(days=6)
MOVED_AFTER, MOVED_TO = timedelta(days=3), timedelta(days=20)
DELIVERIES = "supply_chain.delivery.status_updated"
TOPICS = {"payment": "sales.payment.status_updated", "delivery": DELIVERIES, "moved": DELIVERIES}
NEWS = ("payment", "delivery")
WORDS = {
    "payment": {"paymentStatus": "FULLY_PAID"},
    "delivery": {"deliveryStatus": "FULLY_DELIVERED"},
    "moved": {"deliveryStatus": "IN_TRANSIT"},
}
TELLS = {"payment": "the customer pays", "delivery": "the goods arrive for", "moved": "the goods will come later for"}


@dataclass(slots=True)
class Suppliers:
    """Sends news about payment and delivery, each once per sale."""

    world: World
    told: set[str] = field(default_factory=set)

    def act(self) -> int:
        """One round; returns how much news there was."""
        now = self.world.now()
        due = [(sale, subject) for at, sale, subject in self._planned() if at <= now]
        return sum(self._tell(sale, subject) for sale, subject in [*due, *self._asked_for()])

    def next_appointment(self) -> datetime | None:
        """The next delivery."""
        return min((at for at, _, _ in self._planned()), default=None)

    def _planned(self) -> Iterator[tuple[datetime, Sale, str]]:
        for sale in self.world.sales.values():
            if not sale.shop.has_goods:
                yield from self._once(sale.sold.created, sale, "payment")
            elif sale.story.moved:
                yield from self._once(sale.sold.created + MOVED_AFTER, sale, "moved")
                yield from self._once(sale.sold.created + MOVED_TO, sale, "delivery")
            elif not (sale.story.blocked_by or sale.story.overridden or sale.story.given_up):
                yield from self._once(sale.sold.created + DELIVERED_AFTER, sale, "delivery")

    def _once(self, at: datetime, sale: Sale, subject: str) -> Iterator[tuple[datetime, Sale, str]]:
        if f"{subject} {sale.number}" not in self.told:
            yield at, sale, subject

    def _asked_for(self) -> Iterator[tuple[Sale, str]]:
        """What stops a blocked visit: the rest of a price, or goods that came late."""
        for subject in NEWS:
            for sale, _ in self.world.sight.waiting(f"{subject}-status-updated"):
                if sale.story.blocked_by == subject or (subject == "payment" and sale.story.reprice):
                    yield sale, subject

    def _tell(self, sale: Sale, subject: str) -> int:
        name = f"{subject} {sale.number}"
        if name in self.told:
            return 0
        self.told.add(name)
        waits = self.world.sight.waits(sale, f"{subject}-status-updated")
        event_id = uuid5(NAMESPACE_URL, f"demo:{name}")
        envelope = {"eventId": str(event_id), "occurredAt": self.world.now().isoformat()}
        which = {"system": sale.shop.name, "externalOrderId": sale.number}
        key = sale.order_key.replace(":", "_")
        day = {"deliveryDate": (sale.sold.created + MOVED_TO).date().isoformat()} if subject == "moved" else {}
        event = Event(event_id, TOPICS[subject], key, TOPICS[subject], {**envelope, **which, **WORDS[subject], **day})
        self.world.platform.get(EventBus).publish(event)
        self.world.tell(f"{TELLS[subject]} {sale.number}")
        if waits:
            self.world.expected[name] = partial(self._heard, sale, subject)
        return 1

    def _heard(self, sale: Sale, subject: str) -> bool:
        return not self.world.sight.waits(sale, f"{subject}-status-updated")
