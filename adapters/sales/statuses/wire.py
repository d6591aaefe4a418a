"""The documents as they arrive (domain brief 4). What is not named here is not read."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class PaymentNews(_Model):
    """`sales.payment.status_updated`. Instants are ISO 8601 or milliseconds."""

    occurred_at: AwareDatetime
    payment_status: str = Field(max_length=50)
    total: Decimal | None = None
    paid: Decimal | None = None
    outstanding: Decimal | None = None
    currency: str | None = Field(default=None, max_length=3)


class DeliveredProduct(_Model):
    """One line of the sale on its way."""

    id: str = Field(max_length=100)
    ordered: Decimal | None = None
    delivered: Decimal | None = None
    status: str = Field(max_length=50)
    expected: date | None = None


class DeliveryNews(_Model):
    """`supply_chain.delivery.status_updated`."""

    occurred_at: AwareDatetime
    delivery_status: str = Field(max_length=50)
    location: str | None = Field(default=None, max_length=50)
    delivery_date: date | None = None
    products: list[DeliveredProduct] = Field(default_factory=list, max_length=500)
