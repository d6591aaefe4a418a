"""Which teams of a provider come together: work for more people than one team has needs several, free at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias
from uuid import UUID

from workers.domain.orders import ServiceOrder
from workers.domain.providers import Fitting
from workers.domain.scheduling import Busy, Slot, TeamCalendar
from workers.domain.slot_rules import SlotRules
from workers.domain.visits import Visit
from workers.ports.repositories import UnitOfWork

# The team that leads comes first; it stands for the crew in offers and assignments.
Crew: TypeAlias = tuple[Fitting, ...]
ANYWHERE_KM = 50_000.0


def strong_enough(fits: Sequence[Fitting], people: int) -> list[Fitting]:
    """The teams whose provider has enough people, all its teams together."""
    strength: dict[UUID, int] = {}
    for fit in fits:
        strength[fit.provider.id] = strength.get(fit.provider.id, 0) + fit.team.crew_size
    return [fit for fit in fits if strength[fit.provider.id] >= people]


def led_by(lead: Fitting, free: Sequence[Fitting], people: int) -> Crew | None:
    """The lead and as many other free teams of its provider as it takes; None when they are too few."""
    crew, missing = [lead], people - lead.team.crew_size
    for fit in free:
        if missing <= 0:
            break
        if fit.provider.id == lead.provider.id and fit.team.id != lead.team.id:
            crew.append(fit)
            missing -= fit.team.crew_size
    return tuple(crew) if missing <= 0 else None


def free_at(
    fits: Sequence[Fitting], calendars: Mapping[UUID, TeamCalendar], slot: Slot, rules: SlotRules
) -> list[Fitting]:
    """Those that can keep the slot."""
    return [fit for fit in fits if calendars[fit.team.id].refuses(slot, rules.travel_q) is None]


def crews(
    fits: Sequence[Fitting], calendars: Mapping[UUID, TeamCalendar], slot: Slot, rules: SlotRules, people: int
) -> Iterator[Crew]:
    """Every crew that can keep the slot, in the order of its leads."""
    free = free_at(fits, calendars, slot, rules)
    return (crew for lead in free if (crew := led_by(lead, free, people)))


def colleagues(unit: UnitOfWork, order: ServiceOrder, team_id: UUID) -> tuple[Fitting | None, list[Fitting]]:
    """A team, and all active teams of its provider; None for one that is not active (any more)."""
    for within in (None, ANYWHERE_KM):
        found = unit.providers.fitting(order, within_km=within)
        lead = next((fit for fit in found if fit.team.id == team_id), None)
        if lead:
            return lead, [fit for fit in found if fit.provider.id == lead.provider.id]
    return None, []


def calendars_for(
    unit: UnitOfWork, visit: Visit, fits: Sequence[Fitting], first: date, last: date
) -> dict[UUID, TeamCalendar]:
    """What each team can take in a span of days, as if the visit itself were not booked."""
    busy = unit.bookings.busy([fit.team.id for fit in fits], first, last, without=visit.id)
    return {fit.team.id: calendar_of(fit, busy[fit.team.id]) for fit in fits}


def calendar_of(fit: Fitting, busy: Sequence[Busy]) -> TeamCalendar:
    """A team's limits and bookings as the search sees them."""
    team = fit.team
    return TeamCalendar(
        working_days=team.working_days,
        shift=(team.shift_start_q, team.shift_end_q),
        max_jobs_day=team.max_jobs_day,
        max_minutes_day=team.max_minutes_day,
        max_jobs_week=team.max_jobs_week,
        busy=busy,
        absent=team.absent,
    )
