"""Creates and cancels jobs: of tasks, of listeners, of ad-hoc sub-processes."""

from __future__ import annotations

from zeebelet.graph.specs import JobSpec, ListenerSpec
from zeebelet.processors import expressions
from zeebelet.processors.context import Context
from zeebelet.records import Job, JsonObject
from zeebelet.state.views import ElementInstance


def prepare(
    ctx: Context,
    spec: JobSpec | ListenerSpec,
    instance: ElementInstance,
    *,
    kind: str = "BPMN_ELEMENT",
    listener_event_type: str = "UNSPECIFIED",
    headers: dict[str, str] | None = None,
) -> Job:
    """Evaluate a job's expressions; nothing is written, so that a failure leaves nothing behind."""
    job_type = expressions.string(ctx, spec.type, instance.key)
    retries = expressions.integer(ctx, spec.retries, instance.key)
    return build(instance, job_type, retries, headers=headers or {}, kind=kind, listener_event_type=listener_event_type)


def build(
    instance: ElementInstance,
    job_type: str,
    retries: int,
    *,
    headers: dict[str, str],
    kind: str = "BPMN_ELEMENT",
    listener_event_type: str = "UNSPECIFIED",
    variables: JsonObject | None = None,
) -> Job:
    """A job of an element instance."""
    value = instance.value
    return Job(
        type=job_type,
        retries=retries,
        process_instance_key=value.process_instance_key,
        element_instance_key=instance.key,
        element_id=value.element_id,
        bpmn_process_id=value.bpmn_process_id,
        process_definition_version=value.version,
        process_definition_key=value.process_definition_key,
        variables=variables or {},
        custom_headers=headers,
        job_kind=kind,
        listener_event_type=listener_event_type,
        tenant_id=value.tenant_id,
        tags=value.tags,
        root_process_instance_key=value.root_process_instance_key,
    )


def create(ctx: Context, job: Job) -> int:
    """Make a job available to workers."""
    key = ctx.next_key()
    ctx.event("JOB", "CREATED", key, job)
    announce(ctx, job)
    return key


def announce(ctx: Context, job: Job) -> None:
    """Workers can be told that there is work."""
    if job.retries > 0:
        ctx.notes.activatable_types[job.type] = None


def cancel(ctx: Context, key: int) -> None:
    """Take a job away from whoever has it."""
    entry = ctx.state.jobs.get(key)
    if entry is not None:
        ctx.event("JOB", "CANCELED", key, entry.value)
