"""record-incomplete: what quality decided about work a team left unfinished."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from workers.domain import facts
from workers.domain.errors import TenantMismatch
from workers.domain.states import VisitState
from workers.journey.contract import Blank, VisitInput, alive, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task

INCOMPLETE = "execution.visit.incomplete"


class Incomplete(TaskInput):
    """What somebody of quality said in the form `handle-incomplete`."""

    decision: str
    cause: Blank[str] = None
    parts: Blank[list[dict[str, Any]]] = None
    next_date: Blank[date] = None
    partial_pay_percent: Blank[int] = None
    resolution_notes: Blank[str] = None


class Suggestion(TaskInput):
    """What the decision `IncompleteHandling` says is usual."""

    priority: str | None = None
    pay: str | None = None
    travel_fee: bool | None = None
    parts_missing: bool | None = None


class Input(VisitInput):
    """The visit, what is usual, and what was decided."""

    incomplete: Incomplete
    incomplete_action: Suggestion | None = None


class Output(TaskOutput):
    """How the journey goes on."""

    incomplete_next: str


# More work than was sold is agreed with sales before another visit; until then it is planned like any return.
NEXT = {"EXTRA_WORK": "RETURN"}


@task("record-incomplete", raises=(TenantMismatch,))
def record_incomplete(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Keeps the decision with the visit and tells it; the next visit is not before the day that was named."""
    order = alive(unit.orders.of(data))
    visit = visit_of(unit, order, data.visit_id)
    told: dict[str, Any] = data.incomplete.model_dump(mode="json", by_alias=True, exclude_none=True)
    usual = data.incomplete_action.model_dump(by_alias=True, exclude_none=True) if data.incomplete_action else {}
    execution = unit.executions.latest(visit.id)
    if execution:
        unit.executions.save(
            replace(execution, record={**(execution.record or {}), "decided": told | {"usual": usual}})
        )
    if data.incomplete.next_date and visit.state is VisitState.INCOMPLETE:
        unit.visits.save(replace(visit, not_before=data.incomplete.next_date))
    reason = data.incomplete.cause or (execution.reason if execution else None)
    unit.announce(facts.of_visit(order, visit, INCOMPLETE, reason=reason, party=data.incomplete.cause))
    kept = {name: told[name] for name in ("decision", "cause", "nextDate", "partialPayPercent") if name in told}
    unit.orders.note(order, "incomplete work decided", visitId=str(visit.id), **kept)
    return Output(incomplete_next=NEXT.get(data.incomplete.decision, data.incomplete.decision))
