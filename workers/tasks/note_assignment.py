"""note-assignment: listens to who gets a user task, or takes it, or gives it back."""

from __future__ import annotations

from workers.journey import tasking
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

CLAIMED = "claim"


class Input(tasking.TenantInput):
    """Nothing: the element instance says which task it is."""


def _transition(data: Input, ctx: Context) -> str:
    """A task changes hands many times: the job is one change, and keeps its key when it comes again."""
    return str(ctx.job_key)


@task("note-assignment", system="camunda", effect=_transition)
def note_assignment(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The order stays unlocked: whoever assigns may hold its lock and waits for this."""
    seen = tasking.listened(ctx)
    row = unit.operator_tasks.locked(tasking.task_id(ctx))
    if row is None or not row.open:
        return
    taken = row.taken_by(seen.assignee, given=seen.action != CLAIMED)
    unit.operator_tasks.save(taken.noted("assigned", unit.now, to=seen.assignee, how=seen.action))
