"""Events of incidents, user tasks and the clock."""

from __future__ import annotations

from zeebelet.records import Record
from zeebelet.state.tables import State
from zeebelet.state.tables.jobs import ACTIVATABLE, FAILED
from zeebelet.state.tables.work import UserTaskEntry

TRANSITIONAL = frozenset({"CREATING", "ASSIGNING", "CLAIMING", "UPDATING", "COMPLETING", "CANCELING"})
CREATED = "CREATED"


def incident_created(state: State, record: Record) -> None:
    """Something is stuck; a job that cannot be handed out is put aside."""
    incident = record.value
    state.incidents.put(record.key, incident)
    if incident.error_type == "MESSAGE_SIZE_EXCEEDED":
        entry = state.jobs.get(incident.job_key)
        if entry is not None:
            state.jobs.put(incident.job_key, entry.value, FAILED)


def incident_resolved(state: State, record: Record) -> None:
    """It goes on: a job can be had again, an element starts its listeners from the first."""
    incident = record.value
    state.incidents.remove(record.key)
    entry = state.jobs.get(incident.job_key)
    instance = state.instances.get(incident.element_instance_key)
    if entry is not None:
        state.jobs.put(incident.job_key, entry.value._replace(recurring_time=-1), ACTIVATABLE)
    elif incident.job_key < 0 and instance is not None:
        instance.listener_index = 0


def incident_migrated(state: State, record: Record) -> None:
    """It now belongs to another definition."""
    state.incidents.put(record.key, record.value)


def user_task_creating(state: State, record: Record) -> None:
    """A user task exists; it can be worked on once it is CREATED."""
    state.user_tasks.put(record.key, UserTaskEntry(record.value, "CREATING"))
    instance = state.instances.get(record.value.element_instance_key)
    if instance is not None:
        instance.user_task_key = record.key


def user_task_transition(state: State, record: Record) -> None:
    """A change is asked for; listeners may look at it first."""
    entry = state.user_tasks.get(record.key)
    if entry is not None:
        entry.before = CREATED
        entry.state = record.intent
        entry.pending = record.value
        entry.listener_index = 0


def user_task_corrected(state: State, record: Record) -> None:
    """A listener changed what is asked for."""
    entry = state.user_tasks.get(record.key)
    if entry is not None:
        entry.pending = record.value


def user_task_changed(state: State, record: Record) -> None:
    """The change is made; the task can be worked on."""
    entry = state.user_tasks.get(record.key)
    if entry is not None:
        entry.value = record.value._replace(variables={}, action="", changed_attributes=())
        entry.state, entry.pending, entry.listener_index = CREATED, None, 0


def user_task_denied(state: State, record: Record) -> None:
    """A listener denied the change; the task is as before."""
    entry = state.user_tasks.get(record.key)
    if entry is not None:
        entry.state, entry.pending, entry.listener_index = entry.before, None, 0


def user_task_ended(state: State, record: Record) -> None:
    """The task is over."""
    state.user_tasks.remove(record.key)
    instance = state.instances.get(record.value.element_instance_key)
    if instance is not None:
        instance.user_task_key = -1


def user_task_migrated(state: State, record: Record) -> None:
    """The task now belongs to another definition."""
    entry = state.user_tasks.get(record.key)
    if entry is not None:
        entry.value = record.value


def clock_pinned(state: State, record: Record) -> None:
    """Time stands still."""
    state.pinned_time = record.value.time


def clock_reset(state: State, _record: Record) -> None:
    """Time goes on."""
    state.pinned_time = -1


def purged(state: State, record: Record) -> None:
    """Everything is gone."""
    state.purge(record.value.change_id)


APPLIERS = {
    ("CLUSTER", "PURGED"): purged,
    ("INCIDENT", "CREATED"): incident_created,
    ("INCIDENT", "RESOLVED"): incident_resolved,
    ("INCIDENT", "MIGRATED"): incident_migrated,
    ("USER_TASK", "CREATING"): user_task_creating,
    ("USER_TASK", "CREATED"): user_task_changed,
    ("USER_TASK", "ASSIGNING"): user_task_transition,
    ("USER_TASK", "ASSIGNED"): user_task_changed,
    ("USER_TASK", "CLAIMING"): user_task_transition,
    ("USER_TASK", "UPDATING"): user_task_transition,
    ("USER_TASK", "UPDATED"): user_task_changed,
    ("USER_TASK", "COMPLETING"): user_task_transition,
    ("USER_TASK", "COMPLETED"): user_task_ended,
    ("USER_TASK", "CANCELING"): user_task_transition,
    ("USER_TASK", "CANCELED"): user_task_ended,
    ("USER_TASK", "CORRECTED"): user_task_corrected,
    ("USER_TASK", "ASSIGNMENT_DENIED"): user_task_denied,
    ("USER_TASK", "UPDATE_DENIED"): user_task_denied,
    ("USER_TASK", "COMPLETION_DENIED"): user_task_denied,
    ("USER_TASK", "MIGRATED"): user_task_migrated,
    ("CLOCK", "PINNED"): clock_pinned,
    ("CLOCK", "RESETTED"): clock_reset,
}
