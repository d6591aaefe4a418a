"""close-order: everything is done and signed."""

from __future__ import annotations

from workers.domain import facts
from workers.domain.errors import InvalidTransition, TenantMismatch
from workers.domain.states import ACCEPTED_WCFS, OrderState, WcfState, route
from workers.journey import notify, rework
from workers.journey.contract import OrderInput
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


@task("close-order", raises=(InvalidTransition, TenantMismatch))
def close_order(data: OrderInput, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> None:
    """Moves the order by VERIFIED to CLOSED; one that is closed already stays so. Open reservations keep it open (I7)."""
    order = unit.orders.of(data)
    if order.state is OrderState.CLOSED:
        return
    forms = unit.wcfs.of_order(order.id)
    if forms and forms[-1].state is WcfState.SIGNED_WITH_RESERVES:
        raise InvalidTransition(
            f"Expected no open reservations to close order {order.id}, but {forms[-1].number} has some"
        )
    order = unit.orders.move(order, *route(order.state, OrderState.CLOSED))
    rework.settle_parent(unit, processes, order)
    provider = notify.provider_of(unit, order, None)
    unit.announce(
        facts.of_order(
            order,
            facts.ORDER_CLOSED,
            providerId=str(provider.id) if provider else None,
            customerAmount=float(order.total),
            providerAmount=float(order.provider_total) if order.provider_total is not None else None,
            wcfAccepted=any(form.state in ACCEPTED_WCFS for form in forms),
            warrantyStart=order.country.day(unit.now).isoformat(),
        )
    )
