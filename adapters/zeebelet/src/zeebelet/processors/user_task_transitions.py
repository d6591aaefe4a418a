"""The life cycle of a native user task, as a table: what each transition is called, which listeners it asks, how it ends.

A transition starts with its -ING event, asks its listeners one after the other, and ends with its -ED event or, when a listener
denies, with the task as it was before.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from zeebelet.errors import Failure, invalid_state
from zeebelet.graph.specs import ListenerSpec
from zeebelet.processors import incidents, job_creation
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.records import UserTask
from zeebelet.state.views import ElementInstance, UserTaskEntry

HEADER = "io.camunda.zeebe:"


class Transition(NamedTuple):
    """A row: the listeners' event type, the closing event, the event of a denial, and how a denial is told."""

    listeners: str
    done: str
    denied: str = ""
    noun: str = ""


TRANSITIONS = {
    "CREATING": Transition("creating", "CREATED"),
    "ASSIGNING": Transition("assigning", "ASSIGNED", "ASSIGNMENT_DENIED", "Assignment"),
    "CLAIMING": Transition("assigning", "ASSIGNED", "ASSIGNMENT_DENIED", "Assignment"),
    "UPDATING": Transition("updating", "UPDATED", "UPDATE_DENIED", "Update"),
    "COMPLETING": Transition("completing", "COMPLETED", "COMPLETION_DENIED", "Completion"),
    "CANCELING": Transition("canceling", "CANCELED"),
}


def create(ctx: Context, task: UserTask) -> None:
    """A user task comes into being; a modelled assignee is assigned once it is created."""
    ctx.event("USER_TASK", "CREATING", task.user_task_key, task)
    advance(ctx, task.user_task_key)


def begin(ctx: Context, key: int, intent: str, asked: UserTask) -> None:
    """Start a transition somebody asked for."""
    ctx.event("USER_TASK", intent, key, asked)
    advance(ctx, key)


def cancel(ctx: Context, key: int) -> None:
    """The element is being ended; whoever waits for a transition of the task hears that it did not happen."""
    entry = _entry(ctx, key)
    waiting = ctx.user_task_requests.pop(key, None)
    if waiting is not None:
        ctx.writers.reject(
            waiting,
            invalid_state(
                f"Expected to {waiting.intent.lower()} user task with key '{key}', but it is in state 'CANCELING'"
            ),
        )
    begin(ctx, key, "CANCELING", entry.value)


def _entry(ctx: Context, key: int) -> UserTaskEntry:
    entry = ctx.state.user_tasks.get(key)
    assert entry is not None
    return entry


def advance(ctx: Context, key: int) -> None:
    """Ask the next listener of the running transition, or finish it."""
    entry = _entry(ctx, key)
    instance = ctx.state.instances.get(entry.value.element_instance_key)
    assert instance is not None
    listener = _next_listener(ctx, entry, instance)
    if listener is None:
        _FINISH.get(entry.state, _finish)(ctx, key, entry, instance)
        return
    try:
        _ask(ctx, listener, entry, instance)
    except Failure as failure:
        incidents.raise_for_element(ctx, instance, failure)


def _next_listener(ctx: Context, entry: UserTaskEntry, instance: ElementInstance) -> ListenerSpec | None:
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    assert element.user_task is not None
    event_type = TRANSITIONS[entry.state].listeners
    listeners = [listener for listener in element.user_task.listeners if listener.event_type == event_type]
    return listeners[entry.listener_index] if entry.listener_index < len(listeners) else None


def _ask(ctx: Context, listener: ListenerSpec, entry: UserTaskEntry, instance: ElementInstance) -> None:
    task = entry.pending or entry.value
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    job = job_creation.prepare(
        ctx,
        listener,
        instance,
        kind="TASK_LISTENER",
        listener_event_type=TRANSITIONS[entry.state].listeners.upper(),
        headers=(element.user_task.headers if element.user_task else {}) | _headers(task),
    )
    job_creation.create(ctx, job._replace(variables=task.variables, changed_attributes=_changed(entry.value, task)))


def _changed(current: UserTask, asked: UserTask) -> tuple[str, ...]:
    """The attributes a transition changes, by their names in Zeebe's records."""
    names = {
        "assignee": "assignee",
        "candidateGroups": "candidate_groups",
        "candidateUsers": "candidate_users",
        "dueDate": "due_date",
        "followUpDate": "follow_up_date",
        "priority": "priority",
    }
    return tuple(name for name, field in names.items() if getattr(current, field) != getattr(asked, field))


def _headers(task: UserTask) -> dict[str, str]:
    """The task as its listeners see it."""
    attributes = {
        "action": task.action,
        "assignee": task.assignee,
        "candidateGroups": json.dumps(task.candidate_groups, separators=(",", ":")) if task.candidate_groups else "",
        "candidateUsers": json.dumps(task.candidate_users, separators=(",", ":")) if task.candidate_users else "",
        "changedAttributes": json.dumps(task.changed_attributes, separators=(",", ":"))
        if task.changed_attributes
        else "",
        "dueDate": task.due_date,
        "followUpDate": task.follow_up_date,
        "formKey": str(task.form_key) if task.form_key > 0 else "",
        "priority": str(task.priority),
        "userTaskKey": str(task.user_task_key),
    }
    return {HEADER + name: value for name, value in attributes.items() if value}


Finish = Callable[[Context, int, UserTaskEntry, ElementInstance], None]


def _finish(ctx: Context, key: int, entry: UserTaskEntry, _instance: ElementInstance) -> None:
    _announce(ctx, key, entry)


def _announce(ctx: Context, key: int, entry: UserTaskEntry) -> UserTask:
    """Write the closing event and answer whoever asked for the transition."""
    task = entry.pending or entry.value
    event = ctx.event("USER_TASK", TRANSITIONS[entry.state].done, key, task)
    waiting = ctx.user_task_requests.pop(key, None)
    if waiting is not None:
        ctx.answer(waiting, event)
    return task


def _finish_creating(ctx: Context, key: int, entry: UserTaskEntry, _instance: ElementInstance) -> None:
    task = entry.pending or entry.value
    ctx.event("USER_TASK", "CREATED", key, task._replace(assignee=""))
    if task.assignee:
        begin(ctx, key, "ASSIGNING", task)


def _finish_completing(ctx: Context, key: int, entry: UserTaskEntry, instance: ElementInstance) -> None:
    task = _announce(ctx, key, entry)
    if not instance.is_active:
        return
    if task.variables:
        transitions.triggering(ctx, instance.value, instance.key, task.element_id, task.variables)
    transitions.complete(ctx, instance)


def _finish_canceling(ctx: Context, key: int, entry: UserTaskEntry, instance: ElementInstance) -> None:
    _announce(ctx, key, entry)
    if instance.is_terminating:
        element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
        transitions.terminated(ctx, element, instance)


_FINISH: dict[str, Finish] = {
    "CREATING": _finish_creating,
    "COMPLETING": _finish_completing,
    "CANCELING": _finish_canceling,
}


def deny(ctx: Context, key: int, reason: str) -> None:
    """A listener denied the transition: the task is as before, and whoever asked hears why."""
    entry = _entry(ctx, key)
    row = TRANSITIONS[entry.state]
    task = (entry.pending or entry.value)._replace(denied_reason=reason)
    ctx.event("USER_TASK", row.denied, key, task)
    waiting = ctx.user_task_requests.pop(key, None)
    if waiting is not None:
        ctx.writers.reject(
            waiting,
            invalid_state(
                f"{row.noun} of the User Task with key '{key}' was denied by Task Listener. Reason to deny: '{reason}'"
            ),
        )
