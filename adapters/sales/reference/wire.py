"""The documents as they arrive (domain brief 4). What is not named here is not read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from adapters.sales.contract import Code, Id, Word
from workers.domain.values import Category, ServiceType, SourceSystem, Urgency
from workers.ports.feeds import Confidence

Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class PreEstimationTold(_Model):
    """`sales.pre_estimation.created`. Instants are ISO 8601 or milliseconds."""

    pre_estimation_id: Id
    occurred_at: AwareDatetime
    country_code: Country
    bu_code: Code
    value: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    currency: Currency
    confidence: Confidence
    categories: list[Word] = Field(default_factory=list, max_length=50)
    notes: str | None = Field(default=None, max_length=2000)
    valid_until: date | None = None


class ServiceTold(_Model):
    """`service-catalog`."""

    event_type: Literal["service.created", "service.updated", "service.deprecated"]
    system: SourceSystem
    external_service_code: Id
    occurred_at: AwareDatetime
    names: dict[str, Annotated[str, StringConstraints(max_length=200)]] = Field(default_factory=dict, max_length=20)
    service_code: Code | None = None
    category: Category | None = None
    service_type: ServiceType | None = None
    duration_min: int | None = Field(default=None, ge=15, le=960)
    urgency: Urgency | None = None
    requires_tv: bool | None = None


class PaymentTold(_Model):
    """`payment.provider.payment_completed`."""

    invoice_id: UUID
    occurred_at: AwareDatetime
    status: Literal["COMPLETED", "FAILED", "PENDING"]
    country_code: Country | None = None
    bu_code: Code | None = None
    paid_at: AwareDatetime | None = None
    reference: str | None = Field(default=None, max_length=100)
    failure_reason: str | None = Field(default=None, max_length=500)
