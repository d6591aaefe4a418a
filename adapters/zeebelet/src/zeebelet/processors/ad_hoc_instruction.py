"""Starts elements of an ad-hoc sub-process from outside."""

from __future__ import annotations

from zeebelet.errors import invalid_argument, invalid_state, not_found
from zeebelet.processors import ad_hoc_results
from zeebelet.processors.bpmn import ad_hoc
from zeebelet.processors.bpmn.container import terminate_children
from zeebelet.processors.context import Context
from zeebelet.records import AdHocActivation, Record
from zeebelet.state.views import ElementInstance


def activate(ctx: Context, command: Record) -> None:
    """AD_HOC_SUB_PROCESS_INSTRUCTION/ACTIVATE."""
    asked: AdHocActivation = command.value
    instance = _instance(ctx, asked)
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    event = ctx.event("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATED", ctx.next_key(), asked)
    ctx.answer(command, event)
    if asked.cancel_remaining_instances:
        terminate_children(ctx, instance)
    for element_id, document in asked.elements:
        ad_hoc.activate_inner(ctx, element, instance, element_id, document)


def _instance(ctx: Context, asked: AdHocActivation) -> ElementInstance:
    key = asked.ad_hoc_sub_process_instance_key
    instance = ctx.state.instances.get(key)
    if instance is None or instance.value.bpmn_element_type != "AD_HOC_SUB_PROCESS":
        raise not_found(
            f"Expected to activate activities for ad-hoc sub-process but no ad-hoc sub-process instance found with key '{key}'."
        )
    start = f"Expected to activate activities for ad-hoc sub-process with key '{key}', but"
    identifiers = [element_id for element_id, _ in asked.elements]
    if len(set(identifiers)) < len(identifiers):
        raise invalid_argument(f"{start} duplicate activities were given.")
    if not instance.is_active:
        raise invalid_state(f"{start} it is not active.")
    missing = ad_hoc.unknown(ctx, instance, identifiers)
    if missing:
        raise not_found(ad_hoc_results.unknown_text(key, missing))
    return instance


PROCESSORS = {("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATE"): activate}
