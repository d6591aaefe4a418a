"""set-go-status: paid, delivered and signed: the team may come."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.domain.values import GoStatus
from workers.journey import going
from workers.journey.contract import alive, visit_of
from workers.journey.going import GoInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Permanent, task


@task("set-go-status", raises=(TenantMismatch,))
def set_go_status(data: GoInput, ctx: Context, *, unit: UnitOfWork) -> None:
    """Records the last run and clears the visit. Only the decision's OK does: an exception has a task of its own."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    if data.go.status is not GoStatus.OK:
        raise Permanent(f"Expected the go check of visit {visit.id} to be OK, but it is {data.go.status}")
    run = going.record_run(unit, order, visit, data)
    order, visit = going.settle(unit, order, visit, GoStatus.OK, ready=True)
    unit.orders.note(order, "go check passed", visitId=str(visit.id), run=run.run)
