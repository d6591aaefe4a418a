"""cancel-visit: a supervisor gave a visit up that nobody ended."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.journey.contract import VisitInput, visit_of
from workers.journey.release import drop
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


@task("cancel-visit", raises=(TenantMismatch,))
def cancel_visit(data: VisitInput, ctx: Context, *, unit: UnitOfWork) -> None:
    """Gives back team and slot and cancels the visit; one that is done stays done."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    order, _ = drop(unit, order, visit, reason="visit given up")
    unit.orders.note(order, "visit given up", visitId=str(visit.id))
