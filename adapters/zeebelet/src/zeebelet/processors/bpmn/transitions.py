"""The steps every element shares: its life-cycle events, and what they set in motion around it."""

from __future__ import annotations

from typing import Any

from zeebelet.graph import Element, Flow
from zeebelet.processors import values
from zeebelet.processors.bpmn import registry
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject, ProcessEvent, ProcessInstance
from zeebelet.state.views import ElementInstance, Trigger


def activated(ctx: Context, instance: ElementInstance) -> None:
    """It waits, or goes on at once."""
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATED", instance.key, instance.value)


def complete(ctx: Context, instance: ElementInstance) -> None:
    """Ask it to complete."""
    ctx.command("PROCESS_INSTANCE", "COMPLETE_ELEMENT", instance.key, instance.value)


def terminate(ctx: Context, instance: ElementInstance) -> None:
    """Ask it to end."""
    ctx.command("PROCESS_INSTANCE", "TERMINATE_ELEMENT", instance.key, instance.value)


def activate_child(
    ctx: Context, scope: ElementInstance, element: Element, *, flow_id: str = "", inner: bool = False
) -> int:
    """Start an element in a scope; returns its key."""
    key = ctx.next_key()
    ctx.command(
        "PROCESS_INSTANCE",
        "ACTIVATE_ELEMENT",
        key,
        values.child(scope.value, scope.key, element, flow_id=flow_id, inner=inner),
    )
    return key


def completed(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """It is over: tokens leave along every outgoing flow, or its scope hears of it."""
    scope = announce_completed(ctx, instance)
    if not stops_here(ctx, instance.value):
        leave(ctx, element, instance.value, scope, element.outgoing)


def stops_here(ctx: Context, value: ProcessInstance) -> bool:
    """Whether the instance was to run up to here only; then it is terminated."""
    if value.process_instance_key not in ctx.state.instances.stop_after:
        return False
    root = ctx.state.instances.get(value.process_instance_key)
    if root is None or value.element_id not in ctx.state.instances.stop_after[root.key]:
        return False
    if not root.is_terminating:
        terminate(ctx, root)
    return True


def announce_completed(ctx: Context, instance: ElementInstance) -> ElementInstance | None:
    """Write that it completed; returns the scope it was in."""
    scope = ctx.state.instances.get(instance.value.flow_scope_key)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_COMPLETED", instance.key, instance.value)
    return scope


def leave(
    ctx: Context, element: Element, value: ProcessInstance, scope: ElementInstance | None, flows: tuple[Flow, ...]
) -> None:
    """Go on along `flows`; without any the path ends here."""
    if scope is None:
        return
    is_loop_iteration = scope.value.bpmn_element_type == "MULTI_INSTANCE_BODY"
    if flows and not is_loop_iteration:
        for flow in flows:
            take(ctx, scope, flow)
    else:
        notify_completed(ctx, scope, value)


def notify_completed(ctx: Context, scope: ElementInstance, child: ProcessInstance) -> None:
    """Tell a scope that a path in it ended."""
    note_inclusive(ctx, scope)
    element = ctx.state.definitions.element(scope.value.process_definition_key, scope.value.element_id)
    registry.processor(scope.value.bpmn_element_type).child_completed(ctx, element, scope, child)


def note_inclusive(ctx: Context, scope: ElementInstance) -> None:
    """An inclusive join of this scope may have nothing more to wait for."""
    if scope.joins:
        ctx.notes.inclusive_scopes[scope.key] = None


def take(ctx: Context, scope: ElementInstance, flow: Flow) -> None:
    """A token follows a flow to the next element; at a joining gateway it may have to wait."""
    announce_flow(ctx, scope, flow)
    target = ctx.state.definitions.element(scope.value.process_definition_key, flow.target_id)
    if not flow.joins:
        activate_child(ctx, scope, target, flow_id=flow.id)
    elif target.type == "INCLUSIVE_GATEWAY":
        note_inclusive(ctx, scope)
    elif all_arrived(scope, target):
        activate_child(ctx, scope, target, flow_id=flow.id)


def announce_flow(ctx: Context, scope: ElementInstance, flow: Flow) -> None:
    """Write that a flow was taken."""
    ctx.event("PROCESS_INSTANCE", "SEQUENCE_FLOW_TAKEN", ctx.next_key(), values.flow(scope.value, scope.key, flow))


def all_arrived(scope: ElementInstance, gateway: Element) -> bool:
    """Whether a token waits on each incoming flow."""
    joins = scope.joins or {}
    return all((gateway.id, flow.id) in joins for flow in gateway.incoming)


def terminated(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """It was ended: the boundary event that ended it starts, and its scope hears of it."""
    scope = ctx.state.instances.get(instance.value.flow_scope_key)
    trigger = ctx.state.subscriptions.triggers.first(instance.key)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_TERMINATED", instance.key, instance.value)
    if scope is None:
        return
    if not stops_here(ctx, instance.value) and trigger is not None and can_continue(scope):
        event = ctx.state.definitions.element(instance.value.process_definition_key, trigger.target_element_id)
        if event.type == "BOUNDARY_EVENT":
            activate_event(ctx, scope, event, trigger.variables)
    note_inclusive(ctx, scope)
    ctx.later.append((_tell_scope, (scope, instance.value)))


def _tell_scope(ctx: Context, scope: ElementInstance, child: ProcessInstance) -> None:
    """A scope that ends with its last child tells its own scope in turn: one after the other, however deep they lie."""
    element = ctx.state.definitions.element(scope.value.process_definition_key, scope.value.element_id)
    registry.processor(scope.value.bpmn_element_type).child_terminated(ctx, element, scope, child)


def can_continue(scope: ElementInstance) -> bool:
    """Whether something may still start in a scope."""
    return scope.is_active and not scope.interrupted_by


def activate_event(
    ctx: Context, scope: ElementInstance, event: Element, variables_document: JsonObject, *, flow_id: str = ""
) -> None:
    """An event that happened: it is there at once, with what came with it as its own variables, and completes."""
    key = ctx.next_key()
    value = values.child(scope.value, scope.key, event, flow_id=flow_id, inner=True)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", key, value)
    for name, item in variables_document.items():
        ctx.event("VARIABLE", "CREATED", ctx.next_key(), values.variable(value, key, name, item))
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATED", key, value)
    ctx.command("PROCESS_INSTANCE", "COMPLETE_ELEMENT", key, value)


def triggering(
    ctx: Context, owner: ProcessInstance, scope_key: int, target_element_id: str, variables_document: JsonObject
) -> None:
    """Note that an event happened for an element instance, until it is handled."""
    event = ProcessEvent(
        scope_key,
        target_element_id,
        owner.process_instance_key,
        owner.process_definition_key,
        variables_document,
        owner.tenant_id,
    )
    ctx.event("PROCESS_EVENT", "TRIGGERING", ctx.next_key(), event)


def handled(ctx: Context, instance: ElementInstance, trigger: Trigger) -> None:
    """The event was handled."""
    value = instance.value
    event: Any = ProcessEvent(
        instance.key, trigger.target_element_id, value.process_instance_key, value.process_definition_key
    )
    ctx.event("PROCESS_EVENT", "TRIGGERED", trigger.key, event)
