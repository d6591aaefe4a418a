"""assign-task: gives a human task to the person of its role who fits best, by the table `OperatorScore`."""

from __future__ import annotations

from workers.domain import facts
from workers.domain.desk import Operator, OperatorTask
from workers.journey import tasking
from workers.journey.staffing import best
from workers.journey.tasking import LadderInput
from workers.ports.decisions import Decisions
from workers.ports.errors import Conflict, NotFound
from workers.ports.people import TaskList
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskHeaders, TaskOutput, task


class Input(LadderInput):
    """The task."""


class Output(TaskOutput):
    """Who has it now; nobody leaves it to the group."""

    assignee: str | None


class Headers(TaskHeaders):
    """Set in the model: the score from which a person is given a task unasked."""

    at_least: int = 40


@task("assign-task", system="camunda")
def assign_task(
    data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork, tasks: TaskList, decisions: Decisions
) -> Output:
    """Only people of the task's role and country are asked about: others would not see it. The event says who has it."""
    row = unit.operator_tasks.find(data.task_id)
    if row is None or not row.open:
        return Output(assignee=None)
    assignee = row.assignee or _given(row, best(unit, decisions, row, at_least=headers.at_least), tasks)
    order = tasking.known_order(unit, row)
    unit.announce(facts.task_created(row, order, assignee))
    if order is not None:
        unit.orders.note(order, "task opened", task=row.element_id, priority=row.priority, assignee=assignee)
    return Output(assignee=assignee)


def _given(row: OperatorTask, person: Operator | None, tasks: TaskList) -> str | None:
    """Its listener keeps who has it. A task that is gone, or that somebody takes at this moment, needs nobody."""
    if person is None:
        return None
    try:
        tasks.assign(row.user_task_key, person.login)
    except (NotFound, Conflict):
        return None
    return person.login
