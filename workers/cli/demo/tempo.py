"""Tempo in the demonstration: repairs and maintenance in Spain and Italy, asked for on the web, by the app or by a partner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workers.cli.demo.shops import Sold, stamp


@dataclass(frozen=True, slots=True)
class Offering:
    """What is asked for, where, and by which channel."""

    country: str
    unit: str
    town: tuple[str, str, str]
    phone: str
    channel: str
    kind: str
    service: str


OFFERINGS = (
    Offering(
        "ES", "ES-DIY", ("46001", "Valencia", "Calle del Olmo 8"), "+34600000123", "WEB", "REPAIR", "PLUMBING_REPAIR"
    ),
    Offering(
        "IT",
        "IT-DIY",
        ("20121", "Milano", "Via Solferino 5"),
        "+393331234567",
        "PARTNER",
        "MAINTENANCE",
        "HVAC_MAINTENANCE",
    ),
    Offering(
        "ES",
        "ES-DIY",
        ("28004", "Madrid", "Calle de Fuencarral 3"),
        "+34600000124",
        "MOBILE",
        "REPAIR",
        "ELECTRICAL_REPAIR",
    ),
)


class Tempo:
    """Implements `workers.cli.demo.shops.Shop`."""

    name = "tempo"
    has_goods = False
    writes_avro = False
    topics = ("sales.tempo.service.requested", "sales.tempo.service.updated", "sales.tempo.service.cancelled")

    def country(self, sold: Sold) -> str:
        """Where the offering is sold."""
        return _offering(sold).country

    def number(self, count: int) -> str:
        """`TS-88-41200`."""
        return f"TS-{str(count)[:2]}-{str(count)[2:]}"

    def phone(self, sold: Sold) -> str:
        """Of the country."""
        return _offering(sold).phone

    def created(self, sold: Sold) -> dict[str, Any]:
        """A service at somebody's home."""
        offering = _offering(sold)
        postal_code, city, street = offering.town
        email = None if sold.wrong_contact else f"customer.{sold.number}@example.com"
        return {
            "request_id": sold.number,
            "request_type": offering.kind,
            "created_timestamp": stamp(sold.created),
            "origin_channel": offering.channel,
            "country": offering.country,
            "business_unit": offering.unit,
            "client": {
                "client_ref": f"CL-{sold.number}",
                "full_name": "Lucía Prado",
                "contact_email": email,
                "contact_phone": None if sold.wrong_contact else offering.phone,
            },
            "service_address": {
                "address_line_1": street,
                "city_name": city,
                "zip_code": postal_code,
                "country_iso": offering.country,
            },
            "service_details": {
                "service_category": offering.service,
                "description": "Reported by the customer",
                "urgency": "MEDIUM",
            },
            "estimated_cost": {"amount": 95.0, "currency_code": "EUR"},
        }

    def answer(self, sold: Sold, outcome_number: str) -> dict[str, Any]:
        """Tempo hears of no technical visit, so it answers none."""
        raise NotImplementedError(f"Expected no outcome for Tempo, but {outcome_number} of {sold.number} is one.")

    def cancelled(self, sold: Sold, at: datetime) -> dict[str, Any]:
        """The tap stopped dripping."""
        offering = _offering(sold)
        return {
            "request_id": sold.number,
            "country": offering.country,
            "business_unit": offering.unit,
            "cancellation_reason": "SOLVED_BY_CUSTOMER",
            "cancelled_timestamp": stamp(at),
        }

    def malformed(self) -> bytes:
        """A document without what was asked for."""
        return b'{"request_id": "TS-88-41199", "country": "ES"}'


def _offering(sold: Sold) -> Offering:
    return OFFERINGS[sold.turn % len(OFFERINGS)]
