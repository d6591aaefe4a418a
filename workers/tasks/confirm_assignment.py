"""confirm-assignment: the provider who said yes, or whom an operator chose, gets the visit."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from workers.domain import facts, ids, scheduling
from workers.domain.assignments import Assignment, Offer
from workers.domain.errors import NotKnown, OfferNoLongerOpen, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import WON_OFFERS, OfferState, OrderState, VisitState
from workers.domain.values import OfferMode
from workers.domain.visits import Booking, Visit
from workers.journey import planning
from workers.journey.appointment import Appointment, appointment_of
from workers.journey.contract import Blank, VisitInput, visit_of
from workers.journey.release import end_offers
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task


class Choice(TaskInput):
    """Whom an operator chose in the form `assign-provider`, or whom the decision assigns directly. Ids may be mistyped."""

    decision: str = "ASSIGN"
    provider_id: Blank[str] = None
    team_id: Blank[str] = None
    agreed_price: Blank[Decimal] = None
    justification: Blank[str] = None


class Input(VisitInput):
    """The accepted offer, or a choice, or the best candidate of a direct assignment."""

    offer_id: UUID | None = None
    choice: Choice | None = None
    candidate: Choice | None = None


class Output(Appointment):
    """Who has the visit now, and when it is: a negotiated date is another one than was searched for."""

    assignment_id: UUID
    provider_id: UUID
    work_team_id: UUID


class Award(NamedTuple):
    """Who gets the visit, and on what ground."""

    provider_id: UUID
    team_id: UUID
    method: str
    mode: OfferMode
    offer: Offer | None = None
    price: Decimal | None = None
    justification: str | None = None


@task("confirm-assignment", raises=(OfferNoLongerOpen, TenantMismatch))
def confirm_assignment(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Assigns the visit, moves its slot to the winning team and closes the other offers."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    if order.frozen or visit.state is not VisitState.HELD:
        raise OfferNoLongerOpen(f"Expected visit {visit.id} to wait for a provider, but it is {visit.state}")
    award = _award(unit, order, visit, data)
    end_offers(unit, order, visit, OfferState.CLOSED, reason="another offer won")
    booking = _move_slot(unit, order, visit, award.team_id, ctx.key)
    assignment = unit.assignments.add(_assignment(unit, order, visit, award, ctx.key))
    unit.visits.save(visit.moved(VisitState.ASSIGNED))
    unit.announce(facts.assignment(order, assignment, "confirmed", day=order.country.day(visit.start).isoformat()))
    name = unit.providers.get(award.provider_id).name
    unit.orders.note(order, "provider assigned", visitId=str(visit.id), provider=name, method=award.method)
    if order.driven_by(visit.kind):
        unit.orders.move(order, OrderState.ASSIGNED)
    appointment = appointment_of(visit, booking)
    return Output(assignment_id=assignment.id, provider_id=award.provider_id, work_team_id=award.team_id, **appointment)


def _award(unit: UnitOfWork, order: ServiceOrder, visit: Visit, data: Input) -> Award:
    if data.choice is not None and data.choice.decision == "ASSIGN" and data.choice.provider_id:
        return _chosen(unit, order, data.choice, data.choice.provider_id, "MANUAL")
    if data.offer_id is not None:
        return _won(unit, visit, data.offer_id)
    if data.candidate is not None and data.candidate.provider_id:
        return _chosen(unit, order, data.candidate, data.candidate.provider_id, "DIRECT")
    raise OfferNoLongerOpen("Expected an offer, a choice or a candidate, but there is none")


def _won(unit: UnitOfWork, visit: Visit, offer_id: UUID) -> Award:
    offer = unit.offers.get(offer_id)
    if offer.state is OfferState.PENDING and offer.expires_at > unit.now:
        # The answer's message overtook its row: it is an answer all the same.
        offer = unit.offers.answer(offer_id, OfferState.ACCEPTED) or offer
    if offer.visit_id != visit.id or offer.state not in WON_OFFERS:
        raise OfferNoLongerOpen(f"Expected offer {offer_id} to be accepted, but it is {offer.state}")
    return Award(offer.provider_id, offer.team_id, "OFFER", offer.mode, offer)


def _chosen(unit: UnitOfWork, order: ServiceOrder, choice: Choice, named: str, method: str) -> Award:
    try:
        provider_id = unit.providers.get(UUID(named)).id
        team = unit.providers.team(UUID(choice.team_id)).id if choice.team_id else _first_team(unit, order, provider_id)
    except (ValueError, NotKnown) as error:
        raise OfferNoLongerOpen(f"Nobody is known as {named!r} with the team {choice.team_id!r}") from error
    if unit.providers.team(team).provider_id != provider_id:
        raise OfferNoLongerOpen(f"Expected a team of provider {provider_id}, but {team} is another provider's")
    return Award(
        provider_id,
        team,
        method,
        OfferMode.DIRECT,
        price=choice.agreed_price,
        justification=choice.justification,
    )


def _first_team(unit: UnitOfWork, order: ServiceOrder, provider_id: UUID) -> UUID:
    teams = [fit.team.id for fit in unit.providers.fitting(order) if fit.provider.id == provider_id]
    if not teams:
        raise OfferNoLongerOpen(f"Provider {provider_id} has no active team that serves the address")
    return teams[0]


def _move_slot(unit: UnitOfWork, order: ServiceOrder, visit: Visit, team_id: UUID, key: str) -> Booking:
    """The slot was held with some fitting team; now it is the winner's, if they are still free. A lapsed hold is made anew."""
    held = next(iter(unit.bookings.live_of(visit.id)), None)
    if held and held.team_id == team_id:
        return held
    booking = replace(held, team_id=team_id) if held else _held_anew(unit, order, visit, team_id, key)
    kept = unit.bookings.hold(booking)
    if kept is None:
        raise OfferNoLongerOpen(f"Team {team_id} was booked meanwhile")
    return kept


def _held_anew(unit: UnitOfWork, order: ServiceOrder, visit: Visit, team_id: UUID, key: str) -> Booking:
    if visit.planned_start is None or visit.planned_end is None:
        raise OfferNoLongerOpen(f"Expected visit {visit.id} to have a date, but it has none")
    slot = scheduling.slot_at(visit.planned_start, visit.planned_end, visit.slot_label, order.country)
    return planning.booking_of(unit, order, visit, team_id, slot, key=key)


def _assignment(unit: UnitOfWork, order: ServiceOrder, visit: Visit, award: Award, key: str) -> Assignment:
    return Assignment(
        id=ids.derived_id("assignment", key),
        visit_id=visit.id,
        order_id=order.id,
        provider_id=award.provider_id,
        team_id=award.team_id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        mode=award.mode,
        method=award.method,
        created_at=unit.now,
        updated_at=unit.now,
        offer_id=award.offer.id if award.offer else None,
        score=award.offer.score if award.offer else None,
        agreed_price=award.price if award.price is not None else order.provider_total,
        justification=award.justification,
    )
