"""complete-task: listens to the answer of a person, before it counts. Who decided what and why is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from workers.domain.desk import SUPERVISOR, OperatorTask, TaskState
from workers.journey import tasking
from workers.journey.contract import Blank
from workers.journey.tasking import Listened
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, Denied, TaskInput, task


class Answer(TaskInput):
    """What every form says."""

    decision: Blank[str] = None
    resolution_notes: Blank[str] = None

    @property
    def more(self) -> dict[str, Any]:
        """What is kept beside decision and notes, as far as it was filled in: no other worker reads it."""
        named = self.model_dump(mode="json", by_alias=True, exclude={"decision", "resolution_notes"})
        return {name: value for name, value in named.items() if value is not None}


class Called(Answer):
    """A chase: what came of the call."""

    call_result: Blank[str] = None


class Wished(Answer):
    """A blocked visit: the day the customer would like."""

    new_date: Blank[str] = None


class Traced(Answer):
    """A technical visit's outcome: where sales deals with it."""

    sales_reference: Blank[str] = None


class Slot(Answer):
    """A slot found by hand: before the end of the notice, and why."""

    ignore_notice: Any = None
    notice_reason: Blank[str] = None


Form = Answer | None


class Input(tasking.TenantInput):
    """The variable each form writes; a task has one of them."""

    admission: Form = None
    cancellation_approval: Form = None
    chase: Called | None = None
    choice: Form = None
    claim_finding: Form = None
    claim_resolution: Form = None
    contact: Form = None
    contest_answer: Form = None
    contract_chase: Called | None = None
    correction: Form = None
    document_review: Form = None
    erp_fix: Form = None
    escalation: Form = None
    go_review: Wished | None = None
    incomplete: Form = None
    next_step: Form = None
    no_show: Form = None
    order_approval: Form = None
    overdue: Form = None
    override: Form = None
    payment_chase: Form = None
    provider_chase: Form = None
    resolution: Form = None
    slot_choice: Slot | None = None
    tv_review: Traced | None = None
    wcf_review: Form = None


ROOTS: Mapping[str, str] = {
    "approve-checkin": "admission",
    "approve-cancellation": "cancellation_approval",
    "chase-wcf": "chase",
    "assign-provider": "choice",
    "investigate-claim": "claim_finding",
    "resolve-claim": "claim_resolution",
    "contact-recipient": "contact",
    "resolve-invoice-contest": "contest_answer",
    "chase-contract": "contract_chase",
    "correct-order": "correction",
    "review-document": "document_review",
    "fix-erp-data": "erp_fix",
    "escalation": "escalation",
    "override-go": "go_review",
    "handle-incomplete": "incomplete",
    "decide-next": "next_step",
    "handle-no-show": "no_show",
    "approve-order": "order_approval",
    "review-overdue-visit": "overdue",
    "approve-override": "override",
    "chase-payment": "payment_chase",
    "chase-provider": "provider_chase",
    "resolve-negotiation": "resolution",
    "find-slot": "slot_choice",
    "review-tv-outcome": "tv_review",
    "resolve-wcf-dispute": "wcf_review",
}


@task("complete-task", system="camunda")
def complete_task(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> None:
    """Denied: the task stays open, and the person reads why. Else the mirror is closed and the ladder ends."""
    seen = tasking.listened(ctx)
    answer: Answer = getattr(data, ROOTS.get(seen.task_type, ""), None) or Answer()
    row = unit.operator_tasks.find(tasking.task_id(ctx))
    country = row.country_code if row else ""
    _check(unit, seen, answer, country)
    if row is None or not row.open:
        return
    order = tasking.known_order(unit, row)
    row = unit.operator_tasks.locked(row.id) or row
    done = _closed(unit, row, seen, answer)
    unit.operator_tasks.save(done)
    if order is not None:
        told = {"task": row.element_id, "taskType": row.type, "decision": done.decision}
        unit.orders.note(order, "decided", by=seen.assignee, notes=done.resolution_notes, **told, **answer.more)
    processes.publish(tasking.closed(row))


def _check(unit: UnitOfWork, seen: Listened, answer: Answer, country: str) -> None:
    """What a supervisor alone may say. Nobody known by that name, nobody allowed."""
    forbids, why = tasking.ONLY_SUPERVISORS.get(seen.task_type, (None, ""))
    if forbids is None or not forbids(answer.model_dump(by_alias=True)):
        return
    roles = {person.role for person in unit.operators.of_login(seen.assignee or "", country)}
    if SUPERVISOR not in roles:
        raise Denied(why)


def _closed(unit: UnitOfWork, row: OperatorTask, seen: Listened, answer: Answer) -> OperatorTask:
    done = row.closed(TaskState.COMPLETED, unit.now, by=seen.assignee).noted("completed", unit.now, by=seen.assignee)
    return replace(done, decision=answer.decision, resolution_notes=answer.resolution_notes)
