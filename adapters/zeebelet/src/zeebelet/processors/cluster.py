"""Empties the engine: a test kit starts each of its tests with nothing."""

from __future__ import annotations

from zeebelet.processors.context import Context
from zeebelet.records import ClusterChange, Record


def purge(ctx: Context, command: Record) -> None:
    """CLUSTER/PURGE: everything is gone, definitions too; who waits for a result is left to its time-out."""
    ctx.clock.reset()
    for waiting in ctx.awaited.values():
        ctx.writers.clients.forget(waiting.request_id)
    ctx.awaited.clear()
    ctx.user_task_requests.clear()
    event = ctx.event("CLUSTER", "PURGED", ctx.next_key(), ClusterChange(ctx.state.changes + 1))
    ctx.answer(command, event)


PROCESSORS = {("CLUSTER", "PURGE"): purge}
