"""check-payment-status: what the sales side said last about the customer's payment."""

from __future__ import annotations

from typing import Any

from workers.domain.errors import StatusUnavailable, TenantMismatch
from workers.domain.values import PaymentStatus
from workers.journey.contract import OrderInput
from workers.journey.going import told
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

SHOWN = ("total", "paid", "outstanding", "currency")


class Output(TaskOutput):
    """The status, and the amounts where they were told."""

    payment_status: PaymentStatus
    payment: dict[str, Any]


@task("check-payment-status", raises=(StatusUnavailable, TenantMismatch))
def check_payment_status(data: OrderInput, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Reads what intake stored; an order nobody told a status for is no paid one."""
    order = unit.orders.of(data)
    if order.payment_status is None:
        raise StatusUnavailable(f"Expected a payment status of order {order.id}, but nobody told one")
    details = told(order, "payment")
    return Output(payment_status=order.payment_status, payment={name: details.get(name) for name in SHOWN})
