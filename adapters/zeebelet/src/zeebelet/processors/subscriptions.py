"""Opens what an element listens to while it is active, and closes it again.

All expressions are evaluated before anything is written: either every subscription is opened, or none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from zeebelet.errors import Failure
from zeebelet.graph import Element, Expression
from zeebelet.processors import expressions, timers
from zeebelet.processors.context import Context
from zeebelet.records import (
    ConditionalSubscription,
    ProcessMessageSubscription,
    SignalSubscription,
    Timer,
)
from zeebelet.state.views import ElementInstance, Indexed


class Opening(NamedTuple):
    """A subscription about to be opened."""

    value_type: str
    value: Any


def open_all(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """Listen to the element's events."""
    for found in evaluate(ctx, element, instance):
        open_one(ctx, found)


def open_one(ctx: Context, found: Opening) -> None:
    """Listen to one event; what it waits for may be there already."""
    key = ctx.next_key()
    ctx.event(found.value_type, "CREATED", key, found.value)
    if found.value_type == "PROCESS_MESSAGE_SUBSCRIPTION":
        look_for_message(ctx, key, found.value)
    elif found.value_type == "CONDITIONAL_SUBSCRIPTION":
        ctx.notes.opened_conditions[key] = None


def evaluate(ctx: Context, element: Element, instance: ElementInstance) -> list[Opening]:
    """What the element's events need, evaluated; `Failure` when something cannot be."""
    if not element.catch_ids:
        return []
    process = ctx.state.definitions.process(instance.value.process_definition_key)
    return [opening(ctx, process.elements[event], instance) for event in listened_by(element, instance)]


def listened_by(element: Element, instance: ElementInstance) -> Iterable[str]:
    """The events an instance listens to: of a looped activity the body has the boundary events, each iteration the rest."""
    if element.loop is None:
        return element.catch_ids
    is_body = instance.value.bpmn_element_type == "MULTI_INSTANCE_BODY"
    return (event for event in element.catch_ids if (event in element.boundary_ids) == is_body)


def opening(ctx: Context, event: Element, instance: ElementInstance) -> Opening:
    """The subscription of one event, evaluated."""
    if event.timer is not None:
        return Opening("TIMER", _timer(ctx, event, instance))
    if event.signal is not None:
        return Opening("SIGNAL_SUBSCRIPTION", _signal(ctx, event, instance))
    if event.condition is not None:
        return Opening("CONDITIONAL_SUBSCRIPTION", _condition(event, instance))
    return Opening("PROCESS_MESSAGE_SUBSCRIPTION", _message(ctx, event, instance))


def _timer(ctx: Context, event: Element, instance: ElementInstance) -> Timer:
    assert event.timer is not None
    due = timers.evaluate(ctx, event.timer, instance.key)
    value = instance.value
    return Timer(
        instance.key,
        value.process_instance_key,
        value.process_definition_key,
        event.id,
        due.due_date,
        due.repetitions,
        due.interval,
        value.tenant_id,
    )


def _message(ctx: Context, event: Element, instance: ElementInstance) -> ProcessMessageSubscription:
    assert event.message is not None
    value = instance.value
    # The correlation key of a boundary event is looked up around the activity, not in it (Zeebe 8.6 to 8.9).
    scope = value.flow_scope_key if event.type == "BOUNDARY_EVENT" else instance.key
    return ProcessMessageSubscription(
        message_name=expressions.string(ctx, event.message.name, instance.key),
        correlation_key=_correlation_key(ctx, event.message.correlation_key, scope),
        element_id=event.id,
        element_instance_key=instance.key,
        process_instance_key=value.process_instance_key,
        process_definition_key=value.process_definition_key,
        bpmn_process_id=value.bpmn_process_id,
        interrupting=event.interrupting,
        tenant_id=value.tenant_id,
        root_process_instance_key=value.root_process_instance_key,
    )


def _correlation_key(ctx: Context, expression: Expression | None, scope: int) -> str:
    if expression is None:
        return ""
    result = expressions.evaluate(ctx, expression, scope)
    key = expressions.plain(result.value)
    if isinstance(key, str) and isinstance(result.value, str):
        return key
    if isinstance(key, int | float) and not isinstance(key, bool):
        return str(int(key))
    raise Failure(
        "EXTRACT_VALUE_ERROR",
        f"Failed to extract the correlation key for '{expression.text}': "
        f"The value must be either a string or a number, but was '{expressions.type_name(result.value)}'."
        f"{expressions.warnings(result)}",
        variable_scope_key=scope,
    )


def _signal(ctx: Context, event: Element, instance: ElementInstance) -> SignalSubscription:
    assert event.signal is not None
    value = instance.value
    return SignalSubscription(
        signal_name=expressions.string(ctx, event.signal, instance.key),
        catch_event_id=event.id,
        catch_event_instance_key=instance.key,
        process_definition_key=value.process_definition_key,
        bpmn_process_id=value.bpmn_process_id,
        process_instance_key=value.process_instance_key,
        tenant_id=value.tenant_id,
    )


def _condition(event: Element, instance: ElementInstance) -> ConditionalSubscription:
    assert event.condition is not None
    value = instance.value
    return ConditionalSubscription(
        condition=event.condition.expression.text,
        catch_event_id=event.id,
        scope_key=instance.key,
        element_instance_key=instance.key,
        process_instance_key=value.process_instance_key,
        process_definition_key=value.process_definition_key,
        bpmn_process_id=value.bpmn_process_id,
        interrupting=event.interrupting,
        variable_names=event.condition.variable_names,
        variable_events=event.condition.variable_events,
        tenant_id=value.tenant_id,
    )


def look_for_message(ctx: Context, key: int, subscription: ProcessMessageSubscription) -> None:
    """A message may be waiting already; it is correlated when the element is active."""
    if ctx.state.messages.buffered(subscription.message_name, subscription.correlation_key):
        ctx.command("PROCESS_MESSAGE_SUBSCRIPTION", "CORRELATE", key, subscription)


def close(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """Stop listening to everything."""
    if element.catch_ids:
        _close(ctx, instance, None)


def close_event_sub_processes(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """Stop listening for event sub-processes; boundary events stay open."""
    _close(ctx, instance, frozenset(element.event_start_ids))


def tables(ctx: Context) -> tuple[tuple[str, str, Indexed[Any], str], ...]:
    """Each kind of subscription: value type, the event that ends it, its table, the field that names the catch event."""
    subscriptions = ctx.state.subscriptions
    return (
        ("TIMER", "CANCELED", subscriptions.timers, "target_element_id"),
        ("PROCESS_MESSAGE_SUBSCRIPTION", "DELETED", subscriptions.messages, "element_id"),
        ("SIGNAL_SUBSCRIPTION", "DELETED", subscriptions.signals, "catch_event_id"),
        ("CONDITIONAL_SUBSCRIPTION", "DELETED", subscriptions.conditions, "catch_event_id"),
    )


def _close(ctx: Context, instance: ElementInstance, only: frozenset[str] | None) -> None:
    for value_type, intent, table, target in tables(ctx):
        for key in table.by("element", instance.key):
            value = table.get(key)
            if only is None or getattr(value, target) in only:
                ctx.event(value_type, intent, key, value)
