"""Events of jobs."""

from __future__ import annotations

from zeebelet.records import Record
from zeebelet.state.tables import State
from zeebelet.state.tables.jobs import ACTIVATABLE, ACTIVATED, ERROR_THROWN, FAILED

NO_CATCH_EVENT_FOUND = (
    "NO_CATCH_EVENT_FOUND"  # Zeebe's own marker in the element id of an ERROR_THROWN event nobody caught
)
LISTENERS = frozenset({"EXECUTION_LISTENER", "TASK_LISTENER"})


def created(state: State, record: Record) -> None:
    """A job exists, and its element instance waits for it."""
    state.jobs.put(record.key, record.value, ACTIVATABLE)
    instance = state.instances.get(record.value.element_instance_key)
    if instance is not None:
        instance.job_key = record.key


def batch_activated(state: State, record: Record) -> None:
    """A worker has the jobs until their deadline."""
    batch = record.value
    for key, job in zip(batch.job_keys, batch.jobs, strict=True):
        entry = state.jobs.get(key)
        if entry is not None:
            state.jobs.put(key, entry.value._replace(worker=job.worker, deadline=job.deadline), ACTIVATED)


def completed(state: State, record: Record) -> None:
    """A job is done; a listener's job moves its element or user task to the next listener."""
    job = record.value
    _remove(state, record)
    if job.job_kind == "EXECUTION_LISTENER":
        instance = state.instances.get(job.element_instance_key)
        if instance is not None:
            instance.listener_index += 1
    elif job.job_kind == "TASK_LISTENER":
        instance = state.instances.get(job.element_instance_key)
        entry = state.user_tasks.get(instance.user_task_key) if instance else None
        if entry is not None:
            entry.listener_index += 1


def failed(state: State, record: Record) -> None:
    """A worker gave up: now, later, or never again by itself."""
    job = record.value
    again_at_once = job.retries > 0 and job.retry_backoff <= 0
    state.jobs.put(record.key, job._replace(variables={}), ACTIVATABLE if again_at_once else FAILED)


def error_thrown(state: State, record: Record) -> None:
    """A caught error ends the job; an uncaught one blocks it."""
    job = record.value
    entry = state.jobs.get(record.key)
    if job.element_id != NO_CATCH_EVENT_FOUND or entry is None:
        _remove(state, record)
        return
    kept = entry.value._replace(error_code=job.error_code, error_message=job.error_message)
    state.jobs.put(record.key, kept, ERROR_THROWN)


def activatable(state: State, record: Record) -> None:
    """A worker may have it (again)."""
    state.jobs.put(record.key, record.value._replace(deadline=-1, worker=""), ACTIVATABLE)


def changed(state: State, record: Record) -> None:
    """Its value changed, its state did not."""
    entry = state.jobs.get(record.key)
    if entry is not None:
        state.jobs.put(record.key, record.value, entry.state)


def canceled(state: State, record: Record) -> None:
    """Its element is gone."""
    _remove(state, record)


def _remove(state: State, record: Record) -> None:
    state.jobs.remove(record.key)
    instance = state.instances.get(record.value.element_instance_key)
    if instance is not None and instance.job_key == record.key:
        instance.job_key = -1


APPLIERS = {
    ("JOB", "CREATED"): created,
    ("JOB", "COMPLETED"): completed,
    ("JOB", "FAILED"): failed,
    ("JOB", "ERROR_THROWN"): error_thrown,
    ("JOB", "TIMED_OUT"): activatable,
    ("JOB", "RECURRED_AFTER_BACKOFF"): activatable,
    ("JOB", "YIELDED"): activatable,
    ("JOB", "RETRIES_UPDATED"): changed,
    ("JOB", "TIMEOUT_UPDATED"): changed,
    ("JOB", "UPDATED"): changed,
    ("JOB", "MIGRATED"): changed,
    ("JOB", "CANCELED"): canceled,
    ("JOB_BATCH", "ACTIVATED"): batch_activated,
}
