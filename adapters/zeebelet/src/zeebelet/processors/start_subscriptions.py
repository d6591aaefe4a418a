"""What the latest version of a process listens to in order to start: messages, signals, timers, conditions."""

from __future__ import annotations

from zeebelet.graph import Element, ExecutableProcess
from zeebelet.processors import expressions, timers
from zeebelet.processors.context import Context
from zeebelet.records import (
    ConditionalSubscription,
    MessageStartEventSubscription,
    SignalSubscription,
    Timer,
)

VALUE_TYPES = {
    "TIMER": ("TIMER", "CANCELED", "timers"),
    "MESSAGE": ("MESSAGE_START_EVENT_SUBSCRIPTION", "DELETED", "message_starts"),
    "SIGNAL": ("SIGNAL_SUBSCRIPTION", "DELETED", "signals"),
    "CONDITIONAL": ("CONDITIONAL_SUBSCRIPTION", "DELETED", "conditions"),
}


def _starts(executable: ExecutableProcess) -> list[Element]:
    return [executable.elements[start] for start in executable.root.start_ids]


def evaluate_timers(ctx: Context, executable: ExecutableProcess) -> None:
    """Fail when a timer start event has no due date."""
    for start in _starts(executable):
        if start.timer is not None:
            timers.evaluate(ctx, start.timer, {})


def open_all(ctx: Context, process_definition_key: int) -> None:
    """Listen to every start event that is not a none start event."""
    executable = ctx.state.definitions.process(process_definition_key)
    for start in _starts(executable):
        if start.event_type in VALUE_TYPES:
            value = _OPENERS[start.event_type](ctx, executable, process_definition_key, start)
            ctx.event(VALUE_TYPES[start.event_type][0], "CREATED", ctx.next_key(), value)


def _timer(ctx: Context, _executable: ExecutableProcess, key: int, start: Element) -> Timer:
    assert start.timer is not None
    due = timers.evaluate(ctx, start.timer, {})
    return Timer(-1, -1, key, start.id, due.due_date, due.repetitions, due.interval)


def _message(ctx: Context, executable: ExecutableProcess, key: int, start: Element) -> MessageStartEventSubscription:
    assert start.message is not None
    name = expressions.string(ctx, start.message.name, {})
    return MessageStartEventSubscription(name, start.id, key, executable.id)


def _signal(ctx: Context, executable: ExecutableProcess, key: int, start: Element) -> SignalSubscription:
    assert start.signal is not None
    return SignalSubscription(expressions.string(ctx, start.signal, {}), start.id, -1, key, executable.id)


def _condition(_ctx: Context, executable: ExecutableProcess, key: int, start: Element) -> ConditionalSubscription:
    assert start.condition is not None
    return ConditionalSubscription(
        start.condition.expression.text,
        start.id,
        scope_key=-1,
        element_instance_key=-1,
        process_instance_key=-1,
        process_definition_key=key,
        bpmn_process_id=executable.id,
    )


_OPENERS = {"TIMER": _timer, "MESSAGE": _message, "SIGNAL": _signal, "CONDITIONAL": _condition}


def close(ctx: Context, process_definition_key: int) -> None:
    """A newer version starts from now on."""
    for value_type, intent, name in VALUE_TYPES.values():
        table = getattr(ctx.state.subscriptions, name)
        for key in table.by("definition", process_definition_key):
            ctx.event(value_type, intent, key, table.get(key))
