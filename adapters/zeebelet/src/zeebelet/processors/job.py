"""Commands on jobs."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.errors import invalid_argument, invalid_state, not_found
from zeebelet.processors import incidents, job_creation, job_results
from zeebelet.processors.bpmn import catching, throwing
from zeebelet.processors.context import Context
from zeebelet.processors.variables import set_local
from zeebelet.records import Job, Record
from zeebelet.state.views import ElementInstance, JobEntry

NO_CATCH_EVENT_FOUND = "NO_CATCH_EVENT_FOUND"
NO_RETRIES = {
    "BPMN_ELEMENT": "JOB_NO_RETRIES",
    "EXECUTION_LISTENER": "EXECUTION_LISTENER_NO_RETRIES",
    "TASK_LISTENER": "TASK_LISTENER_NO_RETRIES",
    "AD_HOC_SUB_PROCESS": "AD_HOC_SUB_PROCESS_NO_RETRIES",
}


def _workable(ctx: Context, command: Record, what: str) -> JobEntry:
    """The job, if a worker's answer is acceptable: it need not have been activated."""
    entry = ctx.state.jobs.get(command.key)
    if entry is None:
        raise not_found(f"Expected to {what} job with key '{command.key}', but no such job was found")
    if entry.state not in ("ACTIVATABLE", "ACTIVATED"):
        raise invalid_state(f"Expected to {what} job with key '{command.key}', but it is in state '{entry.state}'")
    return entry


def complete(ctx: Context, command: Record) -> None:
    """JOB/COMPLETE: the result goes to whatever the job was for."""
    entry = _workable(ctx, command, "complete")
    job_results.check(ctx, command, entry.value)
    job = entry.value._replace(variables=command.value.variables, result=command.value.result)
    ctx.answer(command, ctx.event("JOB", "COMPLETED", command.key, job))
    job_results.deliver(ctx, job)


def fail(ctx: Context, command: Record) -> None:
    """JOB/FAIL: with retries it comes back, without it waits for an operator."""
    entry = _workable(ctx, command, "fail")
    asked: Job = command.value
    backoff = asked.retry_backoff if asked.retries > 0 else 0
    job = entry.value._replace(
        retries=asked.retries,
        retry_backoff=backoff,
        recurring_time=ctx.now + backoff if backoff > 0 else -1,
        error_message=_truncated(ctx, asked.error_message),
        variables=asked.variables,
        deadline=-1,
    )
    ctx.answer(command, ctx.event("JOB", "FAILED", command.key, job))
    _set_local(ctx, job)
    if job.retries <= 0:
        message = job.error_message or "No more retries left."
        incidents.raise_for_job(ctx, command.key, job, error_type=NO_RETRIES[job.job_kind], message=message)
    elif backoff <= 0:
        job_creation.announce(ctx, job)


def _truncated(ctx: Context, message: str) -> str:
    limit = ctx.config.max_error_message_size
    return message if len(message) <= limit else message[:limit] + "..."


def _set_local(ctx: Context, job: Job) -> None:
    instance = ctx.state.instances.get(job.element_instance_key)
    if instance is not None and job.variables:
        set_local(ctx, instance.value, instance.key, job.variables)


def throw_error(ctx: Context, command: Record) -> None:
    """JOB/THROW_ERROR: caught by the nearest event with the code, else an incident."""
    entry = _workable(ctx, command, "throw an error for")
    if entry.value.job_kind != "BPMN_ELEMENT":
        raise invalid_state(
            f"Cannot throw BPMN error from {entry.value.job_kind} job with key '{command.key}', "
            f"type '{entry.value.type}' and processInstanceKey '{entry.value.process_instance_key}'"
        )
    asked: Job = command.value
    job = entry.value._replace(
        error_code=asked.error_code, error_message=_truncated(ctx, asked.error_message), variables=asked.variables
    )
    instance = ctx.state.instances.get(job.element_instance_key)
    caught = throwing.find(ctx, instance, "error", job.error_code)
    if caught is None:
        _not_caught(ctx, command, job, instance)
        return
    ctx.answer(command, ctx.event("JOB", "ERROR_THROWN", command.key, job))
    catching.trigger(ctx, caught.host, caught.event, job.variables)


def _not_caught(ctx: Context, command: Record, job: Job, instance: ElementInstance | None) -> None:
    marked = job._replace(element_id=NO_CATCH_EVENT_FOUND)
    ctx.answer(command, ctx.event("JOB", "ERROR_THROWN", command.key, marked))
    message = throwing.uncaught_error(ctx, instance, job.error_code, job.error_message)
    incidents.raise_for_job(ctx, command.key, job, error_type="UNHANDLED_ERROR_EVENT", message=message)


def update_retries(ctx: Context, command: Record) -> None:
    """JOB/UPDATE_RETRIES: only the number changes; an incident stays until it is resolved."""
    entry = _to_update(ctx, command)
    job = entry.value._replace(retries=_positive(command, command.value.retries))
    ctx.answer(command, ctx.event("JOB", "RETRIES_UPDATED", command.key, job))


def _to_update(ctx: Context, command: Record) -> JobEntry:
    entry = ctx.state.jobs.get(command.key)
    if entry is None:
        raise not_found(f"Expected to update job with key '{command.key}', but no such job was found")
    return entry


def _positive(command: Record, retries: int) -> int:
    if retries < 1:
        raise invalid_argument(
            f"Expected to update retries for job with key '{command.key}' with a positive amount of retries, "
            f"but the amount given was '{retries}'"
        )
    return retries


def update_timeout(ctx: Context, command: Record) -> None:
    """JOB/UPDATE_TIMEOUT: the worker has more or less time, from now."""
    entry = ctx.state.jobs.get(command.key)
    if entry is None:
        raise not_found(f"Expected to update job with key '{command.key}', but no such job was found")
    job = entry.value._replace(deadline=_deadline(ctx, command, entry))
    ctx.answer(command, ctx.event("JOB", "TIMEOUT_UPDATED", command.key, job))


def _deadline(ctx: Context, command: Record, entry: JobEntry) -> int:
    if entry.state != "ACTIVATED":
        raise invalid_state(f"Expected to update the timeout of job with key '{command.key}', but it is not active")
    deadline: int = ctx.now + command.value.timeout
    return deadline


def update(ctx: Context, command: Record) -> None:
    """JOB/UPDATE: retries and time-out in one command, as far as they are named in `changed_attributes`."""
    entry = ctx.state.jobs.get(command.key)
    if entry is None:
        raise not_found(f"Expected to update job with key '{command.key}', but no such job was found")
    job = entry.value
    for attribute in command.value.changed_attributes:
        if attribute == "retries":
            job = job._replace(retries=_positive(command, command.value.retries))
        elif attribute == "timeout":
            job = job._replace(deadline=_deadline(ctx, command, entry))
    ctx.answer(command, ctx.event("JOB", "UPDATED", command.key, job))


def time_out(ctx: Context, command: Record) -> None:
    """JOB/TIME_OUT: the worker did not answer in time."""
    _again(ctx, command, "ACTIVATED", "TIMED_OUT")


def recur(ctx: Context, command: Record) -> None:
    """JOB/RECUR_AFTER_BACKOFF: the back-off is over."""
    _again(ctx, command, "FAILED", "RECURRED_AFTER_BACKOFF")


def give_back(ctx: Context, command: Record) -> None:
    """JOB/YIELD: it could not be delivered."""
    _again(ctx, command, "ACTIVATED", "YIELDED")


def _again(ctx: Context, command: Record, state: str, intent: str) -> None:
    entry = ctx.state.jobs.get(command.key)
    verb = command.intent.lower().replace("_", " ")
    if entry is None:
        raise not_found(f"Expected to {verb} job with key '{command.key}', but no such job was found")
    if entry.state != state:
        raise invalid_state(f"Expected to {verb} job with key '{command.key}', but it is in state '{entry.state}'")
    job = entry.value._replace(recurring_time=-1)
    ctx.answer(command, ctx.event("JOB", intent, command.key, job))
    job_creation.announce(ctx, job)


PROCESSORS: dict[tuple[str, str], Callable[[Context, Record], None]] = {
    ("JOB", "COMPLETE"): complete,
    ("JOB", "FAIL"): fail,
    ("JOB", "THROW_ERROR"): throw_error,
    ("JOB", "UPDATE_RETRIES"): update_retries,
    ("JOB", "UPDATE_TIMEOUT"): update_timeout,
    ("JOB", "UPDATE"): update,
    ("JOB", "TIME_OUT"): time_out,
    ("JOB", "RECUR_AFTER_BACKOFF"): recur,
    ("JOB", "YIELD"): give_back,
}
