"""Compensation: remembers what completed and can be undone, and calls the handlers when a throw event asks for it.

A completed activity with a compensation boundary event leaves a subscription in its scope. A completed sub-process that holds
subscriptions leaves one without handler, so that whoever compensates it goes on inside. What never completed, or was terminated,
leaves nothing.
"""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import values, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.records import CompensationSubscription, JsonObject
from zeebelet.state.views import ElementInstance

VALUE_TYPE = "COMPENSATION_SUBSCRIPTION"


def remember(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """An activity is about to complete: note that it can be compensated."""
    subscriptions = ctx.state.subscriptions.compensations
    iteration = element.loop is not None and instance.value.bpmn_element_type != "MULTI_INSTANCE_BODY"
    boundary = "" if iteration else element.compensation_boundary_id
    holds = subscriptions.has("scope", instance.key)
    if (not boundary and not holds) or instance.value.flow_scope_key < 0:
        return
    handler = ctx.state.definitions.element(instance.value.process_definition_key, boundary) if boundary else None
    ctx.event(
        VALUE_TYPE,
        "CREATED",
        ctx.next_key(),
        CompensationSubscription(
            process_instance_key=instance.value.process_instance_key,
            process_definition_key=instance.value.process_definition_key,
            compensable_activity_id=element.id,
            compensable_activity_instance_key=instance.key,
            compensable_activity_scope_key=instance.value.flow_scope_key,
            compensation_handler_id=handler.compensation.handler_id if handler and handler.compensation else "",
            variables=ctx.state.variables.local_document(instance.key) if holds else {},
            tenant_id=instance.value.tenant_id,
        ),
    )


def trigger(ctx: Context, element: Element, throw: ElementInstance) -> bool:
    """Call the handlers a throw event is about; False when there are none."""
    assert element.compensation is not None
    scope = ctx.state.instances.parent(throw)
    assert scope is not None
    scopes = [scope.key]
    if scope.value.bpmn_element_type == "EVENT_SUB_PROCESS":
        scopes.append(scope.value.flow_scope_key)
    called = [_trigger_scope(ctx, throw, key, only=element.compensation.activity_id, inherited={}) for key in scopes]
    return any(called)


def _trigger_scope(ctx: Context, throw: ElementInstance, scope_key: int, *, only: str, inherited: JsonObject) -> bool:
    called = False
    for key in ctx.state.subscriptions.compensations.by("scope", scope_key):
        subscription = ctx.state.subscriptions.compensations.get(key)
        assert subscription is not None
        if subscription.throw_event_instance_key > 0 or (only and subscription.compensable_activity_id != only):
            continue
        visible = inherited | subscription.variables
        inside = subscription.compensable_activity_instance_key
        called = _trigger_scope(ctx, throw, inside, only="", inherited=visible) or called
        called = _trigger_one(ctx, throw, key, subscription, inherited) or called
    return called


def _trigger_one(
    ctx: Context, throw: ElementInstance, key: int, subscription: CompensationSubscription, inherited: JsonObject
) -> bool:
    """Start one handler in the scope of the throw event; a sub-process without one is done when its inside is."""
    if not subscription.compensation_handler_id:
        ctx.event(VALUE_TYPE, "COMPLETED", key, subscription)
        return False
    scope = ctx.state.instances.parent(throw)
    assert scope is not None
    process = ctx.state.definitions.process(throw.value.process_definition_key)
    activity = process.elements[subscription.compensable_activity_id]
    _pass_boundary(ctx, scope, process.elements[activity.compensation_boundary_id])
    handler_key = transitions.activate_child(ctx, scope, process.elements[subscription.compensation_handler_id])
    ctx.event(
        VALUE_TYPE,
        "TRIGGERED",
        key,
        subscription._replace(
            throw_event_id=throw.value.element_id,
            throw_event_instance_key=throw.key,
            compensation_handler_instance_key=handler_key,
        ),
    )
    if inherited:
        variables.set_local(ctx, throw.value, handler_key, inherited)
    return True


def _pass_boundary(ctx: Context, scope: ElementInstance, boundary: Element) -> None:
    """The boundary event shows that it was reached; it has no flows of its own."""
    key = ctx.next_key()
    value = values.child(scope.value, scope.key, boundary, inner=True)
    for intent in ("ELEMENT_ACTIVATING", "ELEMENT_ACTIVATED", "ELEMENT_COMPLETING", "ELEMENT_COMPLETED"):
        ctx.event("PROCESS_INSTANCE", intent, key, value)


def handler_ended(ctx: Context, handler_key: int) -> None:
    """A handler is done; the throw event completes after the last one."""
    compensations = ctx.state.subscriptions.compensations
    for key in compensations.by("handler", handler_key):
        subscription = compensations.get(key)
        assert subscription is not None
        ctx.event(VALUE_TYPE, "COMPLETED", key, subscription)
        throw = ctx.state.instances.get(subscription.throw_event_instance_key)
        if throw is not None and not compensations.has("throw", throw.key):
            transitions.complete(ctx, throw)


def drop_scope(ctx: Context, scope_key: int) -> None:
    """A scope was terminated: nothing in it can be compensated any more, and a throw event in it has nobody to wait for."""
    compensations = ctx.state.subscriptions.compensations
    for index in ("scope", "throw"):
        if not compensations.has(index, scope_key):
            continue
        for key in compensations.by(index, scope_key):
            subscription = compensations.get(key)
            if subscription is not None:
                ctx.event(VALUE_TYPE, "DELETED", key, subscription)
                drop_scope(ctx, subscription.compensable_activity_instance_key)


def drop_all(ctx: Context, process_instance_key: int) -> None:
    """The instance ended."""
    compensations = ctx.state.subscriptions.compensations
    if compensations.has("instance", process_instance_key):
        for key in compensations.by("instance", process_instance_key):
            ctx.event(VALUE_TYPE, "DELETED", key, compensations.get(key))
