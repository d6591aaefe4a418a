"""Asking providers: when they are told, how long they have, and keeping the slot while they think."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from workers.domain import ids
from workers.domain.assignments import Offer
from workers.domain.errors import ProviderUnreachable
from workers.domain.notices import Plan
from workers.domain.orders import ServiceOrder
from workers.domain.values import OfferMode, Recipient
from workers.domain.visits import BEFORE_VISIT, Visit
from workers.journey import notify
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.ports.errors import Refused
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput

DEFAULT_TIMEOUT = timedelta(hours=24)
SHORTEST = timedelta(minutes=15)


class Candidate(TaskInput):
    """Whom to ask."""

    provider_id: UUID
    team_id: UUID
    score: float = 0.0


class Mode(TaskInput):
    """What the decision `AssignmentMode` said about asking, its time shortened by `OfferTimeout`."""

    name: OfferMode
    timeout: timedelta | None = None
    on_timeout: str | None = None
    parallel: int = 1


def planned(unit: UnitOfWork, post: Post, order: ServiceOrder, visit: Visit, provider_id: UUID) -> Plan:
    """When a provider is told: at night an offer waits for the morning, unless that were too late for the visit."""
    asked = _notice(unit, visit, provider_id)
    plan = notify.plan(unit, post, order, asked)
    late = plan.starts(unit.now) > max(unit.now, visit.start - BEFORE_VISIT - SHORTEST)
    return notify.plan(unit, post, order, replace(asked, urgent=True)) if late else plan


def answer_until(told_at: datetime, visit: Visit, mode: Mode) -> datetime:
    """When an offer ends: in time for the team to get ready, and nobody is asked for less than a moment."""
    until = min(told_at + (mode.timeout or DEFAULT_TIMEOUT), visit.start - BEFORE_VISIT)
    return max(told_at + SHORTEST, until)


def offer_to(
    order: ServiceOrder,
    visit: Visit,
    candidate: Candidate,
    mode: Mode,
    *,
    told_at: datetime,
    key: str,
    broadcast_id: UUID | None = None,
) -> Offer:
    """A new open offer. Its clock runs from when the provider is told."""
    return Offer(
        id=ids.derived_id("offer", key),
        visit_id=visit.id,
        order_id=order.id,
        provider_id=candidate.provider_id,
        team_id=candidate.team_id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        mode=mode.name,
        sent_at=told_at,
        expires_at=answer_until(told_at, visit, mode),
        score=candidate.score,
        broadcast_id=broadcast_id,
    )


def tell_offer(unit: UnitOfWork, post: Post, order: ServiceOrder, offer: Offer, *, plan: Plan, ctx: Context) -> None:
    """Tells the provider of an offer; `ProviderUnreachable` when there is no way."""
    notice = replace(_notice(unit, unit.visits.get(offer.visit_id), offer.provider_id), offer=offer)
    try:
        reached = notify.send(unit, post, order, notice, lambda *part: ctx.subkey(offer.id, *part), planned=plan)
    except Refused as refusal:
        raise ProviderUnreachable("Every address of the provider was refused") from refusal
    if not reached:
        raise ProviderUnreachable


def _notice(unit: UnitOfWork, visit: Visit, provider_id: UUID) -> Notice:
    provider = unit.providers.get(provider_id)
    return Notice(template="job-offer", recipient=Recipient.PROVIDER, visit=visit, provider=provider)
