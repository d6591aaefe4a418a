"""Slots offered to the sales side before anything is sold: when could somebody come, and why not earlier (domain brief 3.4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from workers.domain import ids, scheduling
from workers.domain.orders import Address, Customer, Product, ServiceOrder
from workers.domain.scheduling import Slot
from workers.domain.slot_rules import SlotRules
from workers.domain.values import ServiceType, SourceSystem, VisitKind
from workers.domain.visits import Visit
from workers.journey import planning
from workers.journey.almanac import Almanac
from workers.ports.repositories import UnitOfWork

FULL_DAY_QUARTERS = 28
EVENING_FROM = 68
SLOTS_AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotQuery:
    """What is to be done, where and when; dates are days at the address."""

    system: str
    country_code: str
    bu_code: str
    postal_code: str
    category: str
    service_type: ServiceType
    duration_min: int
    first: date
    last: date
    skills: tuple[str, ...] = ()
    shift: str | None = None
    delivery: date | None = None


@dataclass(frozen=True, slots=True)
class OfferedSlot:
    """A part of a day and how many teams could take it. No team is named: which one comes is decided later."""

    day: date
    label: str
    window: str
    start: str
    end: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Offered:
    """The slots, the first day work may start and what pushed it there, and why days before are closed."""

    slots: Sequence[OfferedSlot]
    earliest: date
    reasons: Sequence[str]
    closed: Sequence[dict[str, str]]
    served: bool


def offered(unit: UnitOfWork, almanac: Almanac, query: SlotQuery) -> Offered:
    """Searches as the journey itself does, for an order that does not exist."""
    order = _order(unit, query)
    search = planning.search_for(unit, almanac, order, _visit(order, query))
    teams = Counter(slot for slot, _ in search.candidates(None) if query.first <= slot.day <= query.last)
    return Offered(
        slots=[_offered(slot, count, search.wish.rules) for slot, count in sorted(teams.items())[:SLOTS_AT_MOST]],
        earliest=search.earliest.day,
        reasons=search.earliest.reasons,
        closed=search.closed_days(),
        served=bool(search.fits),
    )


def window_of(slot: Slot, rules: SlotRules) -> str:
    """MORNING, AFTERNOON, EVENING or FULL_DAY."""
    if slot.end_q - slot.start_q >= FULL_DAY_QUARTERS:
        return "FULL_DAY"
    if slot.start_q >= EVENING_FROM:
        return "EVENING"
    return "MORNING" if scheduling.half_of(slot, rules) == "AM" else "AFTERNOON"


def _offered(slot: Slot, capacity: int, rules: SlotRules) -> OfferedSlot:
    start, end = (scheduling.clock(quarter).strftime("%H:%M") for quarter in (slot.start_q, slot.end_q))
    return OfferedSlot(slot.day, slot.label, window_of(slot, rules), start, end, capacity)


def _order(unit: UnitOfWork, query: SlotQuery) -> ServiceOrder:
    line = Product(
        line_id="1",
        sku="",
        name="",
        kind="SERVICE",
        quantity=Decimal(1),
        unit_price=Decimal(0),
        currency=scheduling.country_of(query.country_code).currency,
    )
    return ServiceOrder.received(
        source_system=SourceSystem(query.system),
        external_order_id="slot-query",
        sales_channel=None,
        country_code=query.country_code,
        bu_code=query.bu_code,
        customer=Customer(id="", name=""),
        address=Address(street="", postal_code=query.postal_code, city="", country=query.country_code),
        products=(line,),
        service_type=query.service_type,
        category=query.category,
        requested_date=query.first,
        requested_shift=query.shift,
        delivery_date=query.delivery,
        created_at=unit.now,
        updated_at=unit.now,
        raw_payload={},
    )


def _visit(order: ServiceOrder, query: SlotQuery) -> Visit:
    survey = query.service_type in (ServiceType.CONFIRMATION_TV, ServiceType.QUOTATION_TV)
    return Visit(
        id=ids.derived_id("slot-query", order.id),
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        kind=VisitKind.TECHNICAL_VISIT if survey else VisitKind.MAIN,
        service_type=query.service_type,
        duration_min=query.duration_min,
        required_certs=query.skills,
        sequence=1,
        created_at=order.created_at,
        updated_at=order.created_at,
    )
