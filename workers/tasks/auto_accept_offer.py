"""auto-accept-offer: silence counts as yes where the country says so."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts
from workers.domain.errors import OfferAlreadyAnswered, TenantMismatch
from workers.domain.states import OfferState
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The offer nobody answered."""

    offer_id: UUID


@task("auto-accept-offer", raises=(OfferAlreadyAnswered, TenantMismatch))
def auto_accept_offer(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Accepts the offer unless an answer, or the proposal of another date, was quicker."""
    order = unit.orders.of(data)
    if unit.negotiations.open_of(data.offer_id):
        raise OfferAlreadyAnswered(f"Expected offer {data.offer_id} to be unanswered, but a date is being negotiated")
    offer = unit.offers.answer(data.offer_id, OfferState.AUTO_ACCEPTED)
    if offer is None:
        raise OfferAlreadyAnswered
    unit.announce(facts.offer(order, offer, "auto_accepted"))
    unit.orders.note(order, "offer accepted by silence", offerId=str(offer.id))
