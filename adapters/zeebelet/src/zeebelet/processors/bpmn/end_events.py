"""End events and intermediate throw events, by what they do."""

from __future__ import annotations

from typing import ClassVar

from zeebelet.errors import Failure
from zeebelet.graph import Element
from zeebelet.processors import expressions, signals
from zeebelet.processors.bpmn import catching, compensation, throwing, transitions
from zeebelet.processors.bpmn.container import terminate_children
from zeebelet.processors.bpmn.element import ElementProcessor, apply_outputs
from zeebelet.processors.bpmn.publishing import MessageThrowEvent
from zeebelet.processors.context import Context
from zeebelet.records import Escalation
from zeebelet.state.views import ElementInstance


class TerminateEndEvent(ElementProcessor):
    """Ends everything else in its scope; then the scope completes."""

    def complete(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """The last of the others that ends lets the scope complete; without others it completes now."""
        scope = transitions.announce_completed(ctx, instance)
        assert scope is not None
        if scope.children:
            terminate_children(ctx, scope)
        else:
            transitions.complete(ctx, scope)


class ErrorEndEvent(ElementProcessor):
    """Never completes: whoever catches the error ends the scopes in between."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Throw."""
        assert element.error is not None
        assert element.error.code is not None
        code = expressions.string(ctx, element.error.code, instance.key)
        scope = ctx.state.instances.parent(instance)
        caught = throwing.find(ctx, scope, "error", code)
        if caught is None:
            raise Failure("UNHANDLED_ERROR_EVENT", throwing.uncaught_error(ctx, scope, code, ""))
        transitions.activated(ctx, instance)
        catching.trigger(ctx, caught.host, caught.event, ctx.state.variables.local_document(instance.key))


class EscalationEvent(ElementProcessor):
    """Throws an escalation; if nobody is interrupted by it, the flow goes on."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Throw."""
        assert element.escalation is not None
        assert element.escalation.code is not None
        code = expressions.string(ctx, element.escalation.code, instance.key)
        scope = ctx.state.instances.parent(instance)
        caught = throwing.find(ctx, scope, "escalation", code)
        transitions.activated(ctx, instance)
        event = Escalation(instance.value.process_instance_key, code, element.id, caught.event.id if caught else "")
        ctx.event("ESCALATION", "ESCALATED" if caught else "NOT_ESCALATED", ctx.next_key(), event)
        if caught is not None:
            catching.trigger(ctx, caught.host, caught.event, ctx.state.variables.local_document(instance.key))
        if caught is None or not caught.event.interrupting:
            transitions.complete(ctx, instance)


class SignalThrowEvent(ElementProcessor):
    """Broadcasts a signal with its local variables."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Broadcast."""
        assert element.signal is not None
        name = expressions.string(ctx, element.signal, instance.key)
        transitions.activated(ctx, instance)
        transitions.complete(ctx, instance)
        signals.broadcast(ctx, name, ctx.state.variables.local_document(instance.key))


class LinkThrowEvent(ElementProcessor):
    """Jumps to the catch event of the same name."""

    def complete(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Go on there."""
        scope = transitions.announce_completed(ctx, instance)
        assert scope is not None
        catch = ctx.state.definitions.element(instance.value.process_definition_key, element.link_target)
        transitions.activate_child(ctx, scope, catch)


class CompensationEvent(ElementProcessor):
    """Runs the compensation handlers of what completed, and waits for them."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Call the handlers."""
        transitions.activated(ctx, instance)
        if not compensation.trigger(ctx, element, instance):
            transitions.complete(ctx, instance)


class ThrowEvent(ElementProcessor):
    """End or intermediate throw event: chooses by event type; without one it passes through."""

    _behaviours: ClassVar[dict[str, ElementProcessor]] = {
        "MESSAGE": MessageThrowEvent(),
        "TERMINATE": TerminateEndEvent(),
        "ERROR": ErrorEndEvent(),
        "ESCALATION": EscalationEvent(),
        "SIGNAL": SignalThrowEvent(),
        "LINK": LinkThrowEvent(),
        "COMPENSATION": CompensationEvent(),
    }
    _pass_through = ElementProcessor()

    def _behaviour(self, element: Element) -> ElementProcessor:
        return self._behaviours.get(element.event_type, self._pass_through)

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """As its type does."""
        self._behaviour(element).activate(ctx, element, instance)

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Output mappings."""
        apply_outputs(ctx, element, instance)

    def complete(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """As its type does."""
        self._behaviour(element).complete(ctx, element, instance)

    def terminate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """As its type does."""
        self._behaviour(element).terminate(ctx, element, instance)
