"""What is looked at when a command has led to nothing more: inclusive joins and conditions.

Both depend on everything that is going on in a scope, so they are judged when nothing moves.
"""

from __future__ import annotations

from zeebelet.processors import conditions, inclusive_joins
from zeebelet.processors.context import Context


def look_again(ctx: Context) -> bool:
    """Start what can start now; whether there is anything new to process."""
    inclusive_joins.activate_ready(ctx)
    conditions.trigger_true(ctx)
    return bool(ctx.writers.queue)
