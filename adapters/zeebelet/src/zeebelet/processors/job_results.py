"""What the completion of a job means, by the kind of the job."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.processors import ad_hoc_results, listener_results
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.processors.variables import merge, set_local
from zeebelet.records import Job, Record


def check(ctx: Context, command: Record, job: Job) -> None:
    """Refuse a result that does not fit the job."""
    checks = {"TASK_LISTENER": listener_results.check, "AD_HOC_SUB_PROCESS": ad_hoc_results.check}
    if job.job_kind in checks:
        checks[job.job_kind](ctx, command, job)


def deliver(ctx: Context, job: Job) -> None:
    """Hand the result over."""
    _DELIVERIES[job.job_kind](ctx, job)


def _to_element(ctx: Context, job: Job) -> None:
    """The element completes, if its scope still goes on; the variables wait for its output mappings."""
    instance = ctx.state.instances.get(job.element_instance_key)
    if instance is None or not instance.is_active:
        return
    if job.variables:
        transitions.triggering(ctx, instance.value, instance.key, job.element_id, job.variables)
    transitions.complete(ctx, instance)


def _to_execution_listener(ctx: Context, job: Job) -> None:
    """A start listener writes to the element, an end listener to the scopes around it."""
    instance = ctx.state.instances.get(job.element_instance_key)
    if instance is None:
        return
    if job.listener_event_type == "START":
        set_local(ctx, instance.value, instance.key, job.variables)
    else:
        scope = instance.value.flow_scope_key
        merge(ctx, instance.value, scope if scope > 0 else instance.key, job.variables)
    ctx.command("PROCESS_INSTANCE", "COMPLETE_EXECUTION_LISTENER", instance.key, instance.value)


_DELIVERIES: dict[str, Callable[[Context, Job], None]] = {
    "BPMN_ELEMENT": _to_element,
    "EXECUTION_LISTENER": _to_execution_listener,
    "TASK_LISTENER": listener_results.deliver,
    "AD_HOC_SUB_PROCESS": ad_hoc_results.deliver,
}
