"""Tempo documents as they come: only what makes a document readable is demanded here, the rest is judged later."""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from adapters.sales.contract import Code, Id, Money, Text, Word


class Document(BaseModel):
    """A part of a document, with Tempo's own names. Fields we do not know are kept: they reach the order's metadata."""

    model_config = ConfigDict(frozen=True, extra="allow")


class Client(Document):
    """Who asked for the service."""

    client_ref: Code
    full_name: Text = ""
    contact_email: Text | None = None
    contact_phone: Text | None = None


class Place(Document):
    """Where the work is to be done."""

    address_line_1: Text | None = None
    city_name: Text | None = None
    zip_code: Code | None = None
    country_iso: Word | None = None


class Details(Document):
    """What is to be done."""

    service_category: Code
    description: Text | None = None
    urgency: Word | None = None


class Cost(Document):
    """What it may cost, as told to the customer."""

    amount: Money
    currency_code: Word


class Request(Document):
    """A service requested or updated: the whole document each time."""

    request_id: Id
    request_type: Word
    created_timestamp: AwareDatetime
    origin_channel: Word
    country: Word
    business_unit: Code
    client: Client
    service_address: Place
    service_details: Details
    estimated_cost: Cost | None = None


class Cancellation(Document):
    """A service cancelled."""

    request_id: Id
    country: Word
    business_unit: Code
    cancellation_reason: Word
    cancelled_timestamp: AwareDatetime | None = None
