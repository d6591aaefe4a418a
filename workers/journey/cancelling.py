"""What the steps of a cancellation have in common."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState
from workers.runtime import TaskInput

# An order in one of these states is not cancelled any more: there is a claim instead, or nothing left to cancel.
NOT_CANCELLABLE = frozenset(
    {
        OrderState.COMPLETED,
        OrderState.VERIFIED,
        OrderState.CLOSED,
        OrderState.REJECTED,
        OrderState.CANCELLED,
    }
)


# What a fee may be a part of. Sales knows the price of the services; what was done of the work it settles itself.
CHARGED = frozenset({"SERVICE_PRICE", "WORK_DONE"})


class Cancellation(TaskInput):
    """Who wants the order cancelled, and why."""

    reason: str = ""
    origin: str = "CUSTOMER"


class Fee(TaskInput):
    """What the decision `CancellationFee`, or a supervisor, proposes. It is proposed only: sales collects it."""

    percent: float = 0
    base: str = "NONE"
    approval: str = "NONE"
    payer: str = "CUSTOMER"

    def proposed(self, order: ServiceOrder) -> dict[str, Any]:
        """As it is kept and told: with the amount, in the order's money. Work that was begun is proposed at most in full."""
        share = Decimal(str(self.percent)) / 100 if self.base in CHARGED else Decimal(0)
        amount = (order.service_price * share).quantize(Decimal("0.01"))
        return {**self.model_dump(mode="json"), "amount": float(amount), "currency": order.country.currency}
