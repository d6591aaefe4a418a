"""finalize-date-agreement: both sides have a date; the slot is moved and the offer is accepted with it."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from workers.domain import facts
from workers.domain.errors import DateNotAllowed, OfferAlreadyAnswered, TenantMismatch
from workers.domain.negotiations import DateAnswer, DateNegotiation
from workers.domain.states import OfferState
from workers.journey import dates
from workers.journey.almanac import Almanac
from workers.journey.contract import Blank, VisitInput, visit_of
from workers.journey.dates import Wanted
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task


class Agreed(TaskInput):
    """A date an operator agreed on with both sides."""

    day: Blank[date] = Field(default=None, alias="date")
    window: Blank[str] = None
    spoke_with: Blank[str] = None


class Input(VisitInput):
    """The negotiation; an operator's date, or the original one where silence leaves it, else the newest proposal."""

    offer_id: UUID
    negotiation_id: UUID
    keep_original: bool = False
    agreed: Agreed | None = None


class Output(TaskOutput):
    """The date, and whether sales has to be told of it: a survey's date is ours."""

    agreed_date: date
    tell_sales: bool


@task("finalize-date-agreement", raises=(DateNotAllowed, OfferAlreadyAnswered, TenantMismatch))
def finalize_date_agreement(data: Input, ctx: Context, *, unit: UnitOfWork, almanac: Almanac) -> Output:
    """Accepts the offer for the provider, whose yes to the date is a yes to the visit."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    negotiation = unit.negotiations.get(data.negotiation_id)
    offer = unit.offers.get(data.offer_id)
    if offer.state is not OfferState.PENDING or (data.keep_original and negotiation.last.answer):
        raise OfferAlreadyAnswered(f"Expected offer {offer.id} to be open and unanswered, but it is {offer.state}")
    if data.keep_original and visit.start <= unit.now:
        raise DateNotAllowed(f"Expected visit {visit.id} to be still to come, but it was for {visit.start.isoformat()}")
    wanted = _wanted(data, negotiation)
    if wanted:
        kept = dates.allowed(unit, almanac, order, visit, team_id=offer.team_id, wanted=wanted)
        dates.move(unit, order, visit, kept=kept, key=ctx.key)
    day = wanted.day if wanted else negotiation.original_day
    agreed = unit.negotiations.save(negotiation.agreed(day))
    accepted = unit.offers.answer(offer.id, OfferState.ACCEPTED) or offer
    unit.announce(facts.negotiation(order, agreed, "accepted"))
    unit.announce(facts.offer(order, accepted, "accepted"))
    by = {"spokeWith": data.agreed.spoke_with} if data.agreed and data.agreed.spoke_with else {}
    unit.orders.note(order, "date agreed", negotiationId=str(agreed.id), day=day.isoformat(), **by)
    return Output(agreed_date=day, tell_sales=wanted is not None and order.driven_by(visit.kind))


def _wanted(data: Input, negotiation: DateNegotiation) -> Wanted | None:
    if data.keep_original:
        return None
    if data.agreed and data.agreed.day:
        return Wanted(data.agreed.day, data.agreed.window)
    if negotiation.last.answer is not DateAnswer.ACCEPTED:
        raise DateNotAllowed("Expected a date both sides agreed on, but there is none")
    return Wanted(negotiation.last.day, negotiation.last.window)
