"""record-checkout: the team reported that it left, and with what result."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain.errors import ChecklistIncomplete, TenantMismatch
from workers.domain.states import OrderState, VisitState
from workers.domain.values import Completion
from workers.journey.checkout import CheckOut, close_execution, leave_site
from workers.journey.contract import VisitInput, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Input(VisitInput):
    """Who left where, and what they say."""

    execution_id: UUID
    checkout: CheckOut


class Output(TaskOutput):
    """The result the journey branches on."""

    completion_status: Completion
    reason: str | None


@task("record-checkout", raises=(ChecklistIncomplete, TenantMismatch))
def record_checkout(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """A completed visit completes the order; anything else leaves it IN_PROGRESS for an operator, who may accept it."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    completion = data.checkout.completion_status or Completion.INCOMPLETE
    data.checkout.check_complete()
    if order.state is OrderState.ON_HOLD and order.driven_by(visit.kind):
        order = unit.orders.move(order, OrderState.IN_PROGRESS, reason="the team left")
    if visit.state is VisitState.ON_SITE:
        close_execution(unit, order, data.execution_id, data.checkout, completion)
        leave_site(unit, visit, completion)
        unit.orders.note(order, "team left", visitId=str(visit.id), completion=completion, reason=data.checkout.reason)
    elif data.checkout.accepted_partially:
        execution = unit.executions.get(data.execution_id)
        unit.executions.save(replace(execution, completion_status=Completion.PARTIALLY_COMPLETED))
        unit.orders.note(order, "partial work accepted", visitId=str(visit.id))
    if completion is Completion.COMPLETED and order.driven_by(visit.kind) and not order.frozen:
        unit.orders.move(order, OrderState.COMPLETED)
    return Output(completion_status=completion, reason=data.checkout.reason)
