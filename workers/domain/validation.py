"""Whether an order can be carried out as it was sold, and an operator's corrections to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from workers.domain.orders import Issue, ServiceOrder
from workers.domain.tenancy import COUNTRIES

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
PHONE = re.compile(r"\+[1-9]\d{6,14}")
# What a correction can mend, and the issues of the intake it settles: those are judged again on the order itself.
CORRECTABLE = ("email", "phone", "street", "postal_code", "city")


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What an operator changed; None leaves a field as it is."""

    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    street: str | None = field(default=None, repr=False)
    postal_code: str | None = None
    city: str | None = None
    quantities: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of what was changed; values are personal data and stay out of the audit."""
        named = tuple(name for name in CORRECTABLE if getattr(self, name) is not None)
        return named + tuple(f"quantity of line {line}" for line in self.quantities)


def corrected(order: ServiceOrder, change: Correction) -> ServiceOrder:
    """The order with an operator's corrections; the document as received stays as it is."""
    contact = {name: getattr(change, name) for name in ("email", "phone") if getattr(change, name) is not None}
    place = {n: getattr(change, n) for n in ("street", "postal_code", "city") if getattr(change, n) is not None}
    lines = tuple(
        replace(line, quantity=change.quantities[line.line_id]) if line.line_id in change.quantities else line
        for line in order.products
    )
    return replace(
        order, customer=replace(order.customer, **contact), address=replace(order.address, **place), products=lines
    )


def _contact(order: ServiceOrder) -> list[Issue]:
    customer = order.customer
    found = []
    if not customer.email and not customer.phone:
        found.append(Issue("MISSING_CONTACT", "customer", "e-mail or phone is required"))
    if customer.email and not EMAIL.fullmatch(customer.email):
        found.append(Issue("INVALID_EMAIL", "customer.email", "the e-mail address has no valid form"))
    if customer.phone and not PHONE.fullmatch(customer.phone):
        found.append(Issue("INVALID_PHONE", "customer.phone", "the number is not in international form (+33...)"))
    return found


def _address(order: ServiceOrder) -> list[Issue]:
    address = order.address
    found = [
        Issue("MISSING_FIELD", f"address.{n}", f"{n} is missing") for n in ("street", "city") if not getattr(address, n)
    ]
    if address.country != order.country_code:
        found.append(Issue("COUNTRY_NOT_SERVED", "address.country", f"expected {order.country_code}"))
    elif not COUNTRIES[order.country_code].postal_code.fullmatch(address.postal_code):
        found.append(Issue("INVALID_POSTAL_CODE", "address.postalCode", "not a postal code of this country"))
    return found


def _lines(order: ServiceOrder) -> list[Issue]:
    found = [
        Issue("OUT_OF_RANGE", f"products[{index}].quantity", "the quantity must be above zero")
        for index, line in enumerate(order.products)
        if line.quantity <= 0
    ]
    if not any(line.kind == "SERVICE" for line in order.products):
        found.append(Issue("MISSING_SERVICE", "products", "no line of the order is a service"))
    return found


def _channel(order: ServiceOrder) -> list[Issue]:
    return [] if order.sales_channel else [Issue("UNKNOWN_CHANNEL", "order.channel", "the sales channel is not known")]


CHECKS: tuple[Callable[[ServiceOrder], list[Issue]], ...] = (_channel, _contact, _address, _lines)


def issues(order: ServiceOrder) -> tuple[Issue, ...]:
    """Everything that is wrong with the order, all at once, as it stands now."""
    return tuple(issue for check in CHECKS for issue in check(order))
