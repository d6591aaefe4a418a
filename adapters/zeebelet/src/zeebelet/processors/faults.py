"""A fault of the engine stops one instance: it is kept as an error record, and the instance is banned, as Zeebe does."""

from __future__ import annotations

import traceback
from typing import Any

from zeebelet.errors import Failure, Rejection, invalid_state
from zeebelet.halves import whole
from zeebelet.processors import incidents
from zeebelet.processors.context import Context
from zeebelet.records import ErrorRecord, Record

_SHOWN = 2_000  # characters of a message or a stack
# A banned instance can only be ended.
ENDING = frozenset({("PROCESS_INSTANCE", "CANCEL"), ("PROCESS_INSTANCE", "TERMINATE_ELEMENT")})


def instance_of(ctx: Context, command: Record) -> int:
    """The process instance a command is about, -1 when there is none (any more)."""
    key = getattr(command.value, "process_instance_key", -1)
    if isinstance(key, int) and key > 0:
        return key
    state: Any = ctx.state
    scope = getattr(command.value, "scope_key", command.key)
    found = (
        state.instances.get(command.key)
        or state.instances.get(scope)
        or state.jobs.get(command.key)
        or state.user_tasks.get(command.key)
    )
    if found is not None:
        return int(found.value.process_instance_key)
    plain = state.incidents.get(command.key) or state.subscriptions.timers.get(command.key)
    return int(plain.process_instance_key) if plain is not None else -1


def check_not_banned(ctx: Context, command: Record) -> None:
    """Refuse what a banned instance cannot do any more."""
    if not ctx.state.banned or (command.value_type, command.intent) in ENDING:
        return
    key = instance_of(ctx, command)
    if key in ctx.state.banned:
        raise invalid_state(
            f"Expected to process command '{command.intent}', but process instance '{key}' is banned because of an error "
            "of the engine. Cancel it; its incident says what happened."
        )


def stop(ctx: Context, command: Record, error: Exception) -> None:
    """Keep the error and ban the instance. What the command wrote has been undone before."""
    key = instance_of(ctx, command)
    message = f"{type(error).__name__}: {error}"[:_SHOWN]
    stack = "".join(traceback.format_exception(error))[-_SHOWN:]
    record = ErrorRecord(whole(message), whole(stack), command.position, command.key, key)
    ctx.event("ERROR", "CREATED", ctx.next_key(), record)
    _drop_commands(ctx, key)
    stuck = ctx.state.instances.get(command.key) or ctx.state.instances.get(key)
    if stuck is not None:
        incidents.raise_for_element(ctx, stuck, Failure("UNKNOWN", _text(command, message)))
    waiting = ctx.awaited.pop(key, None)
    if waiting is not None:
        ctx.writers.clients.forget(waiting.request_id)


def _drop_commands(ctx: Context, key: int) -> None:
    """What was still to be done for the instance is not done."""
    if key > 0:
        queue = ctx.writers.queue
        kept = [item for item in queue if instance_of(ctx, item) != key or item.request_id >= 0]
        queue.clear()
        queue.extend(kept)


def refusal(command: Record, error: Exception) -> Rejection:
    """What the client hears whose command failed."""
    return Rejection("PROCESSING_ERROR", _text(command, f"{type(error).__name__}: {error}"[:_SHOWN]))


def _text(command: Record, message: str) -> str:
    return whole(f"Expected to process command '{command.intent}' without errors, but {message}")
