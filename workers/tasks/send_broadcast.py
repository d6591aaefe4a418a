"""send-broadcast: asks several providers at once; the first yes gets the visit."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from workers.domain import facts, ids
from workers.domain.assignments import Broadcast, Offer
from workers.domain.errors import ProviderUnreachable, TenantMismatch
from workers.domain.notices import Plan
from workers.domain.orders import ServiceOrder
from workers.domain.states import BroadcastState, OfferState
from workers.domain.visits import Visit
from workers.journey import reserving
from workers.journey.almanac import Almanac
from workers.journey.contract import VisitInput, alive, visit_of
from workers.journey.offering import Candidate, Mode, answer_until, offer_to, planned, tell_offer
from workers.journey.post import Post
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Input(VisitInput):
    """The ranking, best first, and how many of it are asked (`mode.parallel`)."""

    ranked: list[Candidate]
    mode: Mode


class Output(TaskOutput):
    """The broadcast is the correlation key of its answer."""

    broadcast_id: UUID
    broadcast_expires_at: datetime


@task("send-broadcast", raises=(ProviderUnreachable, TenantMismatch), system="messaging")
def send_broadcast(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post, almanac: Almanac) -> Output:
    """Stores one offer each and tells them; who cannot be told is not asked. `ProviderUnreachable` when nobody can."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    for old in unit.broadcasts.active_of(visit.id):
        unit.broadcasts.end(old.id, BroadcastState.EXPIRED)
    chosen = data.ranked[: data.mode.parallel]
    plans = [planned(unit, post, order, visit, candidate.provider_id) for candidate in chosen]
    told_at = max((plan.starts(unit.now) for plan in plans), default=unit.now)
    broadcast = unit.broadcasts.add(_broadcast(order, visit, data, told_at, ctx.key))
    told = []
    for index, (candidate, plan) in enumerate(zip(chosen, plans, strict=True)):
        key = f"{ctx.key}:{index}"
        offer = offer_to(order, visit, candidate, data.mode, told_at=told_at, key=key, broadcast_id=broadcast.id)
        told += _told(unit, post, order, unit.offers.add(offer), plan, ctx=ctx)
    if not told:
        raise ProviderUnreachable("None of the providers could be told")
    reserving.renew(unit, visit, almanac.rules(order, visit), until=broadcast.expires_at)
    unit.orders.note(order, "several providers asked", broadcastId=str(broadcast.id), asked=len(told))
    return Output(broadcast_id=broadcast.id, broadcast_expires_at=broadcast.expires_at)


def _broadcast(order: ServiceOrder, visit: Visit, data: Input, told_at: datetime, key: str) -> Broadcast:
    return Broadcast(
        id=ids.derived_id("broadcast", key),
        visit_id=visit.id,
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        sent_at=told_at,
        expires_at=answer_until(told_at, visit, data.mode),
        max_providers=data.mode.parallel,
    )


def _told(unit: UnitOfWork, post: Post, order: ServiceOrder, offer: Offer, plan: Plan, *, ctx: Context) -> list[Offer]:
    """The offer, if its provider could be told; else it is withdrawn."""
    try:
        tell_offer(unit, post, order, offer, plan=plan, ctx=ctx)
    except ProviderUnreachable:
        unit.offers.answer(offer.id, OfferState.WITHDRAWN, reason="not reached")
        return []
    unit.announce(facts.offer(order, offer, "created"))
    return [offer]
