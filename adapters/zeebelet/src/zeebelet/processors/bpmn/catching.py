"""What happens when something an element listens to occurs."""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import subscriptions
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject
from zeebelet.state.views import ElementInstance


def can_trigger(ctx: Context, host: ElementInstance, event: Element) -> bool:
    """Whether `host`, which listens to `event`, can still react: the first interrupting event wins."""
    if not host.is_active:
        return False
    if event.type == "BOUNDARY_EVENT":
        scope = ctx.state.instances.parent(host)
        if scope is None or not transitions.can_continue(scope):
            return False
    elif host.interrupted_by:
        return False
    return ctx.state.subscriptions.triggers.first(host.key) is None


def trigger(ctx: Context, host: ElementInstance, event: Element, variables: JsonObject) -> bool:
    """Let `event` happen for `host`; False when it comes too late."""
    if not can_trigger(ctx, host, event):
        return False
    _REACTIONS.get(event.type, _continue)(ctx, host, event, variables)
    return True


def _start_event_sub_process(ctx: Context, host: ElementInstance, event: Element, variables: JsonObject) -> None:
    if not event.interrupting:
        activate_event_sub_process(ctx, host, event, variables)
        return
    transitions.triggering(ctx, host.value, host.key, event.id, variables)
    element = ctx.state.definitions.element(host.value.process_definition_key, host.value.element_id)
    subscriptions.close_event_sub_processes(ctx, element, host)
    if host.children:
        for child in ctx.state.instances.children(host):
            transitions.terminate(ctx, child)
    else:
        continue_interrupted(ctx, host)


def continue_interrupted(ctx: Context, host: ElementInstance) -> None:
    """Everything in the scope has ended: the event sub-process that took it over starts."""
    pending = ctx.state.subscriptions.triggers.first(host.key)
    if pending is None or not host.is_active:
        return
    event = ctx.state.definitions.element(host.value.process_definition_key, pending.target_element_id)
    if event.type == "START_EVENT":
        variables = pending.variables
        transitions.handled(ctx, host, pending)
        activate_event_sub_process(ctx, host, event, variables)


def activate_event_sub_process(ctx: Context, host: ElementInstance, event: Element, variables: JsonObject) -> None:
    """Start the event sub-process of a start event; the event's variables wait for its start event."""
    sub_process = ctx.state.definitions.element(host.value.process_definition_key, event.scope_id)
    key = transitions.activate_child(ctx, host, sub_process)
    transitions.triggering(ctx, host.value, key, event.id, variables)


def _boundary(ctx: Context, host: ElementInstance, event: Element, variables: JsonObject) -> None:
    if event.interrupting:
        transitions.triggering(ctx, host.value, host.key, event.id, variables)
        transitions.terminate(ctx, host)
        return
    scope = ctx.state.instances.parent(host)
    if scope is not None:
        transitions.activate_event(ctx, scope, event, variables)


def _continue(ctx: Context, host: ElementInstance, event: Element, variables: JsonObject) -> None:
    """A catch event, receive task or event-based gateway goes on."""
    transitions.triggering(ctx, host.value, host.key, event.id, variables)
    transitions.complete(ctx, host)


_REACTIONS = {
    "START_EVENT": _start_event_sub_process,
    "BOUNDARY_EVENT": _boundary,
}
