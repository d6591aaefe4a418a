"""record-checkin: the team reported that it arrived; what stands against it goes to a supervisor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from workers.domain import facts, gates
from workers.domain.errors import CheckinBlocked, CriticalHazard, OutsideArea, TenantMismatch
from workers.domain.states import OrderState, VisitState
from workers.domain.visits import Visit
from workers.journey import arrival
from workers.journey.arrival import Admission, CheckIn
from workers.journey.contract import VisitInput, alive, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

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


class Output(TaskOutput):
    """How long after the check-in, or after a pause, somebody asks how the work goes."""

    overrun_after: timedelta


@task("record-checkin", raises=(CheckinBlocked, OutsideArea, CriticalHazard, TenantMismatch))
def record_checkin(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
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
    return Output(overrun_after=_overrun(visit, at))


def _overrun(visit: Visit, at: datetime) -> timedelta:
    """Twice the time it should take; work of several days has its nights too, and then as long again."""
    usual = 2 * timedelta(minutes=visit.duration_min)
    if visit.planned_end is None or visit.planned_end - visit.start < timedelta(days=1):
        return usual
    return max(usual, visit.planned_end - at + timedelta(minutes=visit.duration_min))


def _seen(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the timeline tells of the arrival: no position."""
    return {name: record[name] for name in ("metresAway", "method", "admission") if record.get(name) is not None}
