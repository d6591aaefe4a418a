"""apply-scope-change: sales and customer answered; the main work is as long as it really is."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.values import ScopeChange
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task


class Answer(TaskInput):
    """What sales answered."""

    approved: bool


class Input(OrderInput):
    """The outcome that asked, the answer, and how long the work was thought to take."""

    tv_outcome_id: UUID
    scope_change: Answer
    duration_min: int | None = None


class Output(TaskOutput):
    """How long the main work takes now."""

    duration_min: int


@task("apply-scope-change", raises=(TenantMismatch,))
def apply_scope_change(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Keeps the answer; an approved change makes the main work longer."""
    order = unit.orders.of(data)
    found = unit.tv_outcomes.get(data.tv_outcome_id)
    answer = ScopeChange.APPROVED if data.scope_change.approved else ScopeChange.REFUSED
    unit.tv_outcomes.save(replace(found, scope_change=answer))
    unit.orders.note(order, "scope change answered", outcome=found.number, answer=answer.value)
    planned = data.duration_min or unit.references.service_minutes(order)
    return Output(duration_min=planned + (found.extra_minutes if data.scope_change.approved else 0))
