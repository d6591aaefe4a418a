"""cancel-task: listens to the end of a user task nobody answered; its mirror is closed and its ladder ends."""

from __future__ import annotations

from workers.domain.desk import TaskState
from workers.journey import tasking
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(tasking.TenantInput):
    """Nothing: the element instance says which task it is."""


@task("cancel-task", system="camunda")
def cancel_task(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> None:
    """Whatever ended it: a boundary event, a cancelled order, an operator who moved the token."""
    row = unit.operator_tasks.locked(tasking.task_id(ctx))
    if row is None or not row.open:
        return
    unit.operator_tasks.save(row.closed(TaskState.CANCELLED, unit.now).noted("cancelled", unit.now))
    processes.publish(tasking.closed(row))
