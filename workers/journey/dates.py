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
from workers.domain.providers import Fitting
from workers.domain.scheduling import Busy, Holiday, Slot, Wish
from workers.domain.slot_rules import SlotRules
from workers.domain.visits import Visit
from workers.journey import planning
from workers.journey.almanac import Almanac
from workers.ports.repositories import UnitOfWork


class Kept(NamedTuple):
    """A slot a team can keep, and the rules it was found by."""

    slot: Slot
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
    found = _slots(visit, wish, wanted, holiday)
    return Kept(_free(unit, visit, _fit(unit, order, team_id), found, rules), rules)


def move(unit: UnitOfWork, order: ServiceOrder, visit: Visit, *, team_id: UUID, kept: Kept, key: str) -> Visit:
    """Moves the visit and its booking; a lapsed hold is made anew. `DateNotAllowed` when the team was booked meanwhile."""
    slot, held = kept.slot, next(iter(unit.bookings.live_of(visit.id)), None)
    booking = held or planning.booking_of(unit, order, visit, team_id, slot, rules=kept.rules, key=key)
    moved = replace(booking, team_id=team_id, day=slot.day, start_q=slot.start_q, end_q=slot.end_q)
    if unit.bookings.hold(moved) is None:
        raise DateNotAllowed(f"Team {team_id} was booked for {slot.day} meanwhile")
    start, end = scheduling.instants(slot, order.country)
    return unit.visits.save(replace(visit, planned_start=start, planned_end=end, slot_label=slot.label))


def _fit(unit: UnitOfWork, order: ServiceOrder, team_id: UUID) -> Fitting:
    fits = [fit for fit in unit.providers.fitting(order) if fit.team.id == team_id]
    if not fits:
        raise DateNotAllowed(f"Team {team_id} does not serve the address any more")
    return fits[0]


def _slots(visit: Visit, wish: Wish, wanted: Wanted, holiday: Holiday) -> Sequence[Slot]:
    """The slots of the day in the wanted window, those like the appointment's first."""
    found = scheduling.slots(wanted.day, replace(wish, preferred_label=half_of(visit)), holiday)
    return [slot for slot in found if wanted.window in (None, slot.label, scheduling.half_of(slot, wish.rules))]


def half_of(visit: Visit) -> str | None:
    """`AM` or `PM` of the visit's appointment."""
    if visit.slot_label in (None, "AM", "PM"):
        return visit.slot_label
    return "AM" if str(visit.slot_label) < "13:00" else "PM"


def _free(unit: UnitOfWork, visit: Visit, fit: Fitting, slots: Sequence[Slot], rules: SlotRules) -> Slot:
    own = [Busy(b.day, b.start_q, b.end_q) for b in unit.bookings.live_of(visit.id) if b.team_id == fit.team.id]
    refusals = set() if slots else {"no such window"}
    for slot in slots:
        busy = unit.bookings.busy([fit.team.id], slot.day, slot.day)[fit.team.id]
        others = [job for job in busy if job not in own]
        refusal = planning.calendar_of(fit, others).refuses(slot, rules.travel_q)
        if refusal is None:
            return slot
        refusals.add(refusal)
    raise DateNotAllowed(f"The team is not free: {', '.join(sorted(refusals))}")
