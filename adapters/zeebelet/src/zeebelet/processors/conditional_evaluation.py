"""Starts processes by their conditional start events."""

from __future__ import annotations

from zeebelet.errors import not_found
from zeebelet.processors import conditions, instance_creation
from zeebelet.processors.context import Context
from zeebelet.records import ConditionalEvaluation, Record


def evaluate(ctx: Context, command: Record) -> None:
    """CONDITIONAL_EVALUATION/EVALUATE: of one definition, or of the latest version of each process."""
    asked: ConditionalEvaluation = command.value
    one = asked.process_definition_key
    if one > 0 and ctx.state.definitions.processes.get(one) is None:
        raise not_found(
            f"Expected to evaluate conditional start events for process definition with key '{one}', "
            "but no such process definition was found"
        )
    started: list[tuple[int, int]] = []
    for _, subscription in list(ctx.state.subscriptions.conditions.all()):
        definition = subscription.process_definition_key
        if subscription.scope_key > 0 or (one > 0 and definition != one):
            continue
        event = ctx.state.definitions.element(definition, subscription.catch_event_id)
        assert event.condition is not None
        if conditions.holds(ctx, event.condition.expression, asked.variables):
            key = instance_creation.start_by_event(ctx, definition, event, asked.variables)
            started.append((definition, key))
    value = asked._replace(started=tuple(started))
    ctx.answer(command, ctx.event("CONDITIONAL_EVALUATION", "EVALUATED", ctx.next_key(), value))


PROCESSORS = {("CONDITIONAL_EVALUATION", "EVALUATE"): evaluate}
