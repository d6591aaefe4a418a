"""Brings messages and those who wait for them together.

A message reaches each process once (by process id, across versions): first whoever waits for it, then start events of
processes it did not reach, unless an instance with the same correlation key is alive.
"""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.errors import not_found
from zeebelet.processors import instance_creation
from zeebelet.processors.bpmn import catching
from zeebelet.processors.context import Context
from zeebelet.records import (
    Message,
    MessageCorrelation,
    MessageStartEventSubscription,
    ProcessMessageSubscription,
    Record,
)


class Correlated(NamedTuple):
    """The instances a message reached."""

    started: list[int]
    continued: list[int]
    blocked: list[str]  # processes that would start, had they not an instance with this key


def correlate(ctx: Context, key: int, message: Message) -> Correlated:
    """Offer a message to everyone."""
    result = Correlated([], [], [])
    found = ctx.state.subscriptions.messages.by("message", (message.name, message.correlation_key))
    for subscription_key in found:
        subscription = ctx.state.subscriptions.messages.get(subscription_key)
        if subscription is not None and _deliver(ctx, subscription_key, subscription, key, message):
            result.continued.append(subscription.process_instance_key)
    starts = ctx.state.subscriptions.message_starts
    for start_key in starts.by("message", message.name):
        start = starts.get(start_key)
        assert start is not None
        if ctx.state.messages.was_correlated(key, start.bpmn_process_id):
            continue
        if _is_blocked(ctx, start, message.correlation_key):
            result.blocked.append(start.bpmn_process_id)
        else:
            result.started.append(_start(ctx, start_key, start, key, message))
    return result


def _is_blocked(ctx: Context, start: MessageStartEventSubscription, correlation_key: str) -> bool:
    """Whether a living instance of the process was started with this key."""
    return bool(correlation_key and ctx.state.started.active_instance(start.bpmn_process_id, correlation_key))


def _deliver(
    ctx: Context, subscription_key: int, subscription: ProcessMessageSubscription, key: int, message: Message
) -> bool:
    """Let a waiting element have a message, unless its process had it already or the element is past waiting."""
    if ctx.state.messages.was_correlated(key, subscription.bpmn_process_id):
        return False
    host = ctx.state.instances.get(subscription.element_instance_key)
    event = ctx.state.definitions.element(subscription.process_definition_key, subscription.element_id)
    if host is None or not catching.can_trigger(ctx, host, event):
        return False
    correlated = subscription._replace(message_key=key, variables=message.variables)
    ctx.event("PROCESS_MESSAGE_SUBSCRIPTION", "CORRELATED", subscription_key, correlated)
    catching.trigger(ctx, host, event, message.variables)
    return True


def _start(
    ctx: Context, start_key: int, subscription: MessageStartEventSubscription, key: int, message: Message
) -> int:
    event = ctx.state.definitions.element(subscription.process_definition_key, subscription.start_event_id)
    instance_key = instance_creation.start_by_event(ctx, subscription.process_definition_key, event, message.variables)
    correlated = subscription._replace(
        correlation_key=message.correlation_key,
        message_key=key,
        process_instance_key=instance_key,
        variables=message.variables,
    )
    ctx.event("MESSAGE_START_EVENT_SUBSCRIPTION", "CORRELATED", start_key, correlated)
    return instance_key


def look_for_buffered(ctx: Context, command: Record) -> None:
    """PROCESS_MESSAGE_SUBSCRIPTION/CORRELATE: an element began to wait; the oldest message it may have is its.

    What does not interrupt may have all of them.
    """
    subscription = ctx.state.subscriptions.messages.get(command.key)
    if subscription is None:
        return
    for key in ctx.state.messages.buffered(subscription.message_name, subscription.correlation_key):
        message = ctx.state.messages.get(key)
        if message is None or message.deadline <= ctx.now:
            continue
        if _deliver(ctx, command.key, subscription, key, message) and subscription.interrupting:
            return


def start_next(ctx: Context, command: Record) -> None:
    """MESSAGE_START_EVENT_SUBSCRIPTION/CORRELATE: an instance ended; a buffered message with its key may start the next."""
    process_id, correlation_key = command.value
    definition = ctx.state.definitions.processes.latest(process_id)
    if definition is None or ctx.state.started.active_instance(process_id, correlation_key):
        return
    for start_key in ctx.state.subscriptions.message_starts.by("definition", definition.key):
        subscription = ctx.state.subscriptions.message_starts.get(start_key)
        assert subscription is not None
        for key in ctx.state.messages.buffered(subscription.message_name, correlation_key):
            message = ctx.state.messages.get(key)
            if message is None or message.deadline <= ctx.now or ctx.state.messages.was_correlated(key, process_id):
                continue
            _start(ctx, start_key, subscription, key, message)
            return


def correlate_now(ctx: Context, command: Record) -> None:
    """MESSAGE_CORRELATION/CORRELATE: to somebody who waits now, or nobody; the message is not buffered."""
    asked: MessageCorrelation = command.value
    blocked = _check_anybody(ctx, asked)
    key = ctx.next_key()
    message = Message(asked.name, asked.correlation_key, -1, "", asked.variables, ctx.now, asked.tenant_id)
    ctx.event("MESSAGE", "PUBLISHED", key, message)
    result = correlate(ctx, key, message)
    ctx.event("MESSAGE", "EXPIRED", key, message)
    reached = result.started + result.continued
    value = asked._replace(message_key=key, process_instance_key=reached[0] if reached else -1)
    if not reached:
        ctx.event("MESSAGE_CORRELATION", "NOT_CORRELATED", key, value)
        raise not_found(_nobody(asked, blocked or result.blocked))
    ctx.answer(command, ctx.event("MESSAGE_CORRELATION", "CORRELATED", key, value))


def _check_anybody(ctx: Context, asked: MessageCorrelation) -> list[str]:
    """Refuse at once when nobody listens; returns the processes whose start is blocked."""
    waiting = ctx.state.subscriptions.messages.has("message", (asked.name, asked.correlation_key))
    table = ctx.state.subscriptions.message_starts
    starts = [start for key in table.by("message", asked.name) if (start := table.get(key)) is not None]
    blocked = [start.bpmn_process_id for start in starts if _is_blocked(ctx, start, asked.correlation_key)]
    if not waiting and len(blocked) == len(starts):
        raise not_found(_nobody(asked, blocked))
    return blocked


def _nobody(asked: MessageCorrelation, blocked: list[str]) -> str:
    start = (
        f"Expected to find subscription for message with name '{asked.name}' and correlation key "
        f"'{asked.correlation_key}', but"
    )
    if not blocked:
        return f"{start} none was found."
    return (
        f"{start} no active subscription was found. A process instance with this correlation key is already active "
        f"for a message start event with this message name in process IDs [{', '.join(blocked)}]. "
        "Only one active process instance per correlation key is allowed for message start events."
    )


PROCESSORS = {
    ("PROCESS_MESSAGE_SUBSCRIPTION", "CORRELATE"): look_for_buffered,
    ("MESSAGE_START_EVENT_SUBSCRIPTION", "CORRELATE"): start_next,
    ("MESSAGE_CORRELATION", "CORRELATE"): correlate_now,
}
