"""confirm-assignment: the provider who said yes, or whom an operator chose, gets the visit."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts, ids
from workers.domain.assignments import Assignment
from workers.domain.errors import AssignmentNotAllowed, OfferNoLongerOpen, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.scheduling import Slot
from workers.domain.slot_rules import SlotRules
from workers.domain.states import OfferState, OrderState, VisitState
from workers.domain.visits import Booking, Visit
from workers.journey import awarding, crews, farewell, reserving
from workers.journey.almanac import Almanac
from workers.journey.appointment import Appointment, appointment_of
from workers.journey.awarding import Award, Choice
from workers.journey.contract import VisitInput, visit_of
from workers.journey.farewell import Concerned
from workers.journey.post import Post
from workers.journey.release import end_offers
from workers.journey.reserving import Plan
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


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


@task("confirm-assignment", raises=(OfferNoLongerOpen, AssignmentNotAllowed, TenantMismatch), system="messaging")
def confirm_assignment(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post, almanac: Almanac) -> Output:
    """Assigns the visit, moves its slot to the winning team and closes the other offers."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    if order.frozen or visit.state is not VisitState.HELD:
        raise OfferNoLongerOpen(f"Expected visit {visit.id} to wait for a provider, but it is {visit.state}")
    award = _award(unit, order, visit, data)
    losers = _losers(unit, visit, award)
    end_offers(unit, order, visit, OfferState.CLOSED, reason="another offer won")
    bookings = _move_slot(unit, order, visit, award, rules=almanac.rules(order, visit), key=ctx.key)
    assignment = unit.assignments.add(_assignment(unit, order, visit, award, ctx.key))
    unit.visits.save(visit.moved(VisitState.ASSIGNED))
    unit.announce(facts.assignment(order, assignment, "confirmed", day=order.country.day(visit.start).isoformat()))
    name = unit.providers.get(award.provider_id).name
    unit.orders.note(order, "provider assigned", visitId=str(visit.id), provider=name, method=award.method)
    farewell.tell(unit, post, order, losers, ctx.subkey)
    if order.driven_by(visit.kind):
        unit.orders.move(order, OrderState.ASSIGNED)
    appointment = appointment_of(order, visit, bookings)
    return Output(assignment_id=assignment.id, provider_id=award.provider_id, work_team_id=award.team_id, **appointment)


def _award(unit: UnitOfWork, order: ServiceOrder, visit: Visit, data: Input) -> Award:
    if data.choice is not None and data.choice.decision == "ASSIGN":
        return awarding.chosen(unit, order, visit, data.choice)
    if data.offer_id is not None:
        return awarding.won(unit, visit, data.offer_id)
    if data.candidate is not None and data.candidate.provider_id:
        return awarding.direct(unit, order, data.candidate)
    raise OfferNoLongerOpen("Expected an offer, a choice or a candidate, but there is none")


def _losers(unit: UnitOfWork, visit: Visit, award: Award) -> list[Concerned]:
    """Whose offers end because somebody else won: those still open, and those of the same broadcast."""
    open_ = farewell.concerned(unit, visit, keep=award.provider_id)
    broadcast = award.offer.broadcast_id if award.offer else None
    lost = [o for o in unit.offers.of_visit(visit.id) if broadcast and o.broadcast_id == broadcast]
    return open_ + [farewell.of_offer(visit, offer) for offer in lost if offer.state is OfferState.CLOSED]


def _move_slot(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, award: Award, *, rules: SlotRules, key: str
) -> list[Booking]:
    """The slot was held with some fitting teams; now it is the winner's, if they are still free. A lapsed hold is made anew."""
    held = unit.bookings.live_of(visit.id)
    if held and held[0].team_id == award.team_id:
        return held
    slot = reserving.slot_for(unit, order, visit)
    plan = Plan(slot=slot, teams=_crew(unit, order, visit, award, slot=slot, rules=rules), rules=rules, key=key)
    kept = reserving.move(unit, order, visit, plan) if plan.teams else None
    if kept is None:
        refused = AssignmentNotAllowed if award.method == "MANUAL" else OfferNoLongerOpen
        why = "is not free at the time of the visit" if plan.teams else f"cannot send {visit.crew_size} people then"
        raise refused(f"Team {award.team_id} {why}")
    return kept


def _crew(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, award: Award, *, slot: Slot, rules: SlotRules
) -> list[UUID]:
    """The winning team, and those of its colleagues it needs; nobody when they are too few."""
    if unit.providers.team(award.team_id).crew_size >= visit.crew_size:
        return [award.team_id]
    lead, fits = crews.colleagues(unit, order, award.team_id)
    calendars = crews.calendars_for(unit, visit, fits, slot.day, slot.stretches[-1].day)
    found = crews.led_by(lead, crews.free_at(fits, calendars, slot, rules), visit.crew_size) if lead else None
    return [fit.team.id for fit in found or ()]


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
