"""What other systems tell that is about no order: quotes of sellers, the client's catalogue, what the ERP paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from workers.domain.values import Category, ServiceType, Urgency
from workers.ports.sales import SalesSystem
from workers.ports.statuses import StatusFeed


class Confidence(StrEnum):
    """How sure a seller is of a quote."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"


@dataclass(frozen=True, slots=True, kw_only=True)
class PreEstimation:
    """A seller's rough quote; sales that come of it name its id. The same id again is a newer version."""

    id: str
    country_code: str
    bu_code: str
    value: Decimal
    currency: str
    confidence: Confidence
    told_at: datetime
    categories: Sequence[str] = ()
    notes: str | None = field(default=None, repr=False)
    valid_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueChange:
    """A service of the client's catalogue. What is None is not told: an update keeps what was known."""

    source_system: str
    sku: str
    told_at: datetime
    deprecated: bool = False
    service_code: str | None = None
    category: Category | None = None
    service_type: ServiceType | None = None
    minutes: int | None = None
    urgency: Urgency | None = None
    requires_tv: bool | None = None
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentResult:
    """What the ERP did with a provider's payable. `result` is what the journey waits for: status, paidAt, reference ..."""

    invoice_id: UUID
    told_at: datetime
    result: Mapping[str, Any]
    country_code: str | None = None
    bu_code: str | None = None


News: TypeAlias = PreEstimation | CatalogueChange | PaymentResult


class ReferenceFeed(Protocol):
    """The documents of the systems that know. Computes only. Raises `workers.ports.sales.Unreadable`."""

    @property
    def name(self) -> str:
        """As intakes are named: `reference`."""
        ...

    def pre_estimation(self, key: str, document: bytes) -> PreEstimation:
        """What a record on `sales.pre_estimation.created` says; `key` is the record's."""
        ...

    def catalogue(self, key: str, document: bytes) -> CatalogueChange:
        """What a record on `service-catalog` says."""
        ...

    def payment(self, key: str, document: bytes) -> PaymentResult:
        """What a record on `payment.provider.payment_completed` says."""
        ...


# Whatever reads the documents of an intake.
Source: TypeAlias = SalesSystem | StatusFeed | ReferenceFeed
