"""cancel-order: the last step of a cancellation."""

from __future__ import annotations

from dataclasses import replace

from workers.domain.errors import TenantMismatch
from workers.domain.states import OrderState
from workers.journey import rework
from workers.journey.cancelling import Cancellation, Fee
from workers.journey.contract import OrderInput
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The confirmed wish, and the fee that is proposed for it."""

    cancellation: Cancellation = Cancellation()
    fee: Fee | None = None


@task("cancel-order", raises=(TenantMismatch,))
def cancel_order(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> None:
    """Moves the order to CANCELLED; one that is there already stays there."""
    order = unit.orders.of(data)
    if order.state is OrderState.CANCELLED:
        return
    fee = data.fee.proposed(order) if data.fee else None
    kept = {"reason": data.cancellation.reason, "origin": data.cancellation.origin, "fee": fee}
    order = unit.orders.move(replace(order, cancellation=kept), OrderState.CANCELLED, reason=data.cancellation.reason)
    rework.settle_parent(unit, processes, order)
