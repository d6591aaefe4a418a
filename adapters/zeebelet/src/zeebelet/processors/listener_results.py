"""What a task listener's job answers: go on, go on with corrections, or no."""

from __future__ import annotations

from typing import Any

from zeebelet.errors import Rejection, invalid_argument
from zeebelet.processors import user_task_transitions
from zeebelet.processors.context import Context
from zeebelet.records import Job, Record, UserTask
from zeebelet.state.views import UserTaskEntry

CORRECTABLE = {
    "assignee": "assignee",
    "candidateGroups": "candidate_groups",
    "candidateUsers": "candidate_users",
    "dueDate": "due_date",
    "followUpDate": "follow_up_date",
    "priority": "priority",
}
DENIABLE = frozenset({"ASSIGNING", "UPDATING", "COMPLETING"})


def _refuse(command: Record, job: Job, what: str) -> Rejection:
    return invalid_argument(
        f"{what} (job key '{command.key}', type '{job.type}', processInstanceKey '{job.process_instance_key}')"
    )


def check(_ctx: Context, command: Record, job: Job) -> None:
    """Refuse an answer that makes no sense."""
    result = command.value.result or {}
    corrections = _corrections(result)
    if command.value.variables:
        raise _refuse(command, job, "Task Listener job completion with variables payload provided is not yet supported")
    if result.get("denied") and corrections:
        raise _refuse(
            command, job, "Expected to complete task listener job with corrections, but the job result is denied"
        )
    if result.get("denied") and job.listener_event_type not in DENIABLE:
        raise _refuse(
            command,
            job,
            f"Denying result is not supported for '{job.listener_event_type}' task listener jobs",
        )
    unknown = [name for name in corrections if name not in CORRECTABLE]
    if unknown:
        raise _refuse(
            command,
            job,
            "Expected to complete task listener job with a corrections result, but property "
            f"'{unknown[0]}' cannot be corrected",
        )


def _corrections(result: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (result.get("corrections") or {}).items() if value is not None}


def deliver(ctx: Context, job: Job) -> None:
    """Let the user task's transition go on or end."""
    instance = ctx.state.instances.get(job.element_instance_key)
    entry = ctx.state.user_tasks.get(instance.user_task_key) if instance else None
    if instance is None or entry is None:
        return
    result = job.result or {}
    if result.get("denied"):
        user_task_transitions.deny(ctx, instance.user_task_key, result.get("deniedReason") or "")
        return
    corrections = _corrections(result)
    if corrections:
        ctx.event("USER_TASK", "CORRECTED", instance.user_task_key, _corrected(entry, corrections))
    user_task_transitions.advance(ctx, instance.user_task_key)


def _corrected(entry: UserTaskEntry, corrections: dict[str, Any]) -> UserTask:
    task = entry.pending or entry.value
    values: dict[str, Any] = {
        CORRECTABLE[name]: tuple(value) if isinstance(value, list) else value for name, value in corrections.items()
    }
    changed = dict.fromkeys((*task.changed_attributes, *corrections))
    return task._replace(**values, changed_attributes=tuple(changed))
