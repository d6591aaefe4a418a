"""Moves the engine's clock."""

from __future__ import annotations

from zeebelet.processors.context import Context
from zeebelet.records import Record


def pin(ctx: Context, command: Record) -> None:
    """CLOCK/PIN."""
    ctx.clock.pin(command.value.time)
    ctx.answer(command, ctx.event("CLOCK", "PINNED", ctx.next_key(), command.value))


def reset(ctx: Context, command: Record) -> None:
    """CLOCK/RESET."""
    ctx.clock.reset()
    ctx.answer(command, ctx.event("CLOCK", "RESETTED", ctx.next_key(), command.value))


PROCESSORS = {("CLOCK", "PIN"): pin, ("CLOCK", "RESET"): reset}
