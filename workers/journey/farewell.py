"""Telling providers that a visit, or an offer of it, is not theirs any more."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from workers.domain.assignments import Offer
from workers.domain.orders import ServiceOrder
from workers.domain.states import OfferState
from workers.domain.values import Recipient
from workers.domain.visits import Visit
from workers.journey import notify
from workers.journey.notify import Notice, Subkey
from workers.journey.post import Post
from workers.ports.errors import Refused
from workers.ports.repositories import UnitOfWork

SCHEDULE_CHANGED, OFFER_CLOSED, OFFER_EXPIRED = "schedule-changed", "job-offer-closed", "job-offer-expired"
REASSIGNED = "REASSIGNED"


class Concerned(NamedTuple):
    """A provider who has the visit or an open offer of it: what to tell them when they lose it."""

    provider_id: UUID
    visit: Visit
    template: str
    offer: Offer | None = None


def concerned(unit: UnitOfWork, visit: Visit, *, keep: UUID | None = None) -> list[Concerned]:
    """Who has something to lose, asked before it is taken; `keep` is a provider who does not lose it."""
    assignment = unit.assignments.accepted(visit.id)
    has = [Concerned(assignment.provider_id, visit, SCHEDULE_CHANGED)] if assignment else []
    offers = [of_offer(visit, offer) for offer in unit.offers.of_visit(visit.id) if offer.state is OfferState.PENDING]
    return [item for item in (*has, *offers) if item.provider_id != keep]


def of_offer(visit: Visit, offer: Offer, template: str = OFFER_CLOSED) -> Concerned:
    """The provider of an offer that ends."""
    return Concerned(offer.provider_id, visit, template, offer)


def tell(
    unit: UnitOfWork,
    post: Post,
    order: ServiceOrder,
    leaving: Sequence[Concerned],
    subkey: Subkey,
    *,
    reason: str = REASSIGNED,
) -> None:
    """One message each; who cannot be reached is noted and stops nothing. `reason`: why a visit is not theirs any more."""
    for item in leaving:
        offer = unit.offers.find(item.offer.id) if item.offer else None
        notice = Notice(
            template=item.template,
            recipient=Recipient.PROVIDER,
            # The day of a visit that was taken away is not news.
            visit=item.visit if offer else None,
            more={} if offer else {"reasonText": reason},
            provider=unit.providers.get(item.provider_id),
            offer=offer,
        )
        try:
            notify.send(unit, post, order, notice, _about(subkey, item))
        except Refused:
            unit.orders.note(order, "provider not reached", template=item.template)


def _about(subkey: Subkey, item: Concerned) -> Subkey:
    """A key of its own for each provider: one job may tell several."""
    return lambda *parts: subkey(item.offer.id if item.offer else item.provider_id, *parts)
