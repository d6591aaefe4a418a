"""reconcile-payable: asks the ERP whether it has paid, in case its answer was lost."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.payments import BillingModel
from workers.journey import paying
from workers.journey.contract import OrderInput
from workers.ports.erp import Payables, PayableStatus
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The pro forma."""

    invoice_id: UUID


@task("reconcile-payable", raises=(TenantMismatch,), system="oracle-fusion")
def reconcile_payable(data: Input, ctx: Context, *, unit: UnitOfWork, erp: Payables, processes: Processes) -> None:
    """A payable that is paid, or cancelled over there, is told to the journey; one id, so only the first time counts."""
    order = unit.orders.of(data)
    pro_forma = paying.pro_forma_of(unit, order)
    if unit.providers.get(pro_forma.provider_id).billing_model is BillingModel.INVOICE_SUBMISSION:
        return  # the provider's own number is not ours to look for
    known = erp.find(paying.payable_key(unit, pro_forma))
    if known is None or known.status not in (PayableStatus.PAID, PayableStatus.CANCELLED):
        return
    paid = known.status is PayableStatus.PAID
    told = {
        "status": "COMPLETED" if paid else "FAILED",
        "paidAt": known.paid_at.isoformat() if known.paid_at else None,
        "reference": known.reference,
        "failureReason": None if paid else "cancelled in the ERP",
    }
    processes.publish(paying.completed_message(pro_forma.id, told))
