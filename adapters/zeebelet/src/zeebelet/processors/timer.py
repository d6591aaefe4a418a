"""Fires timers."""

from __future__ import annotations

from zeebelet.errors import not_found
from zeebelet.processors import instance_creation, timers
from zeebelet.processors.bpmn import catching
from zeebelet.processors.context import Context
from zeebelet.records import Record, Timer


def trigger(ctx: Context, command: Record) -> None:
    """TIMER/TRIGGER: the event happens, and the next repetition is planned."""
    timer = ctx.state.subscriptions.timers.get(command.key)
    if timer is None:
        raise not_found(f"Expected to trigger timer with key '{command.key}', but no such timer was found")
    ctx.event("TIMER", "TRIGGERED", command.key, timer)
    event = ctx.state.definitions.element(timer.process_definition_key, timer.target_element_id)
    if timer.element_instance_key < 0:
        instance_creation.start_by_event(ctx, timer.process_definition_key, event, {})
        _repeat(ctx, timer)
        return
    host = ctx.state.instances.get(timer.element_instance_key)
    if host is not None and catching.trigger(ctx, host, event, {}) and not event.interrupting:
        _repeat(ctx, timer)


def _repeat(ctx: Context, timer: Timer) -> None:
    due = timers.following(ctx.now, timer)
    if due is not None:
        following = timer._replace(due_date=due.due_date, repetitions=due.repetitions)
        ctx.event("TIMER", "CREATED", ctx.next_key(), following)


PROCESSORS = {("TIMER", "TRIGGER"): trigger}
