"""A Pyxis sale as a normalised order. Everything wrong is named at once; nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from adapters.sales.contract import MONEY_LIMIT, contact_issues, filled, normal_phone, read, text
from adapters.sales.pyxis.settings import CHANNELS, SHIFTS, VERSIONS
from adapters.sales.pyxis.wire import Item, Sale
from workers.domain.orders import Issue
from workers.domain.values import DeliveryStatus, PaymentStatus
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

SYSTEM = "pyxis"


def sale_of(document: bytes) -> Sale:
    """The document, if it is one of Pyxis in a version we know."""
    sale = read(Sale, document)
    found = list(_foreign(sale))
    if found:
        raise Unreadable(found, external_order_id=sale.order.id)
    return sale


def normalised(sale: Sale, reference: Reference) -> NormalisedOrder:
    """The order a sale tells of, with its issues. `Unreadable`, with all of them, when no tenant owns it."""
    unit = reference.business_units.get(sale.order.business_unit_id)
    issues = [*_tenant(unit), *_channel(sale), *_contact(sale, unit), *_items(sale), *_address(sale, unit, reference)]
    issues += [*_service(sale, reference), *_words(sale)]
    if unit is None:
        raise Unreadable(issues, external_order_id=sale.order.id)
    return _order(sale, unit, reference, tuple(issues))


def _foreign(sale: Sale) -> Iterator[Issue]:
    if SYSTEM not in sale.system.lower():
        yield Issue("UNKNOWN_SYSTEM", "system", "not a document of Pyxis")
    if sale.version not in VERSIONS:
        yield Issue("UNKNOWN_VERSION", "version", f"expected one of {sorted(VERSIONS)}")


def _tenant(unit: BusinessUnit | None) -> Iterator[Issue]:
    if unit is None:
        yield Issue("UNKNOWN_BUSINESS_UNIT", "order.businessUnitId", "no tenant has this business unit")


def _channel(sale: Sale) -> Iterator[Issue]:
    if sale.order.channel not in CHANNELS:
        yield Issue("UNKNOWN_CHANNEL", "order.channel", f"expected one of {sorted(CHANNELS)}")


def _contact(sale: Sale, unit: BusinessUnit | None) -> Iterator[Issue]:
    country = unit.country_code if unit else sale.address.country or ""
    yield from contact_issues(text(sale.customer.email), text(sale.customer.phone), country)


def _items(sale: Sale) -> Iterator[Issue]:
    for index, item in enumerate(sale.items):
        if not 0 < item.quantity <= MONEY_LIMIT:
            yield Issue("OUT_OF_RANGE", f"items[{index}].quantity", "the quantity must be above zero")
        if not 0 <= item.unit_price <= MONEY_LIMIT:
            yield Issue("OUT_OF_RANGE", f"items[{index}].unitPrice", "the price must not be negative")
    price = sale.order.servc_provider_agreed_price
    if price is not None and not 0 <= price <= MONEY_LIMIT:
        yield Issue("OUT_OF_RANGE", "order.servcProviderAgreedPrice", "the price must not be negative")


def _address(sale: Sale, unit: BusinessUnit | None, reference: Reference) -> Iterator[Issue]:
    told = sale.address
    for name, part in (("streetName", told.street_name), ("postalCode", told.postal_code), ("city", told.city)):
        if not text(part):
            yield Issue("MISSING_FIELD", f"address.{name}", "the address is not complete")
    served = {unit.country_code} if unit else {known.country_code for known in reference.business_units.values()}
    if sale.address.country not in served:
        yield Issue("COUNTRY_NOT_SERVED", "address.country", f"expected {' or '.join(sorted(served))}")


def _service(sale: Sale, reference: Reference) -> Iterator[Issue]:
    services = [(index, item) for index, item in enumerate(sale.items) if item.type == "SERVICE"]
    if not services:
        yield Issue("MISSING_SERVICE", "items", "no line of the order is a service")
    elif _entry(sale, reference) is None:
        yield Issue("UNKNOWN_PRODUCT", f"items[{services[0][0]}].id", "the catalogue has no such service")


def _words(sale: Sale) -> Iterator[Issue]:
    order = sale.order
    if order.order_payment_status and order.order_payment_status not in PaymentStatus.__members__:
        yield Issue("UNKNOWN_PAYMENT_STATUS", "order.orderPaymentStatus", "not a payment status")
    if order.delivery_status and order.delivery_status not in DeliveryStatus.__members__:
        yield Issue("UNKNOWN_DELIVERY_STATUS", "order.deliveryStatus", "not a delivery status")
    if order.shift and order.shift not in SHIFTS:
        yield Issue("UNKNOWN_SHIFT", "order.shift", f"expected one of {sorted(SHIFTS)}")


def _order(sale: Sale, unit: BusinessUnit, reference: Reference, issues: tuple[Issue, ...]) -> NormalisedOrder:
    order, entry = sale.order, _entry(sale, reference)
    return NormalisedOrder(
        source_system=SYSTEM,
        external_order_id=order.id,
        sales_channel=CHANNELS.get(order.channel),
        country_code=unit.country_code,
        bu_code=unit.code,
        store_code=order.store_id,
        created_at=order.creation_date.astimezone(UTC),
        customer=_customer(sale, unit),
        address=_place(sale),
        lines=tuple(_line(item, unit) for item in sale.items),
        service_code=entry.service_code if entry else None,
        category=entry.category if entry else None,
        urgency=entry.urgency if entry else "STANDARD",
        total_customer=sum((item.unit_price * item.quantity for item in sale.items), Decimal(0)),
        total_provider=_provider_total(sale),
        requested_date=_day(order.scheduled_date),
        requested_shift=order.shift if order.shift in SHIFTS else None,
        delivery_date=_day(order.max_delivery_date),
        delivery_status=_known(order.delivery_status, DeliveryStatus.__members__),
        payment_status=_known(order.order_payment_status, PaymentStatus.__members__),
        system_metadata=_metadata(sale),
        issues=issues,
    )


def _customer(sale: Sale, unit: BusinessUnit) -> Customer:
    """The number stays as given when it is no valid one: the operator who mends it wants to see it."""
    told = sale.customer
    names = (text(told.first_name), text(told.last_name))
    return Customer(
        id=told.number,
        name=" ".join(name for name in names if name),
        email=text(told.email),
        phone=normal_phone(text(told.phone), unit.country_code),
    )


def _place(sale: Sale) -> Address:
    told = sale.address
    return Address(
        street=text(told.street_name) or "",
        number=text(told.street_number),
        complement=text(told.building_complement),
        postal_code=told.postal_code or "",
        city=text(told.city) or "",
        province=text(told.province),
        country=told.country or "",
    )


def _line(item: Item, unit: BusinessUnit) -> Line:
    return Line(
        line_id=item.item_number,
        kind=item.type,
        sku=item.id,
        name=item.description,
        quantity=item.quantity,
        unit_price=item.unit_price,
        currency=unit.currency,
        vat_rate=item.vat_rate,
        expected_date=_day(item.expected_date),
        payment_status=item.payment_status,
    )


def _entry(sale: Sale, reference: Reference) -> CatalogueEntry | None:
    """The first service of the order that the catalogue knows; further ones are extras to it."""
    known = (reference.catalogue.get(item.id) for item in sale.items if item.type == "SERVICE")
    return next((entry for entry in known if entry), None)


def _provider_total(sale: Sale) -> Decimal | None:
    agreed = sale.order.servc_provider_agreed_price
    priced = [item.providers_price * item.quantity for item in sale.items if item.providers_price is not None]
    total = agreed if agreed is not None else sum(priced, Decimal(0)) if priced else None
    return total if total is not None and 0 <= total <= MONEY_LIMIT else None


def _metadata(sale: Sale) -> dict[str, Any]:
    """Every field without a home of its own, and the name of the transformation."""
    order = sale.order
    agreed, link = order.servc_provider_agreed_price, order.transaction_linked_to
    told = {
        "tvMandatory": order.technical_visit_mandatory,
        "preEstimationId": order.pre_estimation_id,
        "preEstimationVersion": order.pre_estimation_version,
        "sellerNotes": order.seller_notes,
        "saleStatus": order.sale_system_order_status,
        "vats": order.vats,
        "agreedProviderPrice": None if agreed is None else float(agreed),
        "linkedTransaction": {"type": link.type, "number": link.number} if link else None,
        "configurationIds": sale.configuration_ids or None,
        "other": dict(order.model_extra or {}) or None,
    }
    return filled(told) | {"transformation": VERSIONS[sale.version or 0.0]}


def _known(word: str | None, words: Mapping[str, Any]) -> str | None:
    return word if word in words else None


def _day(at: datetime | None) -> date | None:
    """Pyxis writes days as midnight UTC."""
    if at is None:
        return None
    return (at.astimezone(UTC) if at.tzinfo else at).date()
