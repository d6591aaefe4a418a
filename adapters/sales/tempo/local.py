"""Tempo for a laptop and the tests: it writes the documents the real one would, for whatever request one describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from adapters.sales.contract import encoded, instant, merged
from workers.ports.sales import BusinessUnit, CatalogueEntry, Reference

_UNITS = (BusinessUnit("ES-DIY", "ES-DIY", "ES", "EUR"), BusinessUnit("IT-DIY", "IT-DIY", "IT", "EUR"))
_CATALOGUE = (
    CatalogueEntry("PLUMBING_REPAIR", "REPAIR_PLUMBING", "PLUMBING"),
    CatalogueEntry("ELECTRICAL_REPAIR", "REPAIR_ELECTRICAL", "ELECTRICAL"),
    CatalogueEntry("HVAC_MAINTENANCE", "MAINTENANCE_HVAC", "HVAC"),
    CatalogueEntry("EMERGENCY_PLUMBING", "EMERGENCY_PLUMBING", "PLUMBING", "URGENT"),
)
REFERENCE = Reference(
    business_units={unit.external_id: unit for unit in _UNITS}, catalogue={entry.sku: entry for entry in _CATALOGUE}
)

# The request of the domain brief's fourth example: a tap in Valencia.
EXAMPLE: Mapping[str, Any] = {
    "request_id": "TS-55-20931",
    "request_type": "REPAIR",
    "created_timestamp": "2027-02-05T15:00:00Z",
    "origin_channel": "WEB",
    "country": "ES",
    "business_unit": "ES-DIY",
    "client": {
        "client_ref": "CL-31907",
        "full_name": "Lucía Prado",
        "contact_email": "lucia.prado@example.com",
        "contact_phone": "+34600000123",
    },
    "service_address": {
        "address_line_1": "Calle del Olmo 8, 2º A",
        "city_name": "Valencia",
        "zip_code": "46001",
        "country_iso": "ES",
    },
    "service_details": {
        "service_category": "PLUMBING_REPAIR",
        "description": "Kitchen tap leaks at the base",
        "urgency": "URGENT",
    },
    "estimated_cost": {"amount": 95.0, "currency_code": "EUR"},
}


def request(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The example with changes: `{"request_id": "1", "client": {"contact_email": None}}`."""
    return merged(json.loads(json.dumps(EXAMPLE)), changes or {})


def requested(request_id: str, changes: Mapping[str, Any] | None = None) -> bytes:
    """A document for `sales.tempo.service.requested` or, with what has changed, `.updated`."""
    return encoded(merged(request(changes), {"request_id": request_id}))


def cancelled(request_id: str, *, reason: str, at: datetime, unit: str = "ES-DIY", country: str = "ES") -> bytes:
    """A document for `sales.tempo.service.cancelled`."""
    told = {"request_id": request_id, "country": country, "business_unit": unit, "cancellation_reason": reason}
    return encoded({**told, "cancelled_timestamp": instant(at)})
