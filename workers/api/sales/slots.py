"""Answers slot queries: the query in the caller's ids becomes one in ours, and what was found is remembered for five minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from workers.api.sales.access import SLOTS, limited
from workers.api.sales.problems import SalesProblem
from workers.bootstrap import Platform, Reads, SalesReads
from workers.domain.tenancy import COUNTRIES
from workers.domain.values import ServiceType
from workers.journey.almanac import Almanac
from workers.journey.slots import Offered, SlotQuery, offered
from workers.ports.cache import Cache
from workers.ports.limits import RateLimits

LONGEST_RANGE = timedelta(days=90)
REMEMBERED = timedelta(minutes=5)


_OFFERED = TypeAdapter(Offered)


def answer(platform: Platform, system: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """The slots of a query, or the sales side's word for why there are none."""
    query = _query(platform, system, wanted)
    limited(platform.get(RateLimits), f"sales-slots:{system}:{query.country_code}/{query.bu_code}", SLOTS)
    cache, key = platform.get(Cache), f"slots:{hashlib.sha256(repr(query).encode()).hexdigest()}"
    if remembered := cache.get(key):
        return _told(_OFFERED.validate_json(remembered))
    # Under a key of its own and without a result: nothing is remembered of it but lapsed holds.
    with platform.ledger.open(f"slot-query:{uuid4()}", task_type="slot-query") as effect:
        found = offered(effect.unit, platform.get(Almanac), query)
    cache.put(key, _OFFERED.dump_json(found).decode(), REMEMBERED)
    return _told(found)


def _query(platform: Platform, system: str, wanted: Mapping[str, Any]) -> SlotQuery:
    reference = platform.get(Reads).reference(system)
    unit = reference.business_units.get(wanted["business_unit_id"])
    entry = reference.catalogue.get(wanted["sku"])
    if unit is None or entry is None:
        what = "business unit" if unit is None else "service"
        raise SalesProblem("INVALID_ORDER", f"Expected a known {what}, but there is none of this id")
    if not wanted["first"] <= wanted["last"] <= wanted["first"] + LONGEST_RANGE:
        raise SalesProblem(
            "INVALID_ORDER", f"Expected a range of at most {LONGEST_RANGE.days} days, its end after its start"
        )
    if not COUNTRIES[unit.country_code].postal_code.fullmatch(wanted["postal_code"]):
        raise SalesProblem("INVALID_ADDRESS", f"Expected a postal code of {unit.country_code}")
    kind, minutes = platform.get(SalesReads).service(system, wanted["sku"])
    return SlotQuery(
        system=system,
        country_code=unit.country_code,
        bu_code=unit.code,
        postal_code=wanted["postal_code"],
        category=entry.category,
        service_type=ServiceType(kind),
        duration_min=wanted["duration_min"] or minutes,
        first=wanted["first"],
        last=wanted["last"],
        skills=tuple(wanted["skills"]),
        shift=wanted["shift"],
        delivery=wanted["delivery_date"],
    )


def _told(found: Offered) -> dict[str, Any]:
    why = {"earliest": found.earliest.isoformat(), "reasons": list(found.reasons), "closedDays": list(found.closed)}
    if not found.served:
        raise SalesProblem("SKILLS_NOT_AVAILABLE", "No team with these skills serves this address", extra=why)
    if not found.slots:
        raise SalesProblem("NO_SLOTS_AVAILABLE", "Nobody can come in this range", extra=why)
    slots = [
        {"id": f"{slot.day.isoformat()}:{slot.label}", **asdict(slot), "day": slot.day.isoformat()}
        for slot in found.slots
    ]
    return {"slots": slots, **why}
