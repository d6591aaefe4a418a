"""A Tempo request as a normalised order. Everything wrong is named at once; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from typing import Any

from adapters.sales.contract import MONEY_LIMIT, contact_issues, filled, normal_phone, text
from adapters.sales.tempo.settings import CHANNELS, REQUEST_TYPES, TRANSFORMATION, URGENCIES
from adapters.sales.tempo.wire import Cancellation, Request
from workers.domain.orders import Issue
from workers.ports.sales import (
    Address,
    BusinessUnit,
    CatalogueEntry,
    Customer,
    Line,
    NormalisedOrder,
    Reference,
    Unreadable,
)

SYSTEM = "tempo"
STANDARD = "STANDARD"


def normalised(told: Request, reference: Reference) -> NormalisedOrder:
    """The order a request tells of, with its issues. `Unreadable`, with all of them, when no tenant owns it."""
    unit = reference.business_units.get(told.business_unit)
    foreign = tenant_issues(told, unit)
    issues = [*foreign, *_words(told), *_contact(told), *_cost(told, unit), *_address(told), *_service(told, reference)]
    if unit is None or foreign:
        raise Unreadable(issues, external_order_id=told.request_id)
    return _order(told, unit, reference.catalogue.get(told.service_details.service_category), tuple(issues))


def tenant_issues(told: Request | Cancellation, unit: BusinessUnit | None) -> list[Issue]:
    """Whose document it is must be clear: a business unit we know, in the country the document names."""
    if unit is None:
        return [Issue("UNKNOWN_BUSINESS_UNIT", "business_unit", "no tenant has this business unit")]
    if told.country != unit.country_code:
        return [Issue("TENANT_MISMATCH", "country", f"expected {unit.country_code}, the country of the business unit")]
    return []


def _words(told: Request) -> Iterator[Issue]:
    if told.origin_channel not in CHANNELS:
        yield Issue("UNKNOWN_CHANNEL", "origin_channel", f"expected one of {sorted(CHANNELS)}")
    if told.request_type not in REQUEST_TYPES:
        yield Issue("UNKNOWN_REQUEST_TYPE", "request_type", f"expected one of {sorted(REQUEST_TYPES)}")


def _contact(told: Request) -> list[Issue]:
    return contact_issues(text(told.client.contact_email), text(told.client.contact_phone), told.country)


def _cost(told: Request, unit: BusinessUnit | None) -> Iterator[Issue]:
    cost = told.estimated_cost
    if cost is None:
        return
    if not 0 <= cost.amount <= MONEY_LIMIT:
        yield Issue("OUT_OF_RANGE", "estimated_cost.amount", "the price must not be negative")
    if unit is not None and cost.currency_code != unit.currency:
        yield Issue("WRONG_CURRENCY", "estimated_cost.currency_code", f"expected {unit.currency}")


def _address(told: Request) -> Iterator[Issue]:
    place = told.service_address
    parts = (("address_line_1", place.address_line_1), ("zip_code", place.zip_code), ("city_name", place.city_name))
    for name, part in parts:
        if not text(part):
            yield Issue("MISSING_FIELD", f"service_address.{name}", "the address is not complete")
    if place.country_iso != told.country:
        yield Issue("COUNTRY_NOT_SERVED", "service_address.country_iso", f"expected {told.country}")


def _service(told: Request, reference: Reference) -> Iterator[Issue]:
    if told.service_details.service_category not in reference.catalogue:
        yield Issue("UNKNOWN_PRODUCT", "service_details.service_category", "the catalogue has no such service")


def _order(
    told: Request, unit: BusinessUnit, entry: CatalogueEntry | None, issues: tuple[Issue, ...]
) -> NormalisedOrder:
    line = _line(told, unit)
    return NormalisedOrder(
        source_system=SYSTEM,
        external_order_id=told.request_id,
        sales_channel=CHANNELS.get(told.origin_channel),
        country_code=unit.country_code,
        bu_code=unit.code,
        store_code=None,
        created_at=told.created_timestamp.astimezone(UTC),
        customer=_customer(told),
        address=_place(told),
        lines=(line,),
        service_code=entry.service_code if entry else None,
        category=entry.category if entry else None,
        urgency=_urgency(told, entry),
        total_customer=line.unit_price,
        system_metadata=_metadata(told),
        issues=issues,
    )


def _urgency(told: Request, entry: CatalogueEntry | None) -> str:
    """What the document says; a catalogue entry that is always urgent stays so."""
    if entry is not None and entry.urgency == "URGENT":
        return entry.urgency
    return URGENCIES.get(told.service_details.urgency or "", STANDARD)


def _customer(told: Request) -> Customer:
    """The number stays as given when it is no valid one: the operator who mends it wants to see it."""
    client = told.client
    return Customer(
        id=client.client_ref,
        name=client.full_name.strip(),
        email=text(client.contact_email),
        phone=normal_phone(text(client.contact_phone), told.country),
    )


def _place(told: Request) -> Address:
    place = told.service_address
    return Address(
        street=text(place.address_line_1) or "",
        postal_code=place.zip_code or "",
        city=text(place.city_name) or "",
        country=place.country_iso or "",
    )


def _line(told: Request, unit: BusinessUnit) -> Line:
    """Tempo sells one service per request: its category is the article."""
    cost, sku = told.estimated_cost, told.service_details.service_category
    return Line(
        line_id="1",
        kind="SERVICE",
        sku=sku,
        name=sku,
        quantity=Decimal(1),
        unit_price=cost.amount if cost else Decimal(0),
        currency=cost.currency_code if cost else unit.currency,
    )


def _metadata(told: Request) -> dict[str, Any]:
    """Every field without a home of its own, and the name of the transformation."""
    details = told.service_details
    kept = {
        "requestType": told.request_type,
        "description": details.description,
        "urgencyTold": details.urgency,
        "other": dict(told.model_extra or {}) or None,
        "otherDetails": dict(details.model_extra or {}) or None,
    }
    return filled(kept) | {"transformation": TRANSFORMATION}
