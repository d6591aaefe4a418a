"""execute-service: the visit's day has come; the team is dispatched."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from workers.domain import gates, ids
from workers.domain.errors import TenantMismatch
from workers.domain.states import OrderState, VisitState
from workers.domain.values import GoStatus
from workers.domain.visits import Execution
from workers.journey.contract import VisitInput, alive, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Output(TaskOutput):
    """The execution, and the instants timers wait for."""

    execution_id: UUID
    visit_start: datetime
    no_show_at: datetime


@task("execute-service", raises=(TenantMismatch,))
def execute_service(data: VisitInput, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Opens the execution for the assigned team; main work moves the order to DISPATCHED."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    assignment = unit.assignments.accepted(visit.id)
    execution = unit.executions.add(
        Execution(
            id=ids.derived_id("execution", ctx.key),
            visit_id=visit.id,
            order_id=order.id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            dispatched_at=unit.now,
            provider_id=assignment.provider_id if assignment else None,
            team_id=assignment.team_id if assignment else None,
        )
    )
    if (
        not visit.is_main and visit.go_status is GoStatus.PENDING
    ):  # a survey needs neither goods nor the price of the work
        visit = replace(visit, go_status=GoStatus.NOT_NEEDED)
    if visit.state is VisitState.ASSIGNED:
        visit = unit.visits.save(visit.moved(VisitState.READY))
    unit.orders.note(order, "team dispatched", visitId=str(visit.id))
    if order.driven_by(visit.kind) and order.state is OrderState.ASSIGNED:
        gates.check_entry(order, visit)
        unit.orders.move(replace(order, go_status=visit.go_status), OrderState.DISPATCHED)
    return Output(execution_id=execution.id, visit_start=visit.start, no_show_at=visit.no_show_at)
