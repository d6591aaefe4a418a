"""Deletes what was deployed; when it was the latest version of a process, the one before listens again."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.errors import invalid_state, not_found
from zeebelet.processors import start_subscriptions
from zeebelet.processors.context import Context
from zeebelet.records import Record


def delete(ctx: Context, command: Record) -> None:
    """RESOURCE_DELETION/DELETE."""
    key = command.value.resource_key
    remove = next((remove for remove in _REMOVERS if remove(ctx, key, dry_run=True)), None)
    if remove is None:
        raise not_found(f"Expected to delete resource but no resource found with key `{key}`")
    event_key = ctx.next_key()
    ctx.event("RESOURCE_DELETION", "DELETING", event_key, command.value)
    remove(ctx, key, dry_run=False)
    ctx.answer(command, ctx.event("RESOURCE_DELETION", "DELETED", event_key, command.value))


def _process(ctx: Context, key: int, *, dry_run: bool) -> bool:
    found = ctx.state.definitions.processes.get(key)
    if found is None:
        return False
    if ctx.state.instances.running(key):
        raise invalid_state(f"Expected to delete resource with key `{key}` but there are still running instances")
    if dry_run:
        return True
    latest = ctx.state.definitions.processes.latest(found.id)
    was_latest = latest is not None and latest.key == key
    start_subscriptions.close(ctx, key)
    ctx.event("PROCESS", "DELETED", key, found.value.metadata)
    before = ctx.state.definitions.processes.latest(found.id)
    if was_latest and before is not None:
        start_subscriptions.open_all(ctx, before.key)
    return True


def _requirements(ctx: Context, key: int, *, dry_run: bool) -> bool:
    found = ctx.state.definitions.decision_requirements.get(key)
    if found is None:
        return False
    if not dry_run:
        for decision in list(ctx.state.definitions.decisions.all()):
            if decision.value.decision_requirements_key == key:
                ctx.event("DECISION", "DELETED", decision.key, decision.value)
        ctx.event("DECISION_REQUIREMENTS", "DELETED", key, found.value.metadata)
    return True


def _form(ctx: Context, key: int, *, dry_run: bool) -> bool:
    found = ctx.state.definitions.forms.get(key)
    if found is not None and not dry_run:
        ctx.event("FORM", "DELETED", key, found.value)
    return found is not None


def _resource(ctx: Context, key: int, *, dry_run: bool) -> bool:
    found = ctx.state.definitions.resources.get(key)
    if found is not None and not dry_run:
        ctx.event("RESOURCE", "DELETED", key, found.value)
    return found is not None


_REMOVERS: tuple[Callable[..., bool], ...] = (_process, _requirements, _form, _resource)

PROCESSORS = {("RESOURCE_DELETION", "DELETE"): delete}
