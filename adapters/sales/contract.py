"""What every sales adapter shares: strict reading of documents, contacts in one form, and the envelope of our events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

import phonenumbers
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from workers.domain import ids
from workers.domain.orders import Issue
from workers.ports.events import Event
from workers.ports.sales import OrderReference, Reference, SalesSystem, Unreadable

MAX_BYTES = 1_000_000
MONEY_LIMIT = Decimal("9999999999.99")  # what decimal(12,2) holds
# Ids get into keys, paths and messages: no control characters.
PRINTABLE = r"^[^\x00-\x1f\x7f]+$"
Id = Annotated[str, StringConstraints(min_length=1, max_length=255, strip_whitespace=True, pattern=PRINTABLE)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True, pattern=PRINTABLE)]
Word = Annotated[str, StringConstraints(max_length=50, strip_whitespace=True, to_upper=True)]
Text = Annotated[str, StringConstraints(max_length=2000)]
Money = Annotated[Decimal, Field(max_digits=15)]
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
M = TypeVar("M", bound=BaseModel)

# Our error codes for what pydantic finds; anything else is a value of the wrong type.
CODES = {
    "missing": "MISSING_FIELD",
    "json_invalid": "MALFORMED",
    "string_too_short": "MISSING_FIELD",
    "string_too_long": "TOO_LONG",
    "too_long": "TOO_LONG",
    "recursion_loop": "MALFORMED",
}


@dataclass(frozen=True, slots=True)
class SalesAdapter:
    """One sales system as the platform sees it: how to make it over its reference data, and where its documents come from."""

    name: str
    make: Callable[[Callable[[], Reference]], SalesSystem]
    group: str
    topics: tuple[str, ...]


def read(model: type[M], document: bytes) -> M:
    """The document as `model`. `Unreadable` names everything that does not fit, with its path."""
    if len(document) > MAX_BYTES:
        raise Unreadable([Issue("OVERSIZED", "", f"at most {MAX_BYTES} bytes, but {len(document)} came")])
    # PostgreSQL keeps no NUL in its texts, and no honest document has one.
    if b"\\u0000" in document or b"\0" in document:
        raise Unreadable([Issue("MALFORMED", "", "a NUL character")])
    try:
        return model.model_validate_json(document)
    except ValidationError as error:
        raise Unreadable([_issue(fault) for fault in error.errors(include_input=False, include_url=False)]) from error


def path(location: tuple[int | str, ...]) -> str:
    """`("items", 0, "quantity")` as `items[0].quantity`."""
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)
    return steps.removeprefix(".")


def e164(raw: str, country: str) -> str | None:
    """The number in international form, or None when it cannot be one. Whether it is in use, the messaging side finds out."""
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def normal_phone(raw: str | None, country: str) -> str | None:
    """The number in international form; as given when it is no valid one: the operator who mends it wants to see it."""
    return (e164(raw, country) or raw) if raw else None


def text(told: str | None) -> str | None:
    """A text without the spaces around it; None when nothing is left."""
    return (told or "").strip() or None


def contact_issues(email: str | None, phone: str | None, country: str) -> list[Issue]:
    """What is wrong with the ways to reach a customer."""
    found = []
    if not email and not phone:
        found.append(Issue("MISSING_CONTACT", "customer", "e-mail or phone is required"))
    if email and not EMAIL.fullmatch(email):
        found.append(Issue("INVALID_EMAIL", "customer.email", "the e-mail address has no valid form"))
    if phone and e164(phone, country) is None:
        found.append(Issue("INVALID_PHONE", "customer.phone", "no valid phone number"))
    return found


@dataclass(frozen=True, slots=True)
class Told:
    """What an event for the sales side tells, before it has an id and an envelope."""

    topic: str
    at: datetime
    report_id: str
    payload: Mapping[str, Any]


def event(order: OrderReference, told: Told) -> Event:
    """An event about an order, keyed `pyxis_8841207`; the same report gives the same id."""
    correlation_id = ids.order_key(order.source_system, order.external_order_id)
    event_id = ids.event_id(told.at, "sales-report", told.topic, correlation_id, told.report_id)
    envelope = {
        "eventId": str(event_id),
        "occurredAt": instant(told.at),
        "schemaVersion": 1,
        "correlationId": correlation_id,
        "causationId": told.report_id,
        "countryCode": order.country_code,
        "buCode": order.bu_code,
        "serviceOrderId": str(order.order_id),
        "externalOrderId": order.external_order_id,
    }
    return _event(event_id, told.topic, order, {**envelope, **told.payload}, correlation_id)


def instant(at: datetime) -> str:
    """ISO 8601 in UTC: `2027-01-12T10:15:02Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def filled(
    content: Mapping[str, Any], wanted: Callable[[Any], bool] = lambda value: value is not None
) -> dict[str, Any]:
    """Without the entries that say nothing."""
    return {name: value for name, value in content.items() if wanted(value)}


def encoded(document: Mapping[str, Any]) -> bytes:
    """A document as a sales system sends it."""
    return json.dumps(document, ensure_ascii=False).encode()


def merged(document: dict[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A document with changes; objects are changed inside, everything else is replaced whole."""
    for name, change in changes.items():
        known = document.get(name)
        both = isinstance(known, dict) and isinstance(change, Mapping)
        document[name] = merged(dict(known or {}), change) if both else change
    return document


def _event(event_id: UUID, topic: str, order: OrderReference, payload: Mapping[str, Any], correlation: str) -> Event:
    key = f"{order.source_system}_{order.external_order_id}"
    headers = {"correlation-id": correlation, "tenant-id": f"{order.country_code}/{order.bu_code}"}
    return Event(event_id=event_id, topic=topic, key=key, type=topic, payload=payload, headers=headers)


def _issue(fault: Mapping[str, Any]) -> Issue:
    return Issue(CODES.get(fault["type"], "WRONG_TYPE"), path(fault["loc"]), str(fault["msg"]))
