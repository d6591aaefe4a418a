"""Pyxis documents as they come: only what makes a document readable is demanded here, the rest is judged later."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from adapters.sales.contract import Code, Id, Money, Text, Word


class Document(BaseModel):
    """A part of a document, with Pyxis' own names in camel case.

    Fields we do not know are kept, so that they reach the order's metadata.
    """

    model_config = ConfigDict(frozen=True, extra="allow", alias_generator=to_camel)


class Link(Document):
    """Another transaction the sale refers to."""

    type: Word
    number: Code


class Order(Document):
    """The head of the sale."""

    id: Id
    business_unit_id: Code
    store_id: Code | None = None
    creation_date: AwareDatetime
    channel: Word
    sale_system_order_status: Word | None = None
    delivery_status: Word | None = None
    order_payment_status: Word | None = None
    technical_visit_mandatory: bool | None = None
    transaction_linked_to: Link | None = None
    servc_provider_agreed_price: Money | None = None
    seller_notes: Text | None = None
    pre_estimation_id: Code | None = None
    pre_estimation_version: Code | None = None
    vats: list[dict[str, Any]] | None = None
    max_delivery_date: datetime | None = None
    scheduled_date: datetime | None = None
    shift: Word | None = None


class Customer(Document):
    """Who bought."""

    number: Code
    first_name: Text | None = None
    last_name: Text | None = None
    phone: Text | None = None
    email: Text | None = None


class Address(Document):
    """Where the work is to be done."""

    street_number: Text | None = None
    street_name: Text | None = None
    building_complement: Text | None = None
    postal_code: Code | None = None
    city: Text | None = None
    province: Text | None = None
    country: Word | None = None


class Item(Document):
    """A line: `id` is the article, `itemNumber` the line."""

    id: Code
    item_number: Code
    type: Literal["SERVICE", "PRODUCT"]
    description: Text = ""
    unit_price: Money
    quantity: Money
    payment_status: Word | None = None
    vat_rate: Money | None = None
    expected_date: datetime | None = None
    providers_price: Money | None = None


class Sale(Document):
    """An order created or updated: the whole document each time."""

    version: float | None = None
    system: Text
    order: Order
    customer: Customer
    address: Address
    items: Annotated[list[Item], Field(max_length=500)]
    configuration_ids: list[Code] = []


class Cancellation(Document):
    """An order cancelled."""

    system: Text
    order_id: Id
    business_unit_id: Code
    store_id: Code | None = None
    reason: Word
    requested_by: Word
    cancelled_at: AwareDatetime | None = None


class MovedLine(Document):
    """A line whose goods come on another day."""

    line_item_id: Code
    item_max_delivery_date: datetime | None = None

    def product(self) -> dict[str, str | None]:
        """As deliveries are kept: the line, on its way, and its day."""
        day = self.item_max_delivery_date
        return {"id": self.line_item_id, "status": "IN_TRANSIT", "expected": day.date().isoformat() if day else None}


class DeliveryMoved(Document):
    """`UpdateDeliveryDate`: the goods of an order come on another day."""

    customer_order_number: Id
    business_unit_identifier: Code
    max_delivery_date: datetime
    delivery_status: Word | None = None
    item_delivery_dates: Annotated[list[MovedLine], Field(max_length=500)] = []
