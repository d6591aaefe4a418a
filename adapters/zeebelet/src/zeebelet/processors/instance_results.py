"""What the end of an instance means to others: a client that waits for the result, a message that waits for its turn."""

from __future__ import annotations

from zeebelet.processors.context import Context
from zeebelet.records import ProcessInstanceResult
from zeebelet.state.views import ElementInstance, StartedBy


def answer(ctx: Context, instance: ElementInstance) -> None:
    """Answer the client that created the instance and waits for its result."""
    awaited = ctx.awaited.pop(instance.key, None)
    if awaited is None:
        return
    document = ctx.state.variables.local_document(instance.key)
    wanted = awaited.fetch_variables
    value = instance.value
    result = ProcessInstanceResult(
        value.bpmn_process_id,
        value.process_definition_key,
        value.version,
        instance.key,
        {name: item for name, item in document.items() if name in wanted} if wanted else document,
        value.tenant_id,
        value.tags,
        value.business_id,
    )
    event = ctx.event("PROCESS_INSTANCE_RESULT", "COMPLETED", instance.key, result)
    ctx.writers.clients.answer(awaited.request_id, event)


def forget(ctx: Context, instance: ElementInstance) -> None:
    """The instance ended without a result: Zeebe leaves the client to its time-out, and nothing of it is kept."""
    awaited = ctx.awaited.pop(instance.key, None)
    if awaited is not None:
        ctx.writers.clients.forget(awaited.request_id)


def start_next(ctx: Context, started_by: StartedBy | None) -> None:
    """The correlation key is free again: a buffered message may start the next instance."""
    if started_by is not None:
        ctx.command(
            "MESSAGE_START_EVENT_SUBSCRIPTION",
            "CORRELATE",
            -1,
            (started_by.bpmn_process_id, started_by.correlation_key),
        )
