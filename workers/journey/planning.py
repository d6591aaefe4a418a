"""Finding a slot and a team for a visit, and holding it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from workers.domain import scheduling
from workers.domain.errors import NoSlotAvailable
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Fitting, plausible
from workers.domain.scheduling import Earliest, Holiday, Slot, TeamCalendar, Wish
from workers.domain.slot_rules import SlotRules, quarters
from workers.domain.values import TECHNICAL_VISITS, ServiceType
from workers.domain.visits import Booking, Visit
from workers.journey import reserving
from workers.journey.almanac import Almanac
from workers.journey.crews import Crew, calendars_for, crews, strong_enough
from workers.journey.reserving import Plan
from workers.ports.repositories import UnitOfWork

CLOSED_DAYS_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A slot an operator agreed on with the customer; it is taken as it is if a team is free."""

    day: date
    label: str
    team_id: UUID | None = None
    ignore_notice: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """What was found."""

    visit: Visit
    bookings: Sequence[Booking]
    slot: Slot


def wish_of(unit: UnitOfWork, order: ServiceOrder, visit: Visit, rules: SlotRules) -> Wish:
    """What the visit needs. Goods need not be there for a survey, nor the date the customer wished for the work."""
    country, survey = order.country, ServiceType(visit.service_type) in TECHNICAL_VISITS
    now = country.local(unit.now)
    return Wish(
        rules=rules,
        created=country.day(order.created_at),
        today=now.date(),
        duration_min=visit.duration_min,
        delivery=None if survey else order.delivery_date,
        preferred_label=order.requested_shift,
        not_before=max(filter(None, (None if survey else order.requested_date, visit.not_before)), default=None),
        today_from_q=quarters(now.hour * 60 + now.minute) + rules.same_day_ahead_q,
    )


@dataclass(frozen=True, slots=True)
class Search:
    """A search over teams and days. `earliest` and what it finds on the way explain why a day is closed."""

    order: ServiceOrder
    visit: Visit
    wish: Wish
    holiday: Holiday
    fits: Sequence[Fitting]
    calendars: Mapping[UUID, TeamCalendar]
    earliest: Earliest

    def candidates(self, chosen: Chosen | None) -> Iterator[tuple[Slot, Crew]]:
        """Free slots in the order they should be tried, each with the teams that would come."""
        for slot in self.slots(chosen):
            for crew in crews(self.fits, self.calendars, slot, self.wish.rules, self.visit.crew_size):
                if chosen is None or chosen.team_id in (None, crew[0].team.id):
                    yield slot, crew

    def slots(self, chosen: Chosen | None) -> Iterator[Slot]:
        """The slots of the window, or those an operator chose, whoever is free."""
        if chosen is None:
            days = scheduling.window(self.earliest.day, self.holiday, self.wish.rules.window_days)
            return (slot for day in days for slot in scheduling.slots(day, self.wish, self.holiday))
        allowed = chosen.ignore_notice or chosen.day >= self.earliest.day
        return (
            slot
            for slot in scheduling.slots(chosen.day, self.wish, self.holiday)
            if allowed and chosen.label in (slot.label, scheduling.half_of(slot, self.wish.rules))
        )

    def closed_days(self) -> list[dict[str, str]]:
        """The first days of the window and why nobody can come."""
        travel = self.wish.rules.travel_q
        closed = []
        for offset in range(CLOSED_DAYS_SHOWN):
            day = self.earliest.day + timedelta(days=offset)
            slots = scheduling.slots(day, self.wish, self.holiday)
            refused = {self.calendars[f.team.id].refuses(slot, travel) for f in self.fits for slot in slots}
            reason = scheduling.closed(day, self.holiday) or ", ".join(sorted(filter(None, refused)))
            closed.append({"date": day.isoformat(), "reason": reason or "no team serves this address"})
        return closed


def search_for(unit: UnitOfWork, almanac: Almanac, order: ServiceOrder, visit: Visit) -> Search:
    """Prepares a search: who could come at all, and what they have to do already."""
    rules = almanac.rules(order, visit)
    wish, holiday = wish_of(unit, order, visit, rules), almanac.holidays_of(order, rules)
    first = scheduling.earliest(wish, holiday)
    place = unit.providers.place(order.country_code, order.address.postal_code)
    fits = [
        fit
        for fit in unit.providers.fitting(order)
        if not order.refuses(fit.provider.id) and plausible(fit, order.category, visit.required_certs, first.day)
    ]
    fits = strong_enough(fits, visit.crew_size)
    fits.sort(key=lambda fit: (fit.distance_km(place), str(fit.team.id)))
    teams = [fit.team.id for fit in fits]
    unit.bookings.lapse(teams)
    # Work of several days that begins on the window's last day ends after it.
    last = first.day + timedelta(days=2 * rules.window_days)
    calendars = calendars_for(unit, visit, fits, first.day, last)
    return Search(order, visit, wish, holiday, fits, calendars, first)


def hold(unit: UnitOfWork, found: Search, key: str, chosen: Chosen | None = None) -> Held:
    """Holds the first candidate that is really free; somebody else may have been quicker."""
    for slot, crew in found.candidates(chosen):
        plan = Plan(slot=slot, teams=[fit.team.id for fit in crew], rules=found.wish.rules, key=key)
        bookings = reserving.hold(unit, found.order, found.visit, plan)
        if bookings:
            start, end = scheduling.instants(slot, found.order.country)
            planned = replace(found.visit.held(), planned_start=start, planned_end=end, slot_label=slot.label)
            return Held(planned, bookings, slot)
    raise NoSlotAvailable(**explanation(found))


def unserved(unit: UnitOfWork, found: Search) -> Held | None:
    """The first slot the rules allow, with no team: no provider covers the address, so people have to look further away.

    None where somebody covers it: then nobody is free, which is another matter.
    """
    if unit.providers.serve(found.order):
        return None
    slot = next(found.slots(None), None)
    if slot is None:
        return None
    start, end = scheduling.instants(slot, found.order.country)
    planned = replace(found.visit.held(), planned_start=start, planned_end=end, slot_label=slot.label)
    return Held(planned, [], slot)


def explanation(found: Search) -> dict[str, Any]:
    """Why there is no slot, in words for an operator."""
    return {
        "slotSearch": {
            "earliest": found.earliest.day.isoformat(),
            "reasons": list(found.earliest.reasons),
            "closedDays": found.closed_days(),
        }
    }
