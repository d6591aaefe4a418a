"""block-checkin: something is missing; nobody may begin until it is there or a supervisor allows it."""

from __future__ import annotations

from workers.domain import facts
from workers.domain.errors import TenantMismatch
from workers.domain.values import GoStatus
from workers.journey import going
from workers.journey.contract import alive, visit_of
from workers.journey.going import GoInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, TaskOutput, task

CHECK_FAILED = "execution.preflight.check_failed"


class Output(TaskOutput):
    """Whether this is news: the same block found again is told to nobody."""

    blocked_anew: bool


@task("block-checkin", raises=(TenantMismatch,))
def block_checkin(data: GoInput, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Records the run, blocks the visit and tells who watches why."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    if data.go.status in (GoStatus.OK, GoStatus.MANUALLY_OVERRIDDEN):
        raise Permanent(f"Expected a reason to block visit {visit.id}, but its go check is {data.go.status}")
    anew = visit.go_status is not data.go.status
    run = going.record_run(unit, order, visit, data)
    order, visit = going.settle(unit, order, visit, data.go.status, ready=False)
    appointment = visit.planned_start.isoformat() if visit.planned_start else None
    told = {"status": data.go.status.value, "reasons": list(data.go.reasons), "appointment": appointment}
    unit.announce(facts.of_visit(order, visit, CHECK_FAILED, **told))
    unit.orders.note(order, "check-in blocked", visitId=str(visit.id), run=run.run, status=data.go.status.value)
    return Output(blocked_anew=anew)
