"""Commands on native user tasks."""

from __future__ import annotations

from zeebelet.errors import invalid_state, not_found
from zeebelet.processors import user_task_transitions
from zeebelet.processors.context import Context
from zeebelet.records import Record, UserTask
from zeebelet.state.views import UserTaskEntry

UPDATABLE = {
    "candidateGroups": "candidate_groups",
    "candidateGroupsList": "candidate_groups",
    "candidateUsers": "candidate_users",
    "candidateUsersList": "candidate_users",
    "dueDate": "due_date",
    "followUpDate": "follow_up_date",
    "priority": "priority",
    "candidate_groups": "candidate_groups",
    "candidate_users": "candidate_users",
    "due_date": "due_date",
    "follow_up_date": "follow_up_date",
}


def _open(ctx: Context, command: Record) -> UserTaskEntry:
    verb = command.intent.lower()
    entry = ctx.state.user_tasks.get(command.key)
    if entry is None:
        raise not_found(f"Expected to {verb} user task with key '{command.key}', but no such user task was found")
    if entry.state != "CREATED":
        raise invalid_state(
            f"Expected to {verb} user task with key '{command.key}', but it is in state '{entry.state}'"
        )
    return entry


def _begin(ctx: Context, command: Record, intent: str, asked: UserTask) -> None:
    if command.request_id >= 0:
        ctx.user_task_requests[command.key] = command
    user_task_transitions.begin(ctx, command.key, intent, asked)


def assign(ctx: Context, command: Record) -> None:
    """USER_TASK/ASSIGN: to somebody, or to nobody."""
    entry = _open(ctx, command)
    action = command.value.action or "assign"
    _begin(
        ctx,
        command,
        "ASSIGNING",
        entry.value._replace(assignee=command.value.assignee, action=action, changed_attributes=("assignee",)),
    )


def claim(ctx: Context, command: Record) -> None:
    """USER_TASK/CLAIM: only if nobody else has it."""
    entry = _open(ctx, command)
    assignee = command.value.assignee
    if not assignee:
        raise invalid_state(f"Expected to claim user task with key '{command.key}', but provided assignee is empty")
    if entry.value.assignee not in ("", assignee):
        raise invalid_state(f"Expected to claim user task with key '{command.key}', but it has already been assigned")
    action = command.value.action or "claim"
    _begin(
        ctx,
        command,
        "CLAIMING",
        entry.value._replace(assignee=assignee, action=action, changed_attributes=("assignee",)),
    )


def update(ctx: Context, command: Record) -> None:
    """USER_TASK/UPDATE: the attributes named in `changed_attributes`."""
    entry = _open(ctx, command)
    asked = entry.value
    changed = []
    for name in command.value.changed_attributes:
        field = UPDATABLE[name]
        if getattr(asked, field) != getattr(command.value, field):
            changed.append(name)
        asked = asked._replace(**{field: getattr(command.value, field)})
    action = command.value.action or "update"
    _begin(ctx, command, "UPDATING", asked._replace(action=action, changed_attributes=tuple(changed)))


def complete(ctx: Context, command: Record) -> None:
    """USER_TASK/COMPLETE."""
    entry = _open(ctx, command)
    action = command.value.action or "complete"
    _begin(ctx, command, "COMPLETING", entry.value._replace(variables=command.value.variables, action=action))


def complete_listener(ctx: Context, command: Record) -> None:
    """USER_TASK/COMPLETE_TASK_LISTENER: a listener is done, or its expression is tried again."""
    if ctx.state.user_tasks.get(command.key) is not None:
        user_task_transitions.advance(ctx, command.key)


PROCESSORS = {
    ("USER_TASK", "ASSIGN"): assign,
    ("USER_TASK", "CLAIM"): claim,
    ("USER_TASK", "UPDATE"): update,
    ("USER_TASK", "COMPLETE"): complete,
    ("USER_TASK", "COMPLETE_TASK_LISTENER"): complete_listener,
}
