"""plan-return-visit: the work was not finished; another visit continues it."""

from __future__ import annotations

from workers.domain import ids
from workers.domain.errors import TenantMismatch
from workers.domain.states import OrderState, route
from workers.domain.values import VisitKind
from workers.domain.visits import Visit
from workers.journey.contract import VisitInput, alive, visit_of
from workers.journey.release import release
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

RETURNABLE = frozenset({OrderState.ASSIGNED, OrderState.DISPATCHED, OrderState.IN_PROGRESS})


@task("plan-return-visit", raises=(TenantMismatch,))
def plan_return_visit(data: VisitInput, ctx: Context, *, unit: UnitOfWork) -> None:
    """Adds a RETURN visit without a slot, not before the day an operator named; the order is scheduled again."""
    order = alive(unit.orders.of(data))
    before = visit_of(unit, order, data.visit_id)
    order, before = release(unit, order, before, reason="a return visit follows")
    sequence = len(unit.visits.of_order(order.id)) + 1
    planned = Visit(
        id=ids.derived_id("visit", order.id, sequence),
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        kind=VisitKind.RETURN,
        service_type=before.service_type,
        duration_min=before.duration_min,
        crew_size=before.crew_size,
        required_certs=before.required_certs,
        sequence=sequence,
        continues=before.id,
        not_before=before.not_before,
        created_at=unit.now,
        updated_at=unit.now,
    )
    unit.visits.add(planned)
    unit.orders.note(order, "return visit planned", visitId=str(planned.id), continues=str(before.id))
    if order.state in RETURNABLE:
        unit.orders.move(order, *route(order.state, OrderState.SCHEDULED), reason="a return visit follows")
