"""Drives an element instance through its life cycle: one function per command.

ACTIVATE_ELEMENT   ACTIVATING, input mappings, start listeners, then the element's own `activate`.
COMPLETE_ELEMENT   COMPLETING, the element's `completing` (output mappings), end listeners, then its `complete`.
TERMINATE_ELEMENT  TERMINATING, then the element's `terminate`.
A `Failure` on the way becomes an incident; resolving it sends the same command again, which goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.errors import Failure, Rejection, invalid_state
from zeebelet.graph import Element
from zeebelet.processors import incidents, job_creation, mappings
from zeebelet.processors.bpmn import lifecycle, registry, transitions
from zeebelet.processors.context import Context
from zeebelet.records import ProcessInstance, Record
from zeebelet.state.views import ElementInstance

UNMAPPED = frozenset({"MULTI_INSTANCE_BODY"})  # mappings and listeners of a loop belong to its iterations


def activate_element(ctx: Context, command: Record) -> None:
    """Start an element, or start it again after an incident."""
    instance = ctx.state.instances.get(command.key)
    if instance is None:
        instance = _enter(ctx, command)
    elif instance.state != lifecycle.ACTIVATING:
        raise _wrong_state(instance, command)
    _run(ctx, instance, _activate)


def _enter(ctx: Context, command: Record) -> ElementInstance:
    value: ProcessInstance = command.value
    if value.flow_scope_key > 0:
        _check_scope(ctx, value)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", command.key, value)
    instance = ctx.state.instances.get(command.key)
    assert instance is not None
    return instance


def _check_scope(ctx: Context, value: ProcessInstance) -> None:
    scope = ctx.state.instances.get(value.flow_scope_key)
    if scope is None:
        raise invalid_state(
            f"Expected flow scope instance with key '{value.flow_scope_key}' to be present in state but not found."
        )
    if not scope.is_active:
        raise invalid_state(f"Expected flow scope instance to be in state 'ELEMENT_ACTIVATED' but was '{scope.state}'.")
    if scope.interrupted_by not in ("", value.element_id):
        raise invalid_state(
            f"Expected flow scope instance to be not interrupted but was interrupted by '{scope.interrupted_by}'."
        )
    if value.bpmn_element_type == "PARALLEL_GATEWAY" and value.incoming_flow_id:
        gateway = ctx.state.definitions.element(value.process_definition_key, value.element_id)
        if not transitions.all_arrived(scope, gateway):
            raise invalid_state(
                f"Expected to be able to activate parallel gateway '{value.element_id}', "
                "but not all sequence flows have been taken."
            )


def _activate(ctx: Context, element: Element, instance: ElementInstance) -> None:
    if instance.value.bpmn_element_type not in UNMAPPED:
        if instance.listener_index == 0:
            mappings.apply_inputs(ctx, element, instance)
        if _next_listener(ctx, element, instance, "start"):
            return
    registry.processor(instance.value.bpmn_element_type).activate(ctx, element, instance)


def complete_element(ctx: Context, command: Record) -> None:
    """Finish an element, or finish it again after an incident."""
    instance = _existing(ctx, command)
    if instance.state == lifecycle.ACTIVATED:
        _check_may_complete(ctx, instance)
        ctx.event("PROCESS_INSTANCE", "ELEMENT_COMPLETING", instance.key, instance.value)
    _run(ctx, instance, _complete)


def _check_may_complete(ctx: Context, instance: ElementInstance) -> None:
    scope = ctx.state.instances.parent(instance)
    if scope is None:
        return
    if not scope.is_active:
        raise invalid_state(f"Expected flow scope instance to be in state 'ELEMENT_ACTIVATED' but was '{scope.state}'.")
    if scope.interrupted_by not in ("", instance.value.element_id):
        raise invalid_state(
            f"Expected flow scope instance to be not interrupted but was interrupted by '{scope.interrupted_by}'."
        )


def _complete(ctx: Context, element: Element, instance: ElementInstance) -> None:
    processor = registry.processor(instance.value.bpmn_element_type)
    if instance.listener_index == 0:
        processor.completing(ctx, element, instance)
    if instance.value.bpmn_element_type not in UNMAPPED and _next_listener(ctx, element, instance, "end"):
        return
    scope = ctx.state.instances.parent(instance)
    if scope is not None and scope.value.bpmn_element_type in COLLECTING:
        scope_element = ctx.state.definitions.element(scope.value.process_definition_key, scope.value.element_id)
        registry.processor(scope.value.bpmn_element_type).before_child_completes(ctx, scope_element, scope, instance)
    processor.complete(ctx, element, instance)


COLLECTING = frozenset({"MULTI_INSTANCE_BODY", "AD_HOC_SUB_PROCESS"})


def complete_execution_listener(ctx: Context, command: Record) -> None:
    """A listener's job is done: the next listener, or the element itself."""
    instance = _existing(ctx, command)
    _run(ctx, instance, _activate if instance.state == lifecycle.ACTIVATING else _complete)


def _next_listener(ctx: Context, element: Element, instance: ElementInstance, event_type: str) -> bool:
    """Create the job of the next listener; False when all are done."""
    listeners = element.start_listeners if event_type == "start" else element.end_listeners
    if instance.listener_index >= len(listeners):
        return False
    headers = element.job.headers if element.job else element.user_task.headers if element.user_task else {}
    job = job_creation.prepare(
        ctx,
        listeners[instance.listener_index],
        instance,
        kind="EXECUTION_LISTENER",
        listener_event_type=event_type.upper(),
        headers=headers,
    )
    job_creation.create(ctx, job)
    return True


def terminate_element(ctx: Context, command: Record) -> None:
    """End an element from outside."""
    instance = _existing(ctx, command)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_TERMINATING", instance.key, instance.value)
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    registry.processor(instance.value.bpmn_element_type).terminate(ctx, element, instance)


def _existing(ctx: Context, command: Record) -> ElementInstance:
    instance = ctx.state.instances.get(command.key)
    if instance is None:
        raise invalid_state(f"Expected element instance with key '{command.key}' to be present in state but not found.")
    if instance.state not in lifecycle.ACCEPTED_IN[command.intent]:
        raise _wrong_state(instance, command)
    return instance


def _wrong_state(instance: ElementInstance, command: Record) -> Rejection:
    expected = ", ".join(sorted(lifecycle.ACCEPTED_IN[command.intent]))
    return invalid_state(f"Expected element instance to be in state '{expected}' but was '{instance.state}'.")


def _run(ctx: Context, instance: ElementInstance, step: Callable[[Context, Element, ElementInstance], None]) -> None:
    """Run a step; what the model or its data got wrong becomes an incident."""
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    try:
        step(ctx, element, instance)
    except Failure as failure:
        incidents.raise_for_element(ctx, instance, failure)


PROCESSORS = {
    ("PROCESS_INSTANCE", "ACTIVATE_ELEMENT"): activate_element,
    ("PROCESS_INSTANCE", "COMPLETE_ELEMENT"): complete_element,
    ("PROCESS_INSTANCE", "TERMINATE_ELEMENT"): terminate_element,
    ("PROCESS_INSTANCE", "COMPLETE_EXECUTION_LISTENER"): complete_execution_listener,
}
