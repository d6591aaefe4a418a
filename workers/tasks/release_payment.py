"""release-payment: a claim was settled; the payment goes on once no other claim holds it."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.domain.payments import PaymentState, payment_id
from workers.journey import paying
from workers.journey.contract import OrderInput
from workers.ports.erp import Payables
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


@task("release-payment", raises=(TenantMismatch,), system="oracle-fusion")
def release_payment(data: OrderInput, ctx: Context, *, unit: UnitOfWork, erp: Payables) -> None:
    """As long as any claim is open it stays held: the last one to be settled releases it."""
    order = unit.orders.of(data)
    payment = unit.payments.find(payment_id(order.id))
    if payment is None or payment.state is not PaymentState.HELD or paying.holding_claims(unit, order):
        return
    released = unit.payments.save(payment.released())
    if released.erp_invoice_id:
        erp.release(paying.payable_key(unit, paying.pro_forma_of(unit, order)), reason="claim settled")
    unit.announce(paying.of_payment(order, released, paying.AUTHORIZED))
    unit.orders.note(order, "payment released")
