"""Publishes, correlates and expires messages."""

from __future__ import annotations

from zeebelet.errors import Rejection
from zeebelet.processors import message_correlation
from zeebelet.processors.context import Context
from zeebelet.records import Message, Record


def publish(ctx: Context, command: Record) -> None:
    """MESSAGE/PUBLISH: correlated now, and buffered for its time to live."""
    message: Message = command.value
    if message.message_id and ctx.state.messages.is_known(message):
        raise Rejection(
            "ALREADY_EXISTS",
            f"Expected to publish a new message with id '{message.message_id}', "
            "but a message with that id was already published",
        )
    key = ctx.next_key()
    message = message._replace(deadline=ctx.now + message.time_to_live)
    ctx.answer(command, ctx.event("MESSAGE", "PUBLISHED", key, message))
    message_correlation.correlate(ctx, key, message)
    if message.time_to_live <= 0:
        ctx.event("MESSAGE", "EXPIRED", key, message)


def expire(ctx: Context, command: Record) -> None:
    """MESSAGE/EXPIRE: its time is over."""
    message = ctx.state.messages.get(command.key)
    if message is not None:
        ctx.event("MESSAGE", "EXPIRED", command.key, message)


PROCESSORS = {
    ("MESSAGE", "PUBLISH"): publish,
    ("MESSAGE", "EXPIRE"): expire,
}
