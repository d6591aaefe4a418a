"""void-proforma: the pro forma is given up; nobody is paid on it."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.payments import PRO_FORMA, ProFormaState
from workers.journey import paying
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

REASON = "pro forma given up"


class Input(OrderInput):
    """The pro forma."""

    invoice_id: UUID


@task("void-proforma", raises=(TenantMismatch,))
def void_proforma(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The payment stays held: the reason tells why it never went on."""
    order = unit.orders.of(data)
    pro_forma = paying.pro_forma_of(unit, order)
    if PRO_FORMA.allows(pro_forma.state, ProFormaState.VOID):
        unit.pro_formas.save(pro_forma.moved(ProFormaState.VOID))
        unit.orders.note(order, "pro forma void", number=pro_forma.number)
    paying.hold(unit, order, REASON)
