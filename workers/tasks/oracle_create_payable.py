"""oracle-create-payable: announces to the ERP what we owe the provider."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from uuid import UUID

from workers.domain.errors import ErpRejected, InvalidTransition, NotKnown, PaymentOnHold, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.payments import BillingModel, PaymentState, ProForma, ProFormaState, ProviderPayment
from workers.journey import paying
from workers.journey.contract import Blank, OrderInput
from workers.ports.erp import Payable, PayableLine, PayableRefused, Payables
from workers.ports.errors import Conflict
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

REQUESTED = "payment.provider.payment_requested"
# How long after the due date nobody worries.
GRACE = timedelta(days=5)


class ErpFix(TaskInput):
    """What finance corrected in the form `fix-erp-data`."""

    supplier_site: Blank[str] = None
    tax_code: Blank[str] = None
    account: Blank[str] = None


class Input(OrderInput):
    """The signed pro forma."""

    invoice_id: UUID
    erp_fix: ErpFix | None = None


class Output(TaskOutput):
    """The payable's id in the ERP (none when the provider sends its own invoice), and when to ask where the money is."""

    erp_invoice_id: str | None
    payment_overdue_at: datetime


@task(
    "oracle-create-payable",
    raises=(ErpRejected, PaymentOnHold, TenantMismatch),
    timeout=timedelta(seconds=90),
    system="oracle-fusion",
)
def oracle_create_payable(data: Input, ctx: Context, *, unit: UnitOfWork, erp: Payables) -> Output:
    """The natural key is number and supplier: a payable made by a former attempt is found, not made again."""
    order = unit.orders.of(data)
    payment, pro_forma = paying.payment_of(unit, order), paying.pro_forma_of(unit, order)
    if payment.state is PaymentState.HELD or paying.holding_claims(unit, order):
        raise PaymentOnHold(f"The payment of order {order.id} is held: {payment.hold_reason or 'claim'}")
    if pro_forma.state is not ProFormaState.SIGNED:
        raise InvalidTransition(f"Expected pro forma {pro_forma.number} to be signed, but it is {pro_forma.state}")
    payment = _with_fix(unit, payment, data.erp_fix)
    erp_id = _announced(unit, erp, order, payment, pro_forma)
    return _requested(unit, order, payment, pro_forma, erp_id)


def _with_fix(unit: UnitOfWork, payment: ProviderPayment, fix: ErpFix | None) -> ProviderPayment:
    given = {name: value for name, value in (fix.model_dump() if fix else {}).items() if value}
    return unit.payments.save(replace(payment, **given)) if given else payment


def _announced(
    unit: UnitOfWork, erp: Payables, order: ServiceOrder, payment: ProviderPayment, pro_forma: ProForma
) -> str | None:
    """The payable's id in the ERP. What the ERP refuses is kept with what was corrected so far: finance looks at it again."""
    if unit.providers.get(pro_forma.provider_id).billing_model is BillingModel.INVOICE_SUBMISSION:
        return None
    try:
        return erp.create(_payable(unit, order, payment, pro_forma)).erp_id
    except PayableRefused as refusal:
        unit.keep()
        unit.orders.note(order, "payable refused by the ERP", number=pro_forma.number)
        raise ErpRejected(str(refusal), path=refusal.problems[0].path if refusal.problems else "") from refusal
    except (Conflict, NotKnown) as trouble:
        unit.keep()
        raise ErpRejected(str(trouble)) from trouble


def _payable(unit: UnitOfWork, order: ServiceOrder, payment: ProviderPayment, pro_forma: ProForma) -> Payable:
    provider = unit.providers.get(pro_forma.provider_id)
    # The date of the answer, not of this attempt: every attempt posts the same words.
    day = order.country.day(pro_forma.answered_at or unit.now)
    return Payable(
        key=paying.payable_key(unit, pro_forma),
        site=payment.supplier_site or provider.supplier_site or "",
        country_code=order.country_code,
        bu_code=order.bu_code,
        currency=pro_forma.currency,
        total=pro_forma.total,
        invoice_date=day,
        due_on=day + timedelta(days=pro_forma.due_days),
        description=f"Field service order {order.order_number}",
        lines=[PayableLine(line.text, line.amount) for line in pro_forma.lines],
        tax=pro_forma.tax,
        tax_code=payment.tax_code,
        account=payment.account,
    )


def _requested(
    unit: UnitOfWork, order: ServiceOrder, payment: ProviderPayment, pro_forma: ProForma, erp_id: str | None
) -> Output:
    due_on = order.country.day(pro_forma.answered_at or unit.now) + timedelta(days=pro_forma.due_days)
    if payment.state is not PaymentState.REQUESTED:
        moved = payment.moved(PaymentState.REQUESTED)
        announced = replace(moved, erp_invoice_id=erp_id, requested_at=unit.now, due_on=due_on, failure=None)
        payment = unit.payments.save(replace(announced, amount=pro_forma.total))
        told = {
            "paymentRequestId": str(payment.id),
            "supplier": str(payment.provider_id),
            "dueDate": due_on.isoformat(),
        }
        unit.announce(paying.of_invoice(order, pro_forma, REQUESTED, amount=float(payment.amount), **told))
        unit.orders.note(order, "payment requested", number=pro_forma.number, erpInvoiceId=erp_id)
    overdue = order.country.at(due_on, time(9)) + GRACE
    return Output(erp_invoice_id=erp_id, payment_overdue_at=overdue)
