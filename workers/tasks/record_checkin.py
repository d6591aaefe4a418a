"""record-checkin: the team reported that it arrived; what stands against it goes to a supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from workers.domain import facts, gates
from workers.domain.errors import CheckinBlocked, CriticalHazard, OutsideArea, TenantMismatch
from workers.domain.states import OrderState, VisitState
from workers.journey import arrival
from workers.journey.arrival import Admission, CheckIn
from workers.journey.contract import VisitInput, alive, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task

CHECKED_IN = "execution.checkin.completed"
WITHIN_M = 500


class Told(TaskInput):
    """When it was told; where from and what was found is with the execution, because a position is personal."""

    at: datetime | None = None


class Input(VisitInput):
    """Who arrived; `within_m` is how far from the address is near enough, `admission` what a supervisor decided about it."""

    execution_id: UUID
    check_in: Told
    within_m: int = WITHIN_M
    admission: Admission | None = None


@task("record-checkin", raises=(CheckinBlocked, OutsideArea, CriticalHazard, TenantMismatch))
def record_checkin(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The visit is on site; main work moves the order to IN_PROGRESS. A supervisor may let a team in, but past no gate."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    gates.check_entry(order, visit)
    execution = unit.executions.get(data.execution_id)
    arrived = CheckIn.model_validate(dict(execution.arrival or {}))
    record = arrival.check(order, arrived, within_m=data.within_m, admission=data.admission)
    at = data.check_in.at or unit.now
    execution = unit.executions.save(replace(execution, checked_in_at=at, arrival=record))
    unit.visits.save(visit.moved(VisitState.ON_SITE))
    unit.announce(facts.team(order, execution, CHECKED_IN, at=at.isoformat()))
    unit.orders.note(order, "team on site", visitId=str(visit.id), checkedInAt=at.isoformat(), **_seen(record))
    if order.driven_by(visit.kind):
        unit.orders.move(order, OrderState.IN_PROGRESS)


def _seen(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the timeline tells of the arrival: no position."""
    return {name: record[name] for name in ("metresAway", "method", "admission") if record.get(name) is not None}
