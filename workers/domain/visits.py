"""Visits, and what is done on them: bookings, executions, outcomes of technical visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from workers.domain.states import BOOKING, REPLANNABLE_VISITS, VISIT, BookingState, VisitState
from workers.domain.values import Completion, GoStatus, ScopeChange, ServiceType, TvResult, VisitKind

NO_SHOW_AFTER = timedelta(minutes=30)
BEFORE_VISIT = timedelta(hours=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One appointment of a work team at the order's address."""

    id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    kind: VisitKind
    service_type: ServiceType
    duration_min: int
    sequence: int
    created_at: datetime
    updated_at: datetime
    crew_size: int = 1
    required_certs: tuple[str, ...] = ()
    planned_start: datetime | None = None
    planned_end: datetime | None = None
    slot_label: str | None = None
    state: VisitState = VisitState.PLANNED
    continues: UUID | None = None
    not_before: date | None = None
    go_status: GoStatus = GoStatus.PENDING
    version: int = 1

    @property
    def is_main(self) -> bool:
        """Whether it belongs to the main work and not to the survey before it."""
        return self.kind is not VisitKind.TECHNICAL_VISIT

    @property
    def start(self) -> datetime:
        """When the team is due; a visit without a slot has none."""
        assert self.planned_start is not None, f"visit {self.id} has no slot"
        return self.planned_start

    @property
    def no_show_at(self) -> datetime:
        """From when on a team that is not there counts as missing."""
        return self.start + NO_SHOW_AFTER

    def moved(self, *targets: VisitState) -> Visit:
        """This visit after the moves; `InvalidTransition` when one does not exist."""
        visit = self
        for target in targets:
            VISIT.check(visit.state, target)
            visit = replace(visit, state=target)
        return visit

    def held(self) -> Visit:
        """This visit with a slot held again, whatever part of the way it had gone before; a new date needs a new go check."""
        back = (VisitState.RELEASED,) if self.state in REPLANNABLE_VISITS else ()
        again = (VisitState.PLANNED,) if back or self.state is VisitState.RELEASED else ()
        return replace(self.moved(*back, *again, VisitState.HELD), go_status=GoStatus.PENDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Part of a team's day, in quarter-hours 0-95, travel beside it. Two live bookings of a team never overlap.

    A visit of several days, or of several teams, has one for each of them: `part` counts them, 1 is the lead's first day.
    """

    id: UUID
    visit_id: UUID
    order_id: UUID
    team_id: UUID
    country_code: str
    bu_code: str
    day: date
    start_q: int
    end_q: int
    travel_q: int
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    part: int = 1
    kind: str = "SERVICE_ORDER"
    state: BookingState = BookingState.PRE_BOOKED
    version: int = 1

    def moved(self, target: BookingState) -> Booking:
        """This booking in state `target`."""
        BOOKING.check(self.state, target)
        return replace(self, state=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What a team did on a visit: arrival, departure, result."""

    id: UUID
    visit_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    dispatched_at: datetime
    provider_id: UUID | None = None
    team_id: UUID | None = None
    checked_in_at: datetime | None = None
    checked_out_at: datetime | None = None
    completion_status: Completion | None = None
    reason: str | None = None
    record: Mapping[str, Any] | None = None
    arrival: Mapping[str, Any] | None = field(default=None, repr=False)
    pauses: tuple[Mapping[str, Any], ...] = ()
    version: int = 1

    @property
    def minutes(self) -> int | None:
        """How long the team worked on site; pauses, the nights of longer work among them, are no work."""
        if self.checked_in_at is None or self.checked_out_at is None:
            return None
        away = self._away(self.checked_out_at)
        return max(0, int((self.checked_out_at - self.checked_in_at - away).total_seconds() // 60))

    def _away(self, until: datetime) -> timedelta:
        """All pauses together; one that was never ended lasts until the team left."""
        away, since = timedelta(), None
        for mark in self.pauses:
            if "from" in mark:
                since = datetime.fromisoformat(str(mark["from"]))
            elif since is not None:
                away, since = away + datetime.fromisoformat(str(mark["until"])) - since, None
        return away + (until - since if since is not None and since < until else timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Modification:
    """One change a technical visit asks for."""

    description: str
    extra_minutes: int = 0
    requires_repricing: bool = False
    estimated_delta: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class TvOutcome:
    """What a technical visit found. Modifications are required for YES_BUT."""

    id: UUID
    number: str
    visit_id: UUID
    execution_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    outcome: TvResult
    recorded_at: datetime
    modifications: tuple[Modification, ...] = ()
    reason: str | None = None
    scope_change: ScopeChange = ScopeChange.NONE
    version: int = 1

    @property
    def repricing_needed(self) -> bool:
        """Whether sales has to ask the customer for another price."""
        return any(change.requires_repricing for change in self.modifications)

    @property
    def extra_minutes(self) -> int:
        """How much longer the main work takes."""
        return sum(change.extra_minutes for change in self.modifications)

    def change_percent(self, total: Decimal) -> float:
        """How far the price is estimated to move, in per cent of what was sold."""
        delta = sum((change.estimated_delta for change in self.modifications), Decimal(0))
        return float(round(delta / total * 100, 2)) if total else 0.0
