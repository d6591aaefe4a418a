"""assess-cancellation: how far the order has come, which decides what its cancellation costs."""

from __future__ import annotations

from workers.domain.errors import NotCancellable, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import OPEN_VISITS, OrderState
from workers.journey.cancelling import NOT_CANCELLABLE, Cancellation
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

WORKING = frozenset({OrderState.IN_PROGRESS, OrderState.ON_HOLD})


class Input(OrderInput):
    """The wish."""

    cancellation: Cancellation = Cancellation()


class Output(TaskOutput):
    """What the decision `CancellationFee` needs. `hours_to_visit` is null while no visit is planned."""

    order_state: OrderState
    hours_to_visit: float | None
    days_since_order: int
    sales_channel: str
    work_started: bool


@task("assess-cancellation", raises=(NotCancellable, TenantMismatch))
def assess_cancellation(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Refuses what is done, closed, rejected, cancelled, or being cancelled already."""
    order = unit.orders.of(data)
    if order.state in NOT_CANCELLABLE or order.frozen:
        raise NotCancellable(f"Order {order.id} is {'being cancelled' if order.frozen else order.state}")
    unit.orders.note(order, "cancellation asked for", origin=data.cancellation.origin, reason=data.cancellation.reason)
    return Output(
        order_state=order.state,
        hours_to_visit=_hours_to_visit(unit, order),
        days_since_order=(order.country.day(unit.now) - order.country.day(order.created_at)).days,
        sales_channel=order.sales_channel or "",
        work_started=order.state in WORKING,
    )


def _hours_to_visit(unit: UnitOfWork, order: ServiceOrder) -> float | None:
    """To the next visit; only when none is to come, since the last one began (negative)."""
    planned = [v.start for v in unit.visits.of_order(order.id) if v.state in OPEN_VISITS and v.planned_start]
    ahead = [start for start in planned if start > unit.now]
    nearest = min(ahead) if ahead else max(planned, default=None)
    return round((nearest - unit.now).total_seconds() / 3600, 1) if nearest else None
