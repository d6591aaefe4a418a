"""What other systems say about an order while we work on it: whether it is paid, whether the goods are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol
from uuid import UUID

from workers.domain import ids


@dataclass(frozen=True, slots=True)
class StatusChange:
    """News about one order: `subject` is `payment` or `delivery`, `status` one of that enumeration's words.

    `details` is JSON-ready and holds no personal data (amounts, products). `told_at` is when it became so: older news never
    replaces newer. News without a moment counts as the newest.
    """

    subject: str
    source_system: str
    external_order_id: str
    status: str
    told_at: datetime | None
    delivery_date: date | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def order_key(self) -> str:
        """The correlation key: `pyxis:8841207`."""
        return ids.order_key(self.source_system, self.external_order_id)

    @property
    def order_id(self) -> UUID:
        """The deterministic id of the service order."""
        return ids.order_id(self.source_system, self.external_order_id)


class StatusFeed(Protocol):
    """The documents of the systems that know. Computes only. Raises `workers.ports.sales.Unreadable`."""

    @property
    def name(self) -> str:
        """As intakes are named: `statuses`."""
        ...

    def payment(self, key: str, document: bytes) -> StatusChange:
        """What a record on `sales.payment.status_updated` says; `key` is the record's, `pyxis_8841207`."""
        ...

    def delivery(self, key: str, document: bytes) -> StatusChange:
        """What a record on `supply_chain.delivery.status_updated` says."""
        ...
