"""Resolves incidents: what got stuck is tried again."""

from __future__ import annotations

from zeebelet.errors import invalid_state, not_found
from zeebelet.processors import job_creation
from zeebelet.processors.bpmn import lifecycle
from zeebelet.processors.context import Context
from zeebelet.processors.user_task_transitions import TRANSITIONS
from zeebelet.records import Incident, Record

RETRY = {lifecycle.ACTIVATING: "ACTIVATE_ELEMENT", lifecycle.COMPLETING: "COMPLETE_ELEMENT"}


def resolve(ctx: Context, command: Record) -> None:
    """INCIDENT/RESOLVE: a job can be had again, an element repeats the step that failed."""
    incident = ctx.state.incidents.get(command.key)
    if incident is None:
        raise not_found(f"Expected to resolve incident with key '{command.key}', but no such incident was found")
    _check_retries(ctx, command, incident)
    ctx.answer(command, ctx.event("INCIDENT", "RESOLVED", command.key, incident))
    job = ctx.state.jobs.get(incident.job_key)
    if job is not None:
        job_creation.announce(ctx, job.value)
        return
    instance = ctx.state.instances.get(incident.element_instance_key)
    task = ctx.state.user_tasks.get(instance.user_task_key) if instance is not None else None
    if instance is not None and task is not None and task.state in TRANSITIONS and instance.job_key <= 0:
        ctx.command("USER_TASK", "COMPLETE_TASK_LISTENER", instance.user_task_key, task.value)
    elif instance is not None and instance.state in RETRY:
        ctx.command("PROCESS_INSTANCE", RETRY[instance.state], instance.key, instance.value)


def _check_retries(ctx: Context, command: Record, incident: Incident) -> None:
    job = ctx.state.jobs.get(incident.job_key)
    if job is not None and job.state == "FAILED" and job.value.retries <= 0:
        raise invalid_state(
            f"Expected to resolve incident with key '{command.key}', but job with key '{incident.job_key}' "
            "has no retries left. Please update the job retries and retry resolving the incident"
        )


PROCESSORS = {("INCIDENT", "RESOLVE"): resolve}
