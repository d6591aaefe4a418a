"""withdraw-offer: the platform takes an open offer back, and with it the negotiation of its date."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import OfferAlreadyAnswered, TenantMismatch
from workers.domain.states import NegotiationState, OfferState
from workers.journey.contract import VisitInput
from workers.journey.release import end_negotiation
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(VisitInput):
    """The offer. `silent` says that nobody answered the newest round; `escalated` that an operator ended it."""

    offer_id: UUID
    silent: bool = False
    escalated: bool = False


@task("withdraw-offer", raises=(OfferAlreadyAnswered, TenantMismatch))
def withdraw_offer(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Withdraws the offer unless an answer was quicker."""
    order = unit.orders.of(data)
    negotiation = unit.negotiations.open_of(data.offer_id)
    if data.silent and negotiation and negotiation.last.answer:
        raise OfferAlreadyAnswered(f"Expected nobody to have answered about offer {data.offer_id}, but somebody did")
    if negotiation:
        end = NegotiationState.ESCALATED if data.escalated else NegotiationState.CANCELLED
        end_negotiation(unit, order, data.offer_id, end)
    reason = "no date was agreed"
    if unit.offers.answer(data.offer_id, OfferState.WITHDRAWN, reason=reason) is None:
        raise OfferAlreadyAnswered
    unit.orders.note(order, "offer withdrawn", offerId=str(data.offer_id), reason=reason)
