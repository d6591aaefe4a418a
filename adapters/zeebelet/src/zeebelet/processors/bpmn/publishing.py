"""Message throw events that publish a message themselves instead of leaving it to a worker."""

from __future__ import annotations

from zeebelet.errors import Failure
from zeebelet.graph import Element
from zeebelet.model.time import parse_interval
from zeebelet.processors import expressions
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.tasks import JobWorkerTask
from zeebelet.processors.context import Context
from zeebelet.records import Message
from zeebelet.state.views import ElementInstance


class MessageThrowEvent(JobWorkerTask):
    """Has a worker, or publishes a message with the event's own variables."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Publish, and go on at once."""
        if element.publish is None:
            super().activate(ctx, element, instance)
            return
        spec = element.publish
        message = Message(
            name=expressions.string(ctx, spec.name, instance.key),
            correlation_key=expressions.string(ctx, spec.correlation_key, instance.key),
            time_to_live=_time_to_live(expressions.optional_string(ctx, spec.time_to_live, instance.key)),
            message_id=expressions.optional_string(ctx, spec.message_id, instance.key),
            variables=ctx.state.variables.local_document(instance.key),
            tenant_id=instance.value.tenant_id,
        )
        transitions.activated(ctx, instance)
        ctx.command("MESSAGE", "PUBLISH", -1, message)
        transitions.complete(ctx, instance)


def _time_to_live(text: str) -> int:
    try:
        return parse_interval(text).after(0) if text else 0
    except ValueError:
        raise Failure(
            "EXTRACT_VALUE_ERROR", f"Invalid duration format '{text}' for the time to live of a message"
        ) from None
