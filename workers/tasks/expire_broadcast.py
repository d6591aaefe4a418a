"""expire-broadcast: nobody of those asked at once said yes in time."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts
from workers.domain.errors import OfferAlreadyAnswered, TenantMismatch
from workers.domain.states import BroadcastState, OfferState
from workers.journey import farewell
from workers.journey.contract import VisitInput, visit_of
from workers.journey.post import Post
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(VisitInput):
    """The broadcast nobody answered."""

    broadcast_id: UUID


@task("expire-broadcast", raises=(OfferAlreadyAnswered, TenantMismatch), system="messaging")
def expire_broadcast(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> None:
    """Expires the broadcast and its open offers, and tells those asked, unless a yes was quicker."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    if unit.broadcasts.end(data.broadcast_id, BroadcastState.EXPIRED) is None:
        raise OfferAlreadyAnswered(f"Expected broadcast {data.broadcast_id} to be active, but it is not")
    offers = [item for item in unit.offers.of_visit(visit.id) if item.broadcast_id == data.broadcast_id]
    expired = [done for item in offers if (done := unit.offers.answer(item.id, OfferState.EXPIRED))]
    for offer in expired:
        unit.announce(facts.offer(order, offer, "expired"))
    unit.orders.note(order, "broadcast expired", broadcastId=str(data.broadcast_id), offers=len(expired))
    leaving = [farewell.of_offer(visit, offer, farewell.OFFER_EXPIRED) for offer in expired]
    farewell.tell(unit, post, order, leaving, ctx.subkey)
