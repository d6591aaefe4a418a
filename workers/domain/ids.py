"""Deterministic identities: the same fact has the same id wherever and however often it is worked out."""

from __future__ import annotations

from base64 import b32encode
from datetime import datetime
from uuid import NAMESPACE_URL, UUID, uuid5

PLATFORM = uuid5(NAMESPACE_URL, "urn:fsm-platform")
ORDERS = uuid5(NAMESPACE_URL, "urn:fsm-platform:service-order")


def order_key(source_system: str, external_order_id: str) -> str:
    """The correlation key of an order's messages: `pyxis:8841207`."""
    return f"{source_system}:{external_order_id}"


def order_id(source_system: str, external_order_id: str) -> UUID:
    """The id of the order with this key, so that a replayed document cannot create a twin."""
    return uuid5(ORDERS, order_key(source_system, external_order_id))


def derived_id(*parts: object) -> UUID:
    """The id of something that belongs to what `parts` name (a visit to its order, an offer to its effect key)."""
    return uuid5(PLATFORM, "/".join(str(part) for part in parts))


def event_id(at: datetime | None, *parts: object) -> UUID:
    """The id of an event: a UUID of version 7, sorted by when it happened, the rest of it made of what `parts` name.

    The same event has the same id whenever it is told again; one whose time nobody knows sorts first.
    """
    millis = 0 if at is None else int(at.timestamp() * 1000) & ((1 << 48) - 1)
    rest = uuid5(PLATFORM, "/".join(str(part) for part in parts)).int
    number = millis << 80 | 7 << 76 | (rest >> 52 & 0xFFF) << 64 | 2 << 62 | rest & ((1 << 62) - 1)
    return UUID(int=number)


def order_number(order: UUID, year: int) -> str:
    """The number people use: `SO-2027-7KQ2M4XA`."""
    return f"SO-{year}-{b32encode(order.bytes).decode()[:8]}"


def series_number(series: str, year: int, value: int) -> str:
    """A number of a yearly series: `WCF-2027-000042`."""
    return f"{series}-{year}-{value:06d}"
