"""Facts about every team that could take a visit; the decision `ProviderEligibility` judges them, `ProviderScore` rates them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from workers.domain.assignments import PROVIDER_WITHDREW
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Fitting, Point
from workers.domain.scheduling import Busy, Slot
from workers.domain.slot_rules import QUARTER, SlotRules
from workers.domain.states import OfferState, VisitState
from workers.domain.values import Preference, RiskStatus
from workers.domain.visits import Booking, Visit
from workers.journey import reserving
from workers.journey.crews import calendar_of
from workers.ports.repositories import Load, UnitOfWork
from workers.runtime import TaskOutput


class Candidate(TaskOutput):
    """A team and what the decisions ask of it. Loads are without this visit, minutes with it."""

    provider_id: UUID
    team_id: UUID
    provider_name: str
    team_name: str
    service_preference: Preference | None
    tier: int
    distance_km: float
    first_time_rate: float
    satisfaction: float
    punctuality: float
    same_provider: bool
    zone_match: bool
    order_has_p1_service: bool
    missing_certs: list[str]
    risk_status: RiskStatus
    contract_signed: bool
    documents_valid: bool
    jobs_day: int
    offers_day: float
    max_jobs_day: int
    jobs_week: int
    offers_week: float
    max_jobs_week: int
    minutes_day: int
    max_minutes_day: int
    minutes_week: int
    max_minutes_week: int
    slot_free: bool
    crew_free: bool
    provider_rank: str
    main_active: bool
    same_day: bool
    travel_min: int
    rework_excludes_provider: bool
    declined_before: bool
    absent_before: bool
    holds_slot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of every team: the visit, its slot, its place, and what happened before."""

    order: ServiceOrder
    visit: Visit
    rules: SlotRules
    bookings: Sequence[Booking]
    slot: Slot
    place: Point | None
    today: date
    p1_categories: frozenset[str]
    earlier: frozenset[UUID]
    declined: frozenset[UUID]
    absent: frozenset[UUID]

    @property
    def day(self) -> date:
        """The day of the visit, at its address."""
        return self.order.country.day(self.visit.start)

    @property
    def days(self) -> list[date]:
        """Every day of it."""
        return [stretch.day for stretch in self.slot.stretches]

    @property
    def minutes_first_day(self) -> int:
        """How much of the work is done on its first day."""
        return min(self.visit.duration_min, self.rules.minutes_per_day)


def question(unit: UnitOfWork, order: ServiceOrder, visit: Visit, rules: SlotRules) -> Question:
    """Reads what happened before: who was there, who said no to this date, who did not come."""
    bookings = reserving.booked(unit, visit)
    others = [item for item in unit.visits.of_order(order.id) if item.id != visit.id]
    return Question(
        order=order,
        visit=visit,
        rules=rules,
        bookings=bookings,
        slot=reserving.slot_for(unit, order, visit),
        place=unit.providers.place(order.country_code, order.address.postal_code),
        today=order.country.day(unit.now),
        p1_categories=unit.references.service_categories(order),
        earlier=_providers(unit, [item for item in others if item.state is VisitState.DONE]),
        declined=_declined(unit, visit, bookings),
        absent=_absent(unit, [*others, visit]),
    )


def candidates(unit: UnitOfWork, asked: Question, found: Sequence[Fitting]) -> list[Candidate]:
    """The facts of each team, nearest first."""
    teams = [item.team.id for item in found]
    days = asked.days
    others = unit.bookings.busy(teams, days[0], days[-1], without=asked.visit.id)
    offered = unit.offers.half_loads(teams, asked.day)
    free = {item.team.id: _free(asked, item, others[item.team.id]) for item in found}
    people = {item.provider.id: _people(item.provider.id, found, free) for item in found}
    made = [
        _candidate(
            asked,
            item,
            load=(others[item.team.id], offered[item.team.id]),
            free=free[item.team.id],
            people=people[item.provider.id],
        )
        for item in found
    ]
    return sorted(made, key=lambda item: item.distance_km)


def _free(asked: Question, item: Fitting, others: Sequence[Busy]) -> bool:
    """Whether the team could keep the slot, on each of its days; how many jobs it has is another question."""
    return calendar_of(item, others).refuses(asked.slot, asked.rules.travel_q) in (None, "capacity", "hours")


def _candidate(
    asked: Question, item: Fitting, *, load: tuple[Sequence[Busy], Load], free: bool, people: int
) -> Candidate:
    provider, team = item.provider, item.team
    others, offered = load
    week = [job for job in others if job.day.isocalendar()[:2] == asked.day.isocalendar()[:2]]
    # The fullest of its days decides.
    day = max(([job for job in others if job.day == on] for on in asked.days), key=len)
    distance = item.distance_km(asked.place)
    p1 = [c for c in asked.p1_categories if provider.preferences.get(c) is Preference.P1]
    return Candidate(
        **_who(item, asked, distance),
        # Outside every zone only where an operator widened the search; then the distance was checked.
        zone_match=True,
        order_has_p1_service=bool(p1),
        missing_certs=list(team.missing_certificates(asked.visit.required_certs, asked.day)),
        risk_status=provider.risk_status,
        contract_signed=provider.contract_signed,
        documents_valid=provider.papers_hold,
        jobs_day=len(day),
        offers_day=2 * offered.day,
        max_jobs_day=team.max_jobs_day,
        jobs_week=len(week),
        offers_week=2 * offered.week,
        max_jobs_week=team.max_jobs_week,
        minutes_day=_minutes(day) + asked.minutes_first_day if day else 0,
        max_minutes_day=team.max_minutes_day,
        minutes_week=_minutes(week) + asked.visit.duration_min,
        max_minutes_week=team.max_minutes_week,
        slot_free=free,
        crew_free=people >= asked.visit.crew_size,
        provider_rank=provider.rank,
        main_active=item.main_active,
        same_day=asked.day == asked.today,
        travel_min=asked.rules.drive_minutes(distance),
        rework_excludes_provider=asked.order.refuses(provider.id),
        declined_before=provider.id in asked.declined,
        absent_before=provider.id in asked.absent,
        holds_slot=bool(asked.bookings) and asked.bookings[0].team_id == team.id,
    )


def _who(item: Fitting, asked: Question, distance: float) -> dict[str, Any]:
    provider, team = item.provider, item.team
    return {
        "provider_id": provider.id,
        "team_id": team.id,
        "provider_name": provider.name,
        "team_name": team.name,
        "service_preference": provider.preferences.get(asked.order.category),
        "tier": provider.tier,
        "distance_km": distance,
        "first_time_rate": provider.quality.first_time_rate,
        "satisfaction": provider.quality.satisfaction,
        "punctuality": provider.quality.punctuality,
        "same_provider": provider.id in asked.earlier,
    }


def _people(provider: UUID, found: Sequence[Fitting], free: Mapping[UUID, bool]) -> int:
    """How many people a provider could send, all its free teams together."""
    return sum(item.team.crew_size for item in found if item.provider.id == provider and free[item.team.id])


def _minutes(jobs: Sequence[Busy]) -> int:
    return QUARTER * sum(job.end_q - job.start_q for job in jobs)


def _declined(unit: UnitOfWork, visit: Visit, bookings: Sequence[Booking]) -> frozenset[UUID]:
    """Providers that said no to this date. Another date is another question."""
    return frozenset(
        offer.provider_id
        for offer in unit.offers.of_visit(visit.id)
        if offer.state is OfferState.REJECTED and (not bookings or offer.sent_at >= bookings[0].created_at)
    )


def _absent(unit: UnitOfWork, visits: Sequence[Visit]) -> frozenset[UUID]:
    """Providers that gave this visit back, or did not come to one of the order's."""
    back = frozenset(
        item.provider_id
        for visit in visits
        for item in unit.assignments.of_visit(visit.id)
        if item.cancel_reason == PROVIDER_WITHDREW
    )
    return back | _providers(unit, [visit for visit in visits if visit.state is VisitState.NO_SHOW_PROVIDER])


def _providers(unit: UnitOfWork, visits: Sequence[Visit]) -> frozenset[UUID]:
    """Who had these visits last."""
    last = [unit.assignments.of_visit(visit.id)[-1:] for visit in visits]
    return frozenset(assignment.provider_id for one in last for assignment in one)
