"""apply-escalation: what a lead decided about a task whose time is up."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Literal

from workers.domain.desk import OperatorTask
from workers.domain.errors import EscalationNotPossible
from workers.journey import tasking
from workers.journey.contract import Blank
from workers.journey.tasking import LadderInput
from workers.ports.errors import Conflict, NotFound
from workers.ports.people import TaskList
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, TaskOutput, task


class Answer(TaskInput):
    """The form `escalation`."""

    decision: Literal["REASSIGN", "KEEP", "CLOSE_DUPLICATE"]
    assignee: Blank[str] = None
    priority: Blank[str] = None
    resolution_notes: str = ""


class Input(LadderInput):
    """The late task and the answer."""

    priority: str
    escalation: Answer


class Output(TaskOutput):
    """The task's priority from now on, and from when its clock runs if it starts again."""

    priority: str
    clock_from: datetime
    level: int = 0
    paused_seconds: int = 0


@task("apply-escalation", raises=(EscalationNotPossible,), system="camunda")
def apply_escalation(data: Input, ctx: Context, *, unit: UnitOfWork, tasks: TaskList) -> Output:
    """A person who would not see the task cannot get it; only a second task of the same step is a duplicate."""
    answer = data.escalation
    row = unit.operator_tasks.find(data.task_id)
    if row is not None and row.open:
        ACTIONS[answer.decision](unit, row, answer, tasks)
        _note(unit, row, answer)
    return Output(priority=answer.priority or data.priority, clock_from=unit.now)


def _note(unit: UnitOfWork, row: OperatorTask, answer: Answer) -> None:
    order = tasking.known_order(unit, row)
    current = unit.operator_tasks.locked(row.id)
    if current is not None and current.open and answer.decision == "REASSIGN":
        again = replace(current, level=0, paused_seconds=0, priority=answer.priority or current.priority)
        unit.operator_tasks.save(again.noted("escalation decided", unit.now, decision=answer.decision))
    if order is not None:
        told = {"task": row.element_id, "decision": answer.decision, "to": answer.assignee}
        unit.orders.note(order, "escalation decided", notes=answer.resolution_notes, **told)


def _reassign(unit: UnitOfWork, row: OperatorTask, answer: Answer, tasks: TaskList) -> None:
    roles = [person.role for person in unit.operators.of_login(answer.assignee or "", row.country_code)]
    if row.role not in roles:
        raise EscalationNotPossible(
            f"Expected somebody of {row.role}-{row.country_code}, but {answer.assignee or 'nobody'} is not",
            escalationProblem=f"{answer.assignee or 'Nobody'} does not work for {row.role}-{row.country_code}.",
        )
    try:
        tasks.assign(row.user_task_key, answer.assignee or "")
    except (NotFound, Conflict):
        return  # it is being answered at this moment


def _keep(unit: UnitOfWork, row: OperatorTask, answer: Answer, tasks: TaskList) -> None:
    """It stays where it is."""


def _close_duplicate(unit: UnitOfWork, row: OperatorTask, answer: Answer, tasks: TaskList) -> None:
    """Only while another task of the same step waits in the same instance: ending one then ends nothing else."""
    others = [
        other
        for other in (unit.operator_tasks.of_order(row.order_id) if row.order_id else [])
        if other.open and other.id != row.id and other.element_id == row.element_id
    ]
    if not any(other.process_instance_key == row.process_instance_key for other in others):
        raise EscalationNotPossible(
            f"Expected a second open task {row.element_id} in the same journey, but there is none",
            escalationProblem="There is no second task of this step: answer this one, or give it to somebody.",
        )
    tasks.withdraw(row.process_instance_key, row.element_instance_key)


ACTIONS = {"REASSIGN": _reassign, "KEEP": _keep, "CLOSE_DUPLICATE": _close_duplicate}
