"""update-user-task: gives a human task its due date and urgency, and says when each level of the ladder begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from workers.domain.desk import OperatorTask
from workers.journey.tasking import LadderInput
from workers.ports.errors import Conflict, NotFound
from workers.ports.people import TaskList
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, RetryLater, TaskInput, TaskOutput, task

MOMENT = timedelta(milliseconds=500)


class Sla(TaskInput):
    """A row of `SlaTargets`: after how long each level begins; `number` is Camunda's priority, 0 to 100."""

    first: timedelta
    second: timedelta
    due: timedelta
    number: int


class Input(LadderInput):
    """The task, what the tables say, and from when its clock runs. `paused_seconds`: how long it stood still, to be added."""

    priority: str
    sla: Sla
    clock_from: datetime
    paused_seconds: int = 0


class Output(TaskOutput):
    """When the levels begin; the last is the due date."""

    marks: Sequence[datetime]
    due_at: datetime


@task("update-user-task", system="camunda")
def update_user_task(data: Input, ctx: Context, *, unit: UnitOfWork, tasks: TaskList) -> Output:
    """A task that is gone meanwhile needs no date; its ladder ends at the next step."""
    began = data.clock_from + timedelta(seconds=data.paused_seconds)
    marks = tuple(began + span for span in (data.sla.first, data.sla.second, data.sla.due))
    row = unit.operator_tasks.find(data.task_id)
    if row is not None and row.open:
        _tell(tasks, row, marks[-1], data.sla.number)
        current = unit.operator_tasks.locked(row.id)
        if current is not None and current.open:
            unit.operator_tasks.save(replace(current, priority=data.priority, marks=marks, due_at=marks[-1]))
    return Output(marks=marks, due_at=marks[-1])


def _tell(tasks: TaskList, row: OperatorTask, due: datetime, number: int) -> None:
    try:
        tasks.update(row.user_task_key, due=due, priority=number)
    except NotFound:
        return
    except Conflict as error:
        # It is only just being made, or changes hands at this moment.
        raise RetryLater(f"User task {row.user_task_key} cannot be changed yet: {error}", delay=MOMENT) from error
