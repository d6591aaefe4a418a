"""What the steps of a cancellation have in common."""

from __future__ import annotations

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


class Cancellation(TaskInput):
    """Who wants the order cancelled, and why."""

    reason: str = ""
    origin: str = "CUSTOMER"


class Fee(TaskInput):
    """What the decision `CancellationFee`, or a supervisor, proposes. It is proposed only: sales collects it."""

    percent: float = 0
    base: str = "NONE"
    approval: str = "NONE"
