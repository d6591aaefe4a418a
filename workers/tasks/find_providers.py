"""find-providers: who could take a visit, and what screened the others out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from workers.domain import ids
from workers.domain.assignments import PROVIDER_WITHDREW, AssignmentRun
from workers.domain.errors import NoProvidersFound, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Demand, Fitting, Load, Point, exclusions
from workers.domain.scheduling import RULES, Busy, Slot
from workers.domain.states import OfferState, VisitState
from workers.domain.visits import Booking, Visit
from workers.journey.contract import VisitInput, visit_of
from workers.journey.planning import calendar_of
from workers.journey.release import withdraw
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

CANDIDATES = 30
DECLINED_BEFORE = "DECLINED_BEFORE"
REWORK_OTHER_PROVIDER = "REWORK_OTHER_PROVIDER"


class Candidate(TaskOutput):
    """A team to be scored."""

    provider_id: UUID
    team_id: UUID
    service_preference: str
    tier: int
    distance_km: float
    first_time_rate: float
    satisfaction: float
    punctuality: float
    same_provider: bool


class Output(TaskOutput):
    """The candidates, nearest first."""

    candidates: list[Candidate]
    funnel_id: UUID
    hours_to_visit: float


@task("find-providers", raises=(NoProvidersFound, TenantMismatch))
def find_providers(data: VisitInput, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Screens the teams that serve the address; a visit that is assigned already is taken back first."""
    order = unit.orders.of(data)
    order, visit = withdraw(unit, order, visit_of(unit, order, data.visit_id), reason="looking for another provider")
    booking = next(iter(unit.bookings.live_of(visit.id)), None)
    found = unit.providers.fitting(order)
    screened = _screen(unit, order, visit, found, booking)
    fit = _one_team_each([item for item in found if not screened[item.team.id]], booking)
    place = unit.providers.place(order.country_code, order.address.postal_code)
    same = _earlier_providers(unit, order, visit)
    candidates = sorted((_candidate(order, item, place, same) for item in fit), key=lambda item: item.distance_km)
    funnel = _funnel(found, screened, len(candidates))
    run = _run(unit, order, visit, funnel, candidates, key=ctx.key)
    if not candidates:
        unit.keep()
        raise NoProvidersFound(funnel=funnel, funnelId=str(run.id))
    hours = round((visit.start - unit.now).total_seconds() / 3600, 1)
    return Output(candidates=candidates[:CANDIDATES], funnel_id=run.id, hours_to_visit=hours)


def _screen(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, found: Sequence[Fitting], booking: Booking | None
) -> dict[UUID, tuple[str, ...]]:
    """The reasons against each team; none for a team that fits."""
    day = order.country.day(visit.start)
    demand = Demand(order.category, visit.crew_size, visit.required_certs, day)
    teams = [item.team.id for item in found]
    busy, offered = unit.bookings.busy(teams, day, day), unit.offers.half_loads(teams, day)
    declined = _declined(unit, visit, booking)
    reasons = {}
    for item in found:
        others = _without(busy[item.team.id], booking if booking and booking.team_id == item.team.id else None)
        open_offers = offered[item.team.id]
        jobs = sum(1 for job in others if job.day == day)
        load = Load(jobs + open_offers.day, len(others) + open_offers.week, _free(order, item, others, booking))
        before = (DECLINED_BEFORE,) if item.provider.id in declined else ()
        other = (REWORK_OTHER_PROVIDER,) if order.refuses(item.provider.id) else ()
        reasons[item.team.id] = (*exclusions(item, demand, load), *before, *other)
    return reasons


def _without(busy: Sequence[Busy], own: Booking | None) -> list[Busy]:
    return [job for job in busy if own is None or job != (own.day, own.start_q, own.end_q)]


def _free(order: ServiceOrder, item: Fitting, others: Sequence[Busy], booking: Booking | None) -> bool:
    """Whether the team could keep the slot the visit has."""
    if booking is None:
        return True
    slot = Slot(booking.day, "", booking.start_q, booking.end_q)
    refusal = calendar_of(item, others).refuses(slot, RULES[order.country_code].travel_q)
    return refusal in (None, "capacity")


def _declined(unit: UnitOfWork, visit: Visit, booking: Booking | None) -> set[UUID]:
    """Providers that said no to this date, or gave the visit back. Another date is another question."""
    refused = {
        offer.provider_id
        for offer in unit.offers.of_visit(visit.id)
        if offer.state is OfferState.REJECTED and (booking is None or offer.sent_at >= booking.created_at)
    }
    given_back = [item for item in unit.assignments.of_visit(visit.id) if item.cancel_reason == PROVIDER_WITHDREW]
    return refused | {item.provider_id for item in given_back}


def _one_team_each(fit: Sequence[Fitting], booking: Booking | None) -> list[Fitting]:
    """One team per provider: the one that holds the slot, else the first."""
    chosen: dict[UUID, Fitting] = {}
    for item in fit:
        holds = booking is not None and item.team.id == booking.team_id
        if holds or item.provider.id not in chosen:
            chosen[item.provider.id] = item
    return list(chosen.values())


def _earlier_providers(unit: UnitOfWork, order: ServiceOrder, visit: Visit) -> set[UUID]:
    """Who was at this customer's before: the same provider is preferred."""
    done = [v for v in unit.visits.of_order(order.id) if v.state is VisitState.DONE and v.id != visit.id]
    accepted = [unit.assignments.accepted(earlier.id) for earlier in done]
    return {assignment.provider_id for assignment in accepted if assignment}


def _candidate(order: ServiceOrder, item: Fitting, place: Point | None, same: set[UUID]) -> Candidate:
    provider = item.provider
    return Candidate(
        provider_id=provider.id,
        team_id=item.team.id,
        service_preference=provider.preferences[order.category],
        tier=provider.tier,
        distance_km=item.distance_km(place),
        first_time_rate=provider.quality.first_time_rate,
        satisfaction=provider.quality.satisfaction,
        punctuality=provider.quality.punctuality,
        same_provider=provider.id in same,
    )


def _funnel(found: Sequence[Fitting], screened: Mapping[UUID, tuple[str, ...]], fit: int) -> dict[str, Any]:
    excluded = [
        {"providerId": str(i.provider.id), "teamId": str(i.team.id), "reasons": list(screened[i.team.id])}
        for i in found
        if screened[i.team.id]
    ]
    counts = Counter(reason for reasons in screened.values() for reason in reasons)
    return {"considered": len(found), "excludedBy": dict(counts), "excluded": excluded, "fit": fit}


def _run(
    unit: UnitOfWork,
    order: ServiceOrder,
    visit: Visit,
    funnel: Mapping[str, Any],
    candidates: Sequence[Candidate],
    *,
    key: str,
) -> AssignmentRun:
    run = AssignmentRun(
        id=ids.derived_id("run", key),
        visit_id=visit.id,
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        started_at=unit.now,
        funnel=funnel,
        facts=tuple(candidate.model_dump(mode="json", by_alias=True) for candidate in candidates),
    )
    found = {"considered": funnel["considered"], "fit": funnel["fit"]}
    unit.orders.note(order, "providers searched", visitId=str(visit.id), **found)
    return unit.runs.find(run.id) or unit.runs.add(run)
