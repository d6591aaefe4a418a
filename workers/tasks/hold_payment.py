"""hold-payment: a claim stops the provider's payment, here and in the ERP."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.domain.payments import PaymentState
from workers.journey import paying
from workers.journey.contract import OrderInput
from workers.ports.erp import Payables
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

REASON = "claim open"


@task("hold-payment", raises=(TenantMismatch,), system="oracle-fusion")
def hold_payment(data: OrderInput, ctx: Context, *, unit: UnitOfWork, erp: Payables) -> None:
    """A payable that was announced is blocked there as well; one that is paid stays paid."""
    order = unit.orders.of(data)
    payment = paying.hold(unit, order, REASON)
    if payment is not None and payment.state is PaymentState.HELD and payment.erp_invoice_id:
        erp.hold(paying.payable_key(unit, paying.pro_forma_of(unit, order)), reason=payment.hold_reason or REASON)
