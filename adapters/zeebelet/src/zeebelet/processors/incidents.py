"""Raises incidents, and closes those whose element or job is gone."""

from __future__ import annotations

from zeebelet.errors import Failure
from zeebelet.halves import whole
from zeebelet.processors.context import Context
from zeebelet.records import Incident, Job
from zeebelet.state.views import ElementInstance


def raise_for_element(ctx: Context, instance: ElementInstance, failure: Failure) -> None:
    """An element cannot go on."""
    value = instance.value
    incident = Incident(
        error_type=failure.error_type,
        error_message=whole(failure.message),
        bpmn_process_id=value.bpmn_process_id,
        process_definition_key=value.process_definition_key,
        process_instance_key=value.process_instance_key,
        element_id=failure.element_id or value.element_id,
        element_instance_key=instance.key,
        job_key=failure.job_key,
        variable_scope_key=failure.variable_scope_key if failure.variable_scope_key > 0 else instance.key,
        tenant_id=value.tenant_id,
        root_process_instance_key=value.root_process_instance_key,
    )
    ctx.event("INCIDENT", "CREATED", ctx.next_key(), incident)


def raise_for_job(ctx: Context, key: int, job: Job, *, error_type: str, message: str) -> None:
    """A job cannot go on."""
    incident = Incident(
        error_type=error_type,
        error_message=whole(message),
        bpmn_process_id=job.bpmn_process_id,
        process_definition_key=job.process_definition_key,
        process_instance_key=job.process_instance_key,
        element_id=job.element_id,
        element_instance_key=job.element_instance_key,
        job_key=key,
        variable_scope_key=job.element_instance_key,
        tenant_id=job.tenant_id,
        root_process_instance_key=job.root_process_instance_key,
    )
    ctx.event("INCIDENT", "CREATED", ctx.next_key(), incident)


def close(ctx: Context, element_instance_key: int) -> None:
    """Resolve what is open at an element that is gone."""
    if not ctx.state.incidents.has("element", element_instance_key):
        return
    for key in ctx.state.incidents.by("element", element_instance_key):
        ctx.event("INCIDENT", "RESOLVED", key, ctx.state.incidents.get(key))
