"""record-provider-payment: keeps what the ERP says about the payment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.payments import PAYMENT, PaymentState, ProviderPayment
from workers.journey import paying
from workers.journey.contract import Blank, OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task


class Status(StrEnum):
    """The ERP's words."""

    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    PENDING = "PENDING"


class Result(TaskInput):
    """The ERP's answer."""

    status: Status
    paid_at: Blank[datetime] = None
    reference: Blank[str] = None
    failure_reason: Blank[str] = None


class Input(OrderInput):
    """Which pro forma it is about."""

    invoice_id: UUID
    payment_result: Result


class Problem(TaskOutput):
    """Shown to finance when the payment failed."""

    text: str
    path: str = ""


class Output(TaskOutput):
    """The payment's state; what failed, for finance."""

    payment_state: PaymentState
    erp_problem: Problem | None


@task("record-provider-payment", raises=(TenantMismatch,))
def record_provider_payment(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """What was paid is recorded even when a claim holds the payment: the ERP was quicker, and the timeline says so."""
    order = unit.orders.of(data)
    payment, result = paying.payment_of(unit, order), data.payment_result
    changed = _changed(payment, result, unit.now)
    if changed is not payment:
        unit.payments.save(changed)
        late = payment.state is PaymentState.HELD
        what = "provider paid" if changed.state is PaymentState.PAID else "payment failed"
        unit.orders.note(order, what, reference=changed.reference, reason=changed.failure, althoughHeld=late)
    problem = Problem(text=changed.failure or "") if changed.state is PaymentState.FAILED else None
    return Output(payment_state=changed.state, erp_problem=problem)


def _changed(payment: ProviderPayment, result: Result, now: datetime) -> ProviderPayment:
    """The payment after the answer; the same object when the answer says nothing new."""
    target = {Status.COMPLETED: PaymentState.PAID, Status.FAILED: PaymentState.FAILED}.get(result.status)
    if target is None or not PAYMENT.allows(payment.state, target):
        return payment
    if target is PaymentState.FAILED:
        return replace(payment.moved(target), failure=result.failure_reason or "no reason given")
    return replace(payment.moved(target), paid_at=result.paid_at or now, reference=result.reference, failure=None)
