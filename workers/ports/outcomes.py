"""Telling a sales system the outcome of a visit by calling it: the webhook beside the event (domain brief 3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from workers.ports.sales import OrderReference


class VisitOutcome(StrEnum):
    """How the work ended."""

    COMPLETED = "COMPLETED"
    PARTIALLY_COMPLETED = "PARTIALLY_COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the sales system is told. `event_id` is the same whenever the same outcome is told again; nobody is named."""

    event_id: UUID
    order: OrderReference
    outcome: VisitOutcome
    completed_at: datetime
    visit_id: UUID | None = None
    actual_minutes: int = 0
    team_name: str | None = None
    items: Sequence[Mapping[str, Any]] = ()
    satisfaction: int | None = None
    issues: Sequence[str] = field(default=())
    follow_up_reason: str | None = None


class OutcomeWebhooks(Protocol):
    """Calls the sales systems."""

    def deliver(self, outcome: Outcome) -> bool:
        """Tells an outcome; False when the system of this tenant wants no calls.

        `Unavailable` when it did not take it after the retries, `Refused` or `Misconfigured` when it never will.
        """
        ...
