"""Conditional events: looked at when they open and when variables they see change, at most once for each client command."""

from __future__ import annotations

from zeebelet.errors import Failure
from zeebelet.graph import Expression
from zeebelet.processors import expressions
from zeebelet.processors.bpmn import catching
from zeebelet.processors.context import Context
from zeebelet.records import ConditionalSubscription


def trigger_true(ctx: Context) -> None:
    """Let the conditional events happen whose condition became worth a look and holds."""
    changed, ctx.notes.changed_variables = ctx.notes.changed_variables, {}
    opened, ctx.notes.opened_conditions = ctx.notes.opened_conditions, {}
    if not len(ctx.state.subscriptions.conditions):
        return
    for key in {**opened, **_affected(ctx, changed)}:
        subscription = ctx.state.subscriptions.conditions.get(key)
        if subscription is None or subscription.process_instance_key in ctx.state.banned:
            continue
        ctx.notes.looking_at = subscription.process_instance_key
        if key not in ctx.notes.triggered_conditions:
            _look(ctx, key, subscription)


def _affected(ctx: Context, changed: dict[int, dict[str, str]]) -> dict[int, None]:
    """Subscriptions that see a changed variable, outermost scopes first."""
    conditions = ctx.state.subscriptions.conditions
    found: list[tuple[int, int]] = []
    for scope_key, names in changed.items():
        scope = ctx.state.instances.get(scope_key)
        if scope is None:
            continue
        for key in conditions.by("instance", scope.value.process_instance_key):
            subscription = conditions.get(key)
            depth = _depth_below(ctx, subscription.scope_key, scope_key) if subscription else -1
            if subscription is not None and depth >= 0 and _interested(subscription, names):
                found.append((depth, key))
    return {key: None for _, key in sorted(found)}


def _depth_below(ctx: Context, scope_key: int, ancestor_key: int) -> int:
    """How many scopes lie between; -1 when the one is not inside the other."""
    depth = 0
    while scope_key > 0:
        if scope_key == ancestor_key:
            return depth
        instance = ctx.state.instances.get(scope_key)
        scope_key = instance.value.flow_scope_key if instance else -1
        depth += 1
    return -1


def _interested(subscription: ConditionalSubscription, changes: dict[str, str]) -> bool:
    return any(
        (not subscription.variable_names or name in subscription.variable_names)
        and (not subscription.variable_events or change in subscription.variable_events)
        for name, change in changes.items()
    )


def _look(ctx: Context, key: int, subscription: ConditionalSubscription) -> None:
    event = ctx.state.definitions.element(subscription.process_definition_key, subscription.catch_event_id)
    host = ctx.state.instances.get(subscription.element_instance_key)
    assert event.condition is not None
    if host is None or not holds(ctx, event.condition.expression, subscription.scope_key):
        return
    if catching.can_trigger(ctx, host, event):
        ctx.notes.triggered_conditions.add(key)
        ctx.event("CONDITIONAL_SUBSCRIPTION", "TRIGGERED", key, subscription)
        catching.trigger(ctx, host, event, {})


def holds(ctx: Context, condition: Expression, scope: expressions.Scope) -> bool:
    """Whether a condition is true; one that cannot be evaluated is not."""
    try:
        return expressions.boolean(ctx, condition, scope)
    except Failure:
        return False
