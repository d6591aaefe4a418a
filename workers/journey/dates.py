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
from workers.domain.scheduling import RULES, WINDOW_DAYS, Busy, Slot, Wish
from workers.domain.visits import Visit
from workers.journey import planning
from workers.ports.calendar import HolidayCalendar
from workers.ports.repositories import UnitOfWork


class Wanted(NamedTuple):
    """A date somebody proposes; without a window the one of the appointment is preferred."""

    day: date
    window: str | None = None


def allowed(
    unit: UnitOfWork, calendar: HolidayCalendar, order: ServiceOrder, visit: Visit, *, team_id: UUID, wanted: Wanted
) -> Slot:
    """The slot of that date which the team can keep; `DateNotAllowed` says why there is none (I14)."""
    wish = replace(planning.wish_of(unit, order, visit), not_before=None)
    holiday = planning.holidays_of(order, calendar)
    first = scheduling.earliest(wish, holiday)
    if not first.day <= wanted.day <= first.day + timedelta(days=WINDOW_DAYS):
        reasons = "; ".join(first.reasons)
        raise DateNotAllowed(f"Expected a date from {first.day} ({reasons}), but got {wanted.day}")
    if reason := scheduling.closed(wanted.day, holiday):
        raise DateNotAllowed(f"Expected a working day, but {wanted.day} is closed: {reason}")
    return _free(unit, order, visit, _fit(unit, order, team_id), _slots(visit, wish, wanted))


def move(unit: UnitOfWork, order: ServiceOrder, visit: Visit, *, team_id: UUID, slot: Slot, key: str) -> Visit:
    """Moves the visit and its booking; a lapsed hold is made anew. `DateNotAllowed` when the team was booked meanwhile."""
    held = next(iter(unit.bookings.live_of(visit.id)), None)
    booking = held or planning.booking_of(unit, order, visit, team_id, slot, key=key)
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


def _slots(visit: Visit, wish: Wish, wanted: Wanted) -> Sequence[Slot]:
    """The slots of the day in the wanted window, those like the appointment's first."""
    found = scheduling.slots(wanted.day, replace(wish, preferred_label=half_of(visit)))
    return [slot for slot in found if wanted.window in (None, slot.label, scheduling.half_of(slot))]


def half_of(visit: Visit) -> str | None:
    """`AM` or `PM` of the visit's appointment."""
    if visit.slot_label in (None, "AM", "PM"):
        return visit.slot_label
    return "AM" if str(visit.slot_label) < "13:00" else "PM"


def _free(unit: UnitOfWork, order: ServiceOrder, visit: Visit, fit: Fitting, slots: Sequence[Slot]) -> Slot:
    own = [Busy(b.day, b.start_q, b.end_q) for b in unit.bookings.live_of(visit.id) if b.team_id == fit.team.id]
    refusals = set() if slots else {"no such window"}
    for slot in slots:
        busy = unit.bookings.busy([fit.team.id], slot.day, slot.day)[fit.team.id]
        others = [job for job in busy if job not in own]
        refusal = planning.calendar_of(fit, others).refuses(slot, RULES[order.country_code].travel_q)
        if refusal is None:
            return slot
        refusals.add(refusal)
    raise DateNotAllowed(f"The team is not free: {', '.join(sorted(refusals))}")
