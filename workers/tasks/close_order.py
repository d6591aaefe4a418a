"""close-order: everything is done and signed."""

from __future__ import annotations

from workers.domain import facts
from workers.domain.errors import InvalidTransition, TenantMismatch
from workers.domain.states import ACCEPTED_WCFS, WCF, OrderState, WcfState, route
from workers.journey import notify
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


@task("close-order", raises=(InvalidTransition, TenantMismatch))
def close_order(data: OrderInput, ctx: Context, *, unit: UnitOfWork) -> None:
    """Moves the order by VERIFIED to CLOSED; one that is closed already stays so."""
    order = unit.orders.of(data)
    if order.state is OrderState.CLOSED:
        return
    order = unit.orders.move(order, *route(order.state, OrderState.CLOSED))
    for form in unit.wcfs.of_order(order.id):
        # The journey comes here only when an operator has settled what the customer noted.
        if WCF.allows(form.state, WcfState.RESOLVED):
            unit.wcfs.save(form.moved(WcfState.RESOLVED))
    provider = notify.provider_of(unit, order, None)
    unit.announce(
        facts.of_order(
            order,
            facts.ORDER_CLOSED,
            providerId=str(provider.id) if provider else None,
            customerAmount=float(order.total),
            providerAmount=float(order.provider_total) if order.provider_total is not None else None,
            wcfAccepted=any(form.state in ACCEPTED_WCFS for form in unit.wcfs.of_order(order.id)),
            warrantyStart=order.country.day(unit.now).isoformat(),
        )
    )
