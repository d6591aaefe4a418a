"""Offers to providers, the assignments they lead to, and the record of how a provider was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.domain.states import ASSIGNMENT, AssignmentState, BroadcastState, OfferState
from workers.domain.values import OfferMode

PROVIDER_WITHDREW = "provider withdrew"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An invitation to a provider to take a visit."""

    id: UUID
    visit_id: UUID
    order_id: UUID
    provider_id: UUID
    team_id: UUID
    country_code: str
    bu_code: str
    mode: OfferMode
    sent_at: datetime
    expires_at: datetime
    score: float = 0.0
    state: OfferState = OfferState.PENDING
    answered_at: datetime | None = None
    rejection_reason: str | None = None
    broadcast_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Broadcast:
    """One question to several providers at once: the first yes wins, in the database."""

    id: UUID
    visit_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    sent_at: datetime
    expires_at: datetime
    max_providers: int
    state: BroadcastState = BroadcastState.ACTIVE
    winning_offer_id: UUID | None = None
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A visit given to a provider's team. At most one accepted per visit."""

    id: UUID
    visit_id: UUID
    order_id: UUID
    provider_id: UUID
    team_id: UUID
    country_code: str
    bu_code: str
    mode: OfferMode
    method: str
    created_at: datetime
    updated_at: datetime
    offer_id: UUID | None = None
    score: float | None = None
    state: AssignmentState = AssignmentState.ACCEPTED
    agreed_price: Decimal | None = None
    justification: str | None = None
    cancel_reason: str | None = None
    version: int = 1

    def cancelled(self, reason: str) -> Assignment:
        """This assignment after it was taken back."""
        ASSIGNMENT.check(self.state, AssignmentState.CANCELLED)
        return replace(self, state=AssignmentState.CANCELLED, cancel_reason=reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentRun:
    """One search for a provider: who was screened out by what, how the rest scored."""

    id: UUID
    visit_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    started_at: datetime
    funnel: Mapping[str, Any]
    facts: tuple[Mapping[str, Any], ...] = ()
    ranking: tuple[Mapping[str, Any], ...] = ()
    version: int = 1


def tie_breaker(scored: Mapping[str, Any], facts: Mapping[str, Any]) -> tuple[float, float, float, str]:
    """Sort key of a ranking: higher score, then nearer, then better figures, then the id."""
    quality = sum(float(facts.get(part, 0.0)) for part in ("firstTimeRate", "punctuality"))
    quality += float(facts.get("satisfaction", 0.0)) / 5
    return (-float(scored["score"]), float(facts.get("distanceKm", 0.0)), -quality, str(scored["providerId"]))
