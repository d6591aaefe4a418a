"""Sales systems: their documents in our words, and our news in theirs.

A sales system's document becomes a `NormalisedOrder`, or names what is wrong with it as `Issue`s:

    unreadable, or no tenant owns it     `Unreadable`           a dead letter, nobody's task list
    tenant known, data wrong             `NormalisedOrder.issues`   received; an operator corrects it
    all well                             `NormalisedOrder`

What goes back are events: a report is computed, never sent, so that it can be stored with the change it tells about and
published again with the same id.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from workers.domain import ids
from workers.domain.orders import Issue
from workers.ports.events import Event
from workers.ports.statuses import StatusChange


class Unreadable(Exception):
    """The document cannot become an order of any tenant; asking again with the same document is useless."""

    def __init__(self, issues: Sequence[Issue], *, external_order_id: str = "", code: str = "INVALID_ORDER") -> None:
        super().__init__("; ".join(f"{issue.field}: {issue.message or issue.code}" for issue in issues))
        self.issues = tuple(issues)
        self.external_order_id = external_order_id
        self.code = code


@dataclass(frozen=True, slots=True)
class BusinessUnit:
    """A tenant: the sales system's id of a business unit, ours, and its country."""

    external_id: str
    code: str
    country_code: str
    currency: str


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A service the client sells: its article number there, its code here (`INSTALL_KITCHEN_12`) and its defaults."""

    sku: str
    service_code: str
    category: str
    urgency: str = "STANDARD"


@dataclass(frozen=True, slots=True)
class Reference:
    """Reference data of one sales system, by the ids its documents use."""

    business_units: Mapping[str, BusinessUnit]
    catalogue: Mapping[str, CatalogueEntry]


@dataclass(frozen=True, slots=True)
class Customer:
    """Who ordered. Personal data: never shown by a repr, never a process variable."""

    id: str
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """Where the work is done. Personal data but for the postal code and the country."""

    street: str = field(repr=False)
    postal_code: str
    city: str = field(repr=False)
    country: str
    number: str | None = field(default=None, repr=False)
    complement: str | None = field(default=None, repr=False)
    province: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sale. Whether the price includes tax is not told by the source: it is stored, not computed with."""

    line_id: str
    kind: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    currency: str
    vat_rate: Decimal | None = None
    expected_date: date | None = None
    payment_status: str | None = None


@dataclass(frozen=True, slots=True)
class NormalisedOrder:
    """A sale in our words. `sales_channel`, `service_code` and `category` are None only when an issue says why."""

    source_system: str
    external_order_id: str
    sales_channel: str | None
    country_code: str
    bu_code: str
    store_code: str | None
    created_at: datetime
    customer: Customer
    address: Address
    lines: tuple[Line, ...]
    service_code: str | None
    category: str | None
    urgency: str
    total_customer: Decimal
    total_provider: Decimal | None = None
    requested_date: date | None = None
    requested_shift: str | None = None
    delivery_date: date | None = None
    delivery_status: str | None = None
    payment_status: str | None = None
    system_metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    issues: tuple[Issue, ...] = ()

    @property
    def order_key(self) -> str:
        """The correlation key: `pyxis:8841207`."""
        return ids.order_key(self.source_system, self.external_order_id)

    @property
    def order_id(self) -> UUID:
        """The deterministic id of the service order."""
        return ids.order_id(self.source_system, self.external_order_id)


@dataclass(frozen=True, slots=True)
class OrderChange:
    """A later document of a known sale: the whole order again, and the answer to a scope change when it is one.

    `scope_approved` is None when the change answers no technical visit; `outcome_number` is the outcome it answers.
    """

    order: NormalisedOrder
    scope_approved: bool | None = None
    outcome_number: str | None = None


@dataclass(frozen=True, slots=True)
class CancellationRequest:
    """The sales side wants a sale cancelled. `origin` is CUSTOMER, SALES, PLATFORM or PROVIDER."""

    source_system: str
    external_order_id: str
    reason: str
    origin: str
    requested_at: datetime | None = None

    @property
    def order_key(self) -> str:
        """The correlation key: `pyxis:8841207`."""
        return ids.order_key(self.source_system, self.external_order_id)


class ReportedStatus(StrEnum):
    """What the sales side is told about an order."""

    CREATED = "CREATED"
    REJECTED = "REJECTED"
    SCHEDULED = "SCHEDULED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
    CANCELLATION_REFUSED = "CANCELLATION_REFUSED"


@dataclass(frozen=True, slots=True)
class OrderReference:
    """Which sale a report is about, and whose it is."""

    order_id: UUID
    source_system: str
    external_order_id: str
    country_code: str
    bu_code: str


@dataclass(frozen=True, slots=True)
class StatusReport:
    """A status for the sales side. `report_id` (the effect key) makes the event id; `details` holds no personal data."""

    order: OrderReference
    status: ReportedStatus
    at: datetime
    report_id: str
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class OutcomeReport:
    """The outcome of a technical visit for the sales side: YES, YES_BUT (with modifications) or NO (with a reason)."""

    order: OrderReference
    outcome_number: str
    visit_id: UUID
    outcome: str
    at: datetime
    report_id: str
    reason: str | None = None
    modifications: Sequence[Mapping[str, Any]] = ()


class SalesSystem(Protocol):
    """One sales system behind its own documents and words. Computes only: it sends nothing and raises no `PortError`."""

    @property
    def name(self) -> str:
        """The system's name in orders and topics: `pyxis`."""
        ...

    def created(self, document: bytes) -> NormalisedOrder:
        """The order a "created" document tells of. Raises `Unreadable`."""
        ...

    def updated(self, document: bytes) -> OrderChange:
        """The change an "updated" document tells of. Raises `Unreadable`."""
        ...

    def cancelled(self, document: bytes) -> CancellationRequest:
        """The wish a "cancelled" document tells of. Raises `Unreadable`."""
        ...

    def delivery_moved(self, document: bytes) -> StatusChange:
        """What an "UpdateDeliveryDate" document tells of. Raises `Unreadable`, also when the system sells nothing to deliver."""
        ...

    def status_event(self, report: StatusReport) -> Event | None:
        """The event that tells a status in the system's own word; None when the system is not told of it."""
        ...

    def outcome_event(self, report: OutcomeReport) -> Event | None:
        """The event on `fsm.tv.outcome_recorded`; None when the system has no technical visits."""
        ...

    def modifications_event(self, report: OutcomeReport) -> Event | None:
        """The event on `fsm.tv.modifications_required` that asks sales to reprice; None when there is nothing to ask."""
        ...
