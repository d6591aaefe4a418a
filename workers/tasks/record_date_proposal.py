"""record-date-proposal: a provider or a customer proposes another date for the visit of an open offer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from pydantic import Field

from workers.domain import facts
from workers.domain.errors import DateNotAllowed, OfferAlreadyAnswered, TenantMismatch
from workers.domain.negotiations import DateNegotiation, Round, Side
from workers.domain.states import NegotiationState, OfferState
from workers.journey import dates, reserving
from workers.journey.almanac import Almanac
from workers.journey.contract import Blank, VisitInput, visit_of
from workers.journey.dates import Wanted
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task


class Proposal(TaskInput):
    """The date, and AM, PM or an hour where that matters."""

    day: date = Field(alias="date")
    window: Blank[str] = None


class Input(VisitInput):
    """Who proposes what in which round; the other side has `answer_within` for its answer (a duration of the model)."""

    offer_id: UUID
    negotiation_id: UUID
    proposal: Proposal
    by: Side
    round: int
    answer_within: timedelta


class Output(TaskOutput):
    """Until when an answer is awaited, and what silence of the customer leaves."""

    answer_by: datetime
    original_still_possible: bool


@task("record-date-proposal", raises=(DateNotAllowed, OfferAlreadyAnswered, TenantMismatch))
def record_date_proposal(data: Input, ctx: Context, *, unit: UnitOfWork, almanac: Almanac) -> Output:
    """Checks the date once more, adds the round and keeps the slot held while the other side thinks."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    negotiation = unit.negotiations.get(data.negotiation_id)
    offer = unit.offers.get(data.offer_id)
    if offer.state is OfferState.PENDING and _forgotten(negotiation):
        raise DateNotAllowed(
            f"Expected a date that is allowed, but negotiation {negotiation.id} was ended for one that is not"
        )
    if offer.state is not OfferState.PENDING or negotiation.state is not NegotiationState.IN_PROGRESS:
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open, but it is {offer.state}")
    wanted = Wanted(data.proposal.day, data.proposal.window)
    try:
        kept = dates.allowed(unit, almanac, order, visit, team_id=offer.team_id, wanted=wanted)
    except DateNotAllowed:
        _forget(unit, negotiation)
        raise
    if data.round > len(negotiation.rounds):
        item = Round(n=data.round, by=data.by, day=wanted.day, window=wanted.window, proposed_at=unit.now)
        negotiation = negotiation.proposed(item)
    answer_by = unit.now + data.answer_within
    negotiation = unit.negotiations.save(negotiation.waits_until(answer_by))
    reserving.renew(unit, visit, kept.rules, until=answer_by)
    unit.announce(facts.negotiation(order, negotiation, "proposed"))
    return Output(answer_by=answer_by, original_still_possible=negotiation.original_still_possible)


def _forget(unit: UnitOfWork, negotiation: DateNegotiation) -> None:
    """A first proposal that is not allowed is none: the offer is as open as before."""
    if _first(negotiation):
        unit.negotiations.save(negotiation.ended(NegotiationState.CANCELLED))
        unit.keep()


def _first(negotiation: DateNegotiation) -> bool:
    return len(negotiation.rounds) == 1 and negotiation.last.answer is None


def _forgotten(negotiation: DateNegotiation) -> bool:
    """Whether a former attempt of this job, whose answer got lost, ended it."""
    return negotiation.state is NegotiationState.CANCELLED and _first(negotiation)
