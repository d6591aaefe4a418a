"""What the worker of an ad-hoc sub-process decided."""

from __future__ import annotations

from typing import Any

from zeebelet.errors import not_found
from zeebelet.processors import variables
from zeebelet.processors.bpmn import ad_hoc
from zeebelet.processors.context import Context
from zeebelet.records import AdHocActivation, Job, Record


def _elements(result: dict[str, Any] | None) -> list[dict[str, Any]]:
    return list((result or {}).get("activateElements") or ())


def check(ctx: Context, command: Record, job: Job) -> None:
    """Refuse elements that are not there."""
    instance = ctx.state.instances.get(job.element_instance_key)
    if instance is None:
        return
    missing = ad_hoc.unknown(ctx, instance, [item["elementId"] for item in _elements(command.value.result)])
    if missing:
        raise not_found(unknown_text(instance.key, missing))


def unknown_text(key: int, missing: list[str]) -> str:
    """The text for elements that do not exist."""
    return (
        f"Expected to activate activities for ad-hoc sub-process with key '{key}', "
        f"but the given elements [{', '.join(missing)}] do not exist."
    )


def deliver(ctx: Context, job: Job) -> None:
    """Start what the worker chose, or finish."""
    instance = ctx.state.instances.get(job.element_instance_key)
    if instance is None or not instance.is_active:
        return
    result = job.result or {}
    variables.merge(ctx, instance.value, instance.key, job.variables)
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    if result.get("isCompletionConditionFulfilled"):
        ad_hoc.fulfil(ctx, instance, cancel_remaining=bool(result.get("isCancelRemainingInstances")))
        return
    chosen = tuple((item["elementId"], item.get("variables") or {}) for item in _elements(result))
    if chosen:
        activation = AdHocActivation(instance.key, chosen)
        ctx.event("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATED", ctx.next_key(), activation)
    for element_id, document in chosen:
        ad_hoc.activate_inner(ctx, element, instance, element_id, document)
