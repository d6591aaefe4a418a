"""freeze-order: from now on nobody checks in, accepts an offer or plans a visit of this order."""

from __future__ import annotations

from dataclasses import replace

from workers.domain.errors import TenantMismatch
from workers.journey.cancelling import Cancellation, Fee
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The confirmed wish, and the fee that is proposed for it: whoever is told from here on hears of it."""

    cancellation: Cancellation = Cancellation()
    fee: Fee | None = None


@task("freeze-order", raises=(TenantMismatch,))
def freeze_order(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Freezes the order; a frozen one stays frozen."""
    order = unit.orders.of(data)
    if not order.frozen:
        fee = data.fee.proposed(order) if data.fee else None
        kept = {"reason": data.cancellation.reason, "origin": data.cancellation.origin, "fee": fee}
        order = unit.orders.save(replace(order, frozen=True, cancellation=kept))
        unit.orders.note(order, "order frozen", origin=data.cancellation.origin)
