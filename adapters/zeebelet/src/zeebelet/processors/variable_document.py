"""Sets variables from outside."""

from __future__ import annotations

from zeebelet.errors import not_found
from zeebelet.processors.context import Context
from zeebelet.processors.variables import merge, set_local
from zeebelet.records import Record, VariableDocument


def update(ctx: Context, command: Record) -> None:
    """VARIABLE_DOCUMENT/UPDATE."""
    document: VariableDocument = command.value
    instance = ctx.state.instances.get(document.scope_key)
    if instance is None or instance.is_terminating:
        raise not_found(
            f"Expected to update variables for element with key '{document.scope_key}', but no such element was found"
        )
    write = set_local if document.update_semantics == "LOCAL" else merge
    write(ctx, instance.value, document.scope_key, document.variables)
    ctx.answer(command, ctx.event("VARIABLE_DOCUMENT", "UPDATED", ctx.next_key(), document))


PROCESSORS = {("VARIABLE_DOCUMENT", "UPDATE"): update}
