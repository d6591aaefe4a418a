"""The service order: one request for work at a customer's home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.domain import ids
from workers.domain.states import ORDER, OrderState
from workers.domain.tenancy import COUNTRIES, Country
from workers.domain.values import (
    TECHNICAL_VISITS,
    ContractStatus,
    GoStatus,
    PaymentStatus,
    SalesChannel,
    SourceSystem,
    Urgency,
    VisitKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who the work is for; personal data, so it never shows in a repr."""

    id: str
    name: str = field(repr=False)
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    language: str | None = None
    preferred_channel: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where the work is."""

    street: str = field(repr=False)
    postal_code: str
    city: str
    country: str
    number: str | None = field(default=None, repr=False)
    complement: str | None = field(default=None, repr=False)
    province: str | None = None
    lat: float | None = field(default=None, repr=False)
    lng: float | None = field(default=None, repr=False)
    access_notes: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One line of the sale: a service or a thing."""

    line_id: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    currency: str
    kind: str = "PRODUCT"
    vat_rate: Decimal | None = None
    expected_date: date | None = None
    payment_status: str | None = None

    @property
    def amount(self) -> Decimal:
        """Price of the whole line."""
        return self.unit_price * self.quantity


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing that is wrong with an order: a code, the path of the field, and words for an operator."""

    code: str
    field: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceOrder:
    """What was sold, as the sales system told it, and how far we have come with it.

    `sales_channel` is None only while an issue says that the word was unknown. `raw_payload` is the document exactly as
    received and never changes; `system_metadata` keeps every source field that has no home here (`tvMandatory`,
    `preEstimationConfidence`, `sellerNotes` ...). `status_details` is what was told last about payment and delivery, each
    with its moment.
    """

    id: UUID
    source_system: SourceSystem
    external_order_id: str
    sales_channel: SalesChannel | None
    country_code: str
    bu_code: str
    customer: Customer
    address: Address
    products: tuple[Product, ...]
    service_type: str
    created_at: datetime
    updated_at: datetime
    raw_payload: Mapping[str, Any] = field(repr=False)
    store_code: str | None = None
    system_metadata: Mapping[str, Any] = field(default_factory=dict, repr=False)
    order_number: str = ""
    state: OrderState = OrderState.RECEIVED
    service_code: str = "UNKNOWN"
    category: str = "OTHER"
    urgency: Urgency = Urgency.STANDARD
    requested_date: date | None = None
    requested_shift: str | None = None
    delivery_date: date | None = None
    delivery_status: str | None = None
    payment_status: PaymentStatus | None = None
    provider_total: Decimal | None = None
    go_status: GoStatus = GoStatus.PENDING
    contract_status: ContractStatus = ContractStatus.NOT_NEEDED
    status_details: Mapping[str, Any] = field(default_factory=dict)
    frozen: bool = False
    cancellation: Mapping[str, Any] | None = None
    # A rework mends the work of another order.
    parent_order_id: UUID | None = None
    issues: tuple[Issue, ...] = ()
    version: int = 1

    @classmethod
    def received(cls, *, source_system: SourceSystem, external_order_id: str, **fields: Any) -> ServiceOrder:
        """A new order with the id and number that follow from its key."""
        identity = ids.order_id(source_system, external_order_id)
        return cls(
            id=identity,
            source_system=source_system,
            external_order_id=external_order_id,
            order_number=ids.order_number(identity, fields["created_at"].year),
            **fields,
        )

    @property
    def order_key(self) -> str:
        """Correlation key of this order's messages."""
        return ids.order_key(self.source_system, self.external_order_id)

    @property
    def country(self) -> Country:
        """The country's rules."""
        return COUNTRIES[self.country_code]

    @property
    def total(self) -> Decimal:
        """What the customer pays for all lines."""
        return sum((product.amount for product in self.products), Decimal(0))

    @property
    def service_price(self) -> Decimal:
        """What the customer pays for the service lines: the base of a cancellation fee."""
        return sum((product.amount for product in self.products if product.kind == "SERVICE"), Decimal(0))

    @property
    def has_goods(self) -> bool:
        """Whether something besides work was sold, which has to be there before the work."""
        return any(product.kind != "SERVICE" for product in self.products)

    def moved(self, target: OrderState) -> ServiceOrder:
        """This order in state `target`; `InvalidTransition` when there is no such move."""
        ORDER.check(self.state, target)
        return replace(self, state=target)

    def refuses(self, provider_id: UUID) -> bool:
        """Whether this provider may not do the work: a rework is another one's, unless it is the same one's to mend."""
        return self.system_metadata.get("excludedProviderId") == str(provider_id)

    def driven_by(self, kind: VisitKind) -> bool:
        """Whether a visit of `kind` moves the order's own state: main work does, and a survey that is all there is."""
        return kind is not VisitKind.TECHNICAL_VISIT or self.service_type in TECHNICAL_VISITS
