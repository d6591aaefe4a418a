"""A provider may not work any more: what it was asked is taken back, what it had planned is planned anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from workers.domain.assignments import Offer
from workers.domain.onboarding import DocumentKind, ProviderState
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Provider
from workers.domain.states import NegotiationState, OfferState
from workers.domain.visits import Visit
from workers.journey import farewell, release
from workers.journey.notify import Subkey
from workers.journey.post import Post
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

DOCUMENTS = "DOCUMENTS"
ANSWERED = timedelta(hours=48)


def suspend(unit: UnitOfWork, provider: Provider) -> Provider:
    """Its own papers ended: no work until they are renewed. One that is not active keeps its state."""
    if provider.status is not ProviderState.ACTIVE:
        return provider
    return unit.onboarding.move(replace(provider, documents_valid=False), ProviderState.SUSPENDED, reason=DOCUMENTS)


def take_back(
    unit: UnitOfWork, post: Post, provider: Provider, subkey: Subkey, *, skill: DocumentKind | None = None
) -> list[ProcessMessage]:
    """Open offers and visits nobody is at yet, all of them or those that need one certificate; what the journeys must hear.

    A visit is planned anew by its journey: it looks for another day and another provider, and tells the customer.
    """
    told: list[ProcessMessage] = []
    for offer in unit.onboarding.asked(provider.id):
        order, visit = unit.orders.get(offer.order_id), unit.visits.get(offer.visit_id)
        if _needs(visit, skill) and unit.offers.answer(offer.id, OfferState.WITHDRAWN, reason=DOCUMENTS):
            told += _withdrawn(unit, post, order, offer, subkey)
    for visit in unit.onboarding.planned(provider.id, after=unit.now):
        order = unit.orders.get(visit.order_id)
        if _needs(visit, skill) and not order.frozen:
            told += _replanned(unit, order, visit)
    return told


def _needs(visit: Visit, skill: DocumentKind | None) -> bool:
    return skill is None or skill.value in visit.required_certs


def _withdrawn(unit: UnitOfWork, post: Post, order: ServiceOrder, offer: Offer, subkey: Subkey) -> list[ProcessMessage]:
    unit.orders.note(order, "offer withdrawn", offerId=str(offer.id), reason=DOCUMENTS)
    release.end_negotiation(unit, order, offer.id, NegotiationState.CANCELLED)
    visit = unit.visits.get(offer.visit_id)
    farewell.tell(unit, post, order, [farewell.of_offer(visit, offer)], subkey)
    if offer.broadcast_id:
        return []  # the others may still say yes
    return [ProcessMessage("offer-rejected", str(offer.id), f"offer-answered:{offer.id}", ANSWERED)]


def _replanned(unit: UnitOfWork, order: ServiceOrder, visit: Visit) -> list[ProcessMessage]:
    unit.orders.note(order, "visit has to be replanned", visitId=str(visit.id), reason=DOCUMENTS)
    if visit.is_main:
        # An old command must not hit a later loop: nobody keeps it.
        identity = f"visit-replan:{visit.id}:{visit.version}:{DOCUMENTS}"
        return [ProcessMessage("visit-replan-requested", str(order.id), identity, timedelta())]
    release.withdraw(unit, order, visit, reason=DOCUMENTS)
    lasting = max(ANSWERED, visit.start - unit.now + ANSWERED)
    return [
        ProcessMessage("provider-withdrew", str(visit.id), f"provider-withdrew:{visit.id}:{visit.version}", lasting)
    ]
