"""Another date for a visit: whether it is allowed, and moving the booking to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple
from uuid import UUID

from workers.domain import scheduling
from workers.domain.errors import DateNotAllowed
from workers.domain.orders import ServiceOrder
from workers.domain.scheduling import Holiday, Slot, Wish
from workers.domain.slot_rules import SlotRules
from workers.domain.visits import Visit
from workers.journey import planning, reserving
from workers.journey.almanac import Almanac
from workers.journey.crews import Crew, calendars_for, colleagues, free_at, led_by
from workers.journey.reserving import Plan
from workers.ports.repositories import UnitOfWork


class Kept(NamedTuple):
    """A slot a crew can keep, and the rules it was found by."""

    slot: Slot
    crew: Crew
    rules: SlotRules


class Wanted(NamedTuple):
    """A date somebody proposes; without a window the one of the appointment is preferred."""

    day: date
    window: str | None = None


def allowed(
    unit: UnitOfWork, almanac: Almanac, order: ServiceOrder, visit: Visit, *, team_id: UUID, wanted: Wanted
) -> Kept:
    """The slot of that date which the team can keep; `DateNotAllowed` says why there is none (I14)."""
    rules = almanac.rules(order, visit)
    wish = replace(planning.wish_of(unit, order, visit, rules), not_before=None)
    holiday = almanac.holidays_of(order, rules)
    first = scheduling.earliest(wish, holiday)
    if not first.day <= wanted.day <= first.day + timedelta(days=rules.window_days):
        reasons = "; ".join(first.reasons)
        raise DateNotAllowed(f"Expected a date from {first.day} ({reasons}), but got {wanted.day}")
    if reason := scheduling.closed(wanted.day, holiday):
        raise DateNotAllowed(f"Expected a working day, but {wanted.day} is closed: {reason}")
    return _kept(unit, order, visit, team_id, slots=_slots(visit, wish, wanted, holiday), rules=rules)


def move(unit: UnitOfWork, order: ServiceOrder, visit: Visit, *, kept: Kept, key: str) -> Visit:
    """Moves the visit and its bookings; a lapsed hold is made anew. `DateNotAllowed` when the team was booked meanwhile."""
    slot, teams = kept.slot, [fit.team.id for fit in kept.crew]
    if reserving.move(unit, order, visit, Plan(slot=slot, teams=teams, rules=kept.rules, key=key)) is None:
        raise DateNotAllowed(f"Team {teams[0]} was booked for {slot.day} meanwhile")
    start, end = scheduling.instants(slot, order.country)
    return unit.visits.save(replace(visit, planned_start=start, planned_end=end, slot_label=slot.label))


def _slots(visit: Visit, wish: Wish, wanted: Wanted, holiday: Holiday) -> Sequence[Slot]:
    """The slots of the day in the wanted window, those like the appointment's first."""
    found = scheduling.slots(wanted.day, replace(wish, preferred_label=half_of(visit)), holiday)
    return [slot for slot in found if wanted.window in (None, slot.label, scheduling.half_of(slot, wish.rules))]


def half_of(visit: Visit) -> str | None:
    """`AM` or `PM` of the visit's appointment."""
    if visit.slot_label in (None, "AM", "PM"):
        return visit.slot_label
    return "AM" if str(visit.slot_label) < "13:00" else "PM"


def _kept(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, team_id: UUID, *, slots: Sequence[Slot], rules: SlotRules
) -> Kept:
    lead, fits = colleagues(unit, order, team_id)
    if lead is None:
        raise DateNotAllowed(f"Team {team_id} does not serve the address any more")
    refusals = set() if slots else {"no such window"}
    for slot in slots:
        calendars = calendars_for(unit, visit, fits, slot.day, slot.stretches[-1].day)
        refusal = calendars[team_id].refuses(slot, rules.travel_q)
        crew = None if refusal else led_by(lead, free_at(fits, calendars, slot, rules), visit.crew_size)
        if crew:
            return Kept(slot, crew, rules)
        refusals.add(refusal or "too few people")
    raise DateNotAllowed(f"The team is not free: {', '.join(sorted(refusals))}")
