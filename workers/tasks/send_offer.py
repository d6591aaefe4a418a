"""send-offer: invites a provider to take a visit, and keeps the slot held while they think."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from workers.domain import facts, ids
from workers.domain.assignments import Offer
from workers.domain.errors import ProviderUnreachable, TenantMismatch
from workers.domain.notices import Plan
from workers.domain.orders import ServiceOrder
from workers.domain.states import BookingState
from workers.domain.values import OfferMode, Recipient
from workers.domain.visits import BEFORE_VISIT, HOLD_FOR, Visit
from workers.journey import notify
from workers.journey.contract import VisitInput, alive, visit_of
from workers.journey.notice import Notice
from workers.journey.post import Post
from workers.ports.errors import Refused
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

DEFAULT_TIMEOUT = timedelta(hours=24)
SHORTEST = timedelta(minutes=15)


class Candidate(TaskInput):
    """Whom to ask."""

    provider_id: UUID
    team_id: UUID
    score: float = 0.0


class Mode(TaskInput):
    """What the decision `AssignmentMode` said about asking."""

    name: OfferMode
    timeout: timedelta | None = None
    on_timeout: str | None = None


class Input(VisitInput):
    """Whom to ask, and how."""

    candidate: Candidate
    mode: Mode


class Output(TaskOutput):
    """The offer is the correlation key of its answer."""

    offer_id: UUID
    offer_expires_at: datetime


@task("send-offer", raises=(ProviderUnreachable, TenantMismatch), system="messaging")
def send_offer(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> Output:
    """Stores the offer, renews the hold and tells the provider; without a way to tell them nothing is offered."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    provider = unit.providers.get(data.candidate.provider_id)
    asked = Notice(template="job-offer", recipient=Recipient.PROVIDER, visit=visit, provider=provider)
    planned = _planned(unit, post, order, visit, asked)
    told_at = planned.starts(unit.now)
    offer = unit.offers.add(_offer(order, visit, data, ctx.key, told_at=told_at))
    _renew_hold(unit, visit, until=offer.expires_at)
    unit.announce(facts.offer(order, offer, "created"))
    unit.orders.note(order, "offer sent", offerId=str(offer.id), provider=provider.name, mode=offer.mode.value)
    try:
        reached = notify.send(unit, post, order, replace(asked, offer=offer), ctx.subkey, planned=planned)
    except Refused as refusal:
        raise ProviderUnreachable("Every address of the provider was refused") from refusal
    if not reached:
        raise ProviderUnreachable
    return Output(offer_id=offer.id, offer_expires_at=offer.expires_at)


def _planned(unit: UnitOfWork, post: Post, order: ServiceOrder, visit: Visit, asked: Notice) -> Plan:
    """At night an offer waits for the morning, unless that would be too late for the visit: then it rings."""
    planned = notify.plan(unit, post, order, asked)
    late = planned.starts(unit.now) > max(unit.now, visit.start - BEFORE_VISIT - SHORTEST)
    return notify.plan(unit, post, order, replace(asked, urgent=True)) if late else planned


def _offer(order: ServiceOrder, visit: Visit, data: Input, key: str, *, told_at: datetime) -> Offer:
    """The clock of an offer runs from when the provider is told: one at night from the morning."""
    return Offer(
        id=ids.derived_id("offer", key),
        visit_id=visit.id,
        order_id=order.id,
        provider_id=data.candidate.provider_id,
        team_id=data.candidate.team_id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        mode=data.mode.name,
        sent_at=told_at,
        expires_at=_until(told_at, visit, data.mode.timeout or DEFAULT_TIMEOUT),
        score=data.candidate.score,
    )


def _until(now: datetime, visit: Visit, timeout: timedelta) -> datetime:
    """An offer ends in time for the team to get ready, but nobody is asked for less than a moment."""
    return max(now + SHORTEST, min(now + timeout, visit.start - BEFORE_VISIT))


def _renew_hold(unit: UnitOfWork, visit: Visit, *, until: datetime) -> None:
    """A hold must outlive the offer made for it."""
    for booking in unit.bookings.live_of(visit.id):
        if booking.state is BookingState.PRE_BOOKED:
            unit.bookings.save(replace(booking, expires_at=max(booking.expires_at, until + HOLD_FOR)))
