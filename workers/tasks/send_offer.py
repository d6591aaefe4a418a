"""send-offer: invites a provider to take a visit, and keeps the slot held while they think."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from workers.domain import facts
from workers.domain.errors import ProviderUnreachable, TenantMismatch
from workers.journey import reserving
from workers.journey.almanac import Almanac
from workers.journey.contract import VisitInput, alive, visit_of
from workers.journey.offering import Candidate, Mode, offer_to, planned, tell_offer
from workers.journey.post import Post
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Input(VisitInput):
    """Whom to ask, and how."""

    candidate: Candidate
    mode: Mode


class Output(TaskOutput):
    """The offer is the correlation key of its answer."""

    offer_id: UUID
    offer_expires_at: datetime


@task("send-offer", raises=(ProviderUnreachable, TenantMismatch), system="messaging")
def send_offer(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post, almanac: Almanac) -> Output:
    """Stores the offer, renews the hold and tells the provider; without a way to tell them nothing is offered."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    provider = unit.providers.get(data.candidate.provider_id)
    plan = planned(unit, post, order, visit, provider.id)
    offer = offer_to(order, visit, data.candidate, data.mode, told_at=plan.starts(unit.now), key=ctx.key)
    unit.offers.add(offer)
    reserving.renew(unit, visit, almanac.rules(order, visit), until=offer.expires_at)
    unit.announce(facts.offer(order, offer, "created"))
    unit.orders.note(order, "offer sent", offerId=str(offer.id), provider=provider.name, mode=offer.mode.value)
    tell_offer(unit, post, order, offer, plan=plan, ctx=ctx)
    return Output(offer_id=offer.id, offer_expires_at=offer.expires_at)
