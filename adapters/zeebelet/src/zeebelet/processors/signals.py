"""Signals: reach everyone who listens at that moment."""

from __future__ import annotations

from zeebelet.processors import instance_creation
from zeebelet.processors.bpmn import catching
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject, Record, Signal, SignalSubscription


def broadcast(ctx: Context, name: str, variables: JsonObject) -> Record:
    """Let a signal happen everywhere: catch events, boundary events, event sub-processes, start events."""
    event = ctx.event("SIGNAL", "BROADCASTED", ctx.next_key(), Signal(name, variables))
    for key in ctx.state.subscriptions.signals.by("signal", name):
        subscription = ctx.state.subscriptions.signals.get(key)
        if subscription is not None:
            _deliver(ctx, subscription, variables)
    return event


def _deliver(ctx: Context, subscription: SignalSubscription, variables: JsonObject) -> None:
    event = ctx.state.definitions.element(subscription.process_definition_key, subscription.catch_event_id)
    if subscription.catch_event_instance_key < 0:
        instance_creation.start_by_event(ctx, subscription.process_definition_key, event, variables)
        return
    host = ctx.state.instances.get(subscription.catch_event_instance_key)
    if host is not None:
        catching.trigger(ctx, host, event, variables)


def process_broadcast(ctx: Context, command: Record) -> None:
    """SIGNAL/BROADCAST."""
    ctx.answer(command, broadcast(ctx, command.value.signal_name, command.value.variables))


PROCESSORS = {("SIGNAL", "BROADCAST"): process_broadcast}
