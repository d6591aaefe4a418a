"""record-checkin: the team reported that it arrived."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from workers.domain import facts, gates
from workers.domain.errors import TenantMismatch
from workers.domain.states import OrderState, VisitState
from workers.journey.contract import VisitInput, alive, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task

CHECKED_IN = "execution.checkin.completed"


class CheckIn(TaskInput):
    """What the provider's app sent."""

    at: datetime | None = None


class Input(VisitInput):
    """Who arrived where."""

    execution_id: UUID
    check_in: CheckIn


@task("record-checkin", raises=(TenantMismatch,))
def record_checkin(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The visit is on site; main work moves the order to IN_PROGRESS."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    gates.check_entry(order, visit)
    at = data.check_in.at or unit.now
    execution = unit.executions.save(replace(unit.executions.get(data.execution_id), checked_in_at=at))
    unit.visits.save(visit.moved(VisitState.ON_SITE))
    unit.announce(facts.team(order, execution, CHECKED_IN, at=at.isoformat()))
    unit.orders.note(order, "team on site", visitId=str(visit.id), checkedInAt=at.isoformat())
    if order.driven_by(visit.kind):
        unit.orders.move(order, OrderState.IN_PROGRESS)
