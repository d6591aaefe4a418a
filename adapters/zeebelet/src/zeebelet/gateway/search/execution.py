"""What happens inside instances: variables, jobs, incidents, user tasks, messages."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.gateway.search.rows import (
    CorrelationRow,
    IncidentRow,
    JobRow,
    MessageSubscriptionRow,
    ProcessInstanceRow,
    TaskEvent,
    UserTaskRow,
    VariableRow,
)
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import Record

Apply = Callable[[Tables, Record], None]

# Event of a job -> the state a search shows; events that are missing here leave the state alone.
JOB_STATES = {
    "CREATED": "CREATED",
    "COMPLETED": "COMPLETED",
    "FAILED": "FAILED",
    "ERROR_THROWN": "ERROR_THROWN",
    "RETRIES_UPDATED": "RETRIES_UPDATED",
    "TIMED_OUT": "TIMED_OUT",
    "CANCELED": "CANCELED",
    "MIGRATED": "MIGRATED",
    "YIELDED": "CREATED",
}
_JOB_EVENTS = (*JOB_STATES, "RECURRED_AFTER_BACKOFF", "TIMEOUT_UPDATED", "UPDATED")
_JOB_ENDS = ("COMPLETED", "CANCELED", "ERROR_THROWN")

# Event of a user task -> (state, whether its values hold from now on; else they are what listeners may still deny).
USER_TASK_STATES = {
    "CREATING": ("CREATING", True),
    "CREATED": ("CREATED", True),
    "ASSIGNING": ("ASSIGNING", False),
    "CLAIMING": ("ASSIGNING", False),
    "ASSIGNED": ("CREATED", True),
    "UPDATING": ("UPDATING", False),
    "UPDATED": ("CREATED", True),
    "COMPLETING": ("COMPLETING", False),
    "COMPLETED": ("COMPLETED", True),
    "CANCELING": ("CANCELING", False),
    "CANCELED": ("CANCELED", True),
    "MIGRATED": ("", True),
    "CORRECTED": ("", False),
    "ASSIGNMENT_DENIED": ("CREATED", False),
    "UPDATE_DENIED": ("CREATED", False),
    "COMPLETION_DENIED": ("CREATED", False),
}
_USER_TASK_ENDS = ("COMPLETED", "CANCELED")
_USER_TASK_HISTORY = frozenset(
    "CREATED ASSIGNED UPDATED COMPLETED CANCELED MIGRATED ASSIGNMENT_DENIED UPDATE_DENIED COMPLETION_DENIED".split()
)


def _root(tables: Tables, process_instance_key: int) -> int:
    instance = tables.instances.get(process_instance_key)
    return instance.root_key if instance else process_instance_key


def _variable(tables: Tables, record: Record) -> None:
    value = record.value
    row = tables.variables.get(record.key)
    if row is not None:
        row.content = value.value
        return
    root = _root(tables, value.process_instance_key)
    tables.variables.put(
        record.key,
        VariableRow(
            record.key, value.name, value.value, value.scope_key, value.process_instance_key, root, value.tenant_id
        ),
    )


def _job(tables: Tables, record: Record) -> None:
    value = record.value
    row = tables.jobs.get(record.key)
    if row is None:
        root = _root(tables, value.process_instance_key)
        tables.jobs.put(record.key, JobRow(record.key, value, record.timestamp, root, JOB_STATES[record.intent]))
        return
    row.value = value
    row.state = JOB_STATES.get(record.intent, row.state)
    row.last_update_time = record.timestamp
    if record.intent in _JOB_ENDS:
        row.end_time = record.timestamp
    if value.result is not None:
        row.denied = bool(value.result.get("denied", False))
        row.denied_reason = value.result.get("deniedReason") or ""


def _jobs_activated(tables: Tables, record: Record) -> None:
    for key, job in zip(record.value.job_keys, record.value.jobs, strict=True):
        row = tables.jobs.get(key)
        if row is not None:
            row.value = row.value._replace(worker=job.worker, deadline=job.deadline, retries=job.retries)
            row.last_update_time = record.timestamp


def _lineage(tables: Tables, process_instance_key: int) -> list[ProcessInstanceRow]:
    """The instance and those that called it: an incident shows on each."""
    lineage: list[ProcessInstanceRow] = []
    row = tables.instances.get(process_instance_key)
    while row is not None:
        lineage.append(row)
        row = tables.instances.get(row.value.parent_process_instance_key)
    return lineage


def _incident_created(tables: Tables, record: Record) -> None:
    value = record.value
    lineage = _lineage(tables, value.process_instance_key)
    root = lineage[-1].key if lineage else value.process_instance_key
    tables.incidents.put(record.key, IncidentRow(record.key, value, record.timestamp, root))
    for instance in lineage:
        instance.incidents += 1
    element = tables.elements.get(value.element_instance_key)
    if element is not None:
        element.incident_key = record.key


def _incident_resolved(tables: Tables, record: Record) -> None:
    row = tables.incidents.get(record.key)
    if row is None or row.state == "RESOLVED":
        return
    row.state = "RESOLVED"
    for instance in _lineage(tables, row.value.process_instance_key):
        instance.incidents -= 1
    element = tables.elements.get(row.value.element_instance_key)
    if element is not None and element.incident_key == record.key:
        element.incident_key = -1


def _incident_migrated(tables: Tables, record: Record) -> None:
    row = tables.incidents.get(record.key)
    if row is not None:
        row.value = record.value


def _user_task(tables: Tables, record: Record) -> None:
    value = record.value
    row = tables.user_tasks.get(record.key)
    if row is None:
        element = tables.elements.get(value.element_instance_key)
        created = value.creation_timestamp if value.creation_timestamp >= 0 else record.timestamp
        row = UserTaskRow(record.key, value, element, created, _root(tables, value.process_instance_key))
        tables.user_tasks.put(record.key, row)
    state, holds = USER_TASK_STATES[record.intent]
    row.state = state or row.state
    row.pending = None if holds or record.intent.endswith("_DENIED") else value
    if holds:
        row.value = value
    if record.intent in _USER_TASK_ENDS:
        row.completion_date = record.timestamp
    if record.intent in _USER_TASK_HISTORY:
        event = TaskEvent(record.timestamp, record.intent, value.assignee, value.action, value.changed_attributes)
        row.history = (*row.history, event)


def _subscription(tables: Tables, record: Record) -> None:
    row = tables.message_subscriptions.get(record.key)
    if row is None:
        root = _root(tables, record.value.process_instance_key)
        row = MessageSubscriptionRow(record.key, record.value, root, record.intent, record.timestamp)
        tables.message_subscriptions.put(record.key, row)
    row.value, row.state, row.last_updated_date = record.value, record.intent, record.timestamp


def _correlated(tables: Tables, record: Record) -> None:
    _subscription(tables, record)
    _met(tables, record, record.value.element_id, record.value.element_instance_key)


def _start_correlated(tables: Tables, record: Record) -> None:
    _met(tables, record, record.value.start_event_id, -1)


def _met(tables: Tables, record: Record, element_id: str, element_instance_key: int) -> None:
    value = record.value
    key = f"{value.message_key}_{record.key}"
    root = _root(tables, value.process_instance_key)
    tables.correlations.put(
        key, CorrelationRow(key, record.key, value, element_id, element_instance_key, root, record.timestamp)
    )


APPLY: dict[tuple[str, str], Apply] = {
    ("VARIABLE", "CREATED"): _variable,
    ("VARIABLE", "UPDATED"): _variable,
    **{("JOB", intent): _job for intent in _JOB_EVENTS},
    ("JOB_BATCH", "ACTIVATED"): _jobs_activated,
    ("INCIDENT", "CREATED"): _incident_created,
    ("INCIDENT", "RESOLVED"): _incident_resolved,
    ("INCIDENT", "MIGRATED"): _incident_migrated,
    **{("USER_TASK", intent): _user_task for intent in USER_TASK_STATES},
    ("PROCESS_MESSAGE_SUBSCRIPTION", "CREATED"): _subscription,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "DELETED"): _subscription,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "MIGRATED"): _subscription,
    ("PROCESS_MESSAGE_SUBSCRIPTION", "CORRELATED"): _correlated,
    ("MESSAGE_START_EVENT_SUBSCRIPTION", "CORRELATED"): _start_correlated,
}
