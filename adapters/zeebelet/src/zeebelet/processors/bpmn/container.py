"""What holds other elements: process, sub-process, event sub-process."""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import subscriptions
from zeebelet.processors.bpmn import catching, transitions
from zeebelet.processors.bpmn.element import ElementProcessor, release
from zeebelet.processors.context import Context
from zeebelet.records import ProcessInstance
from zeebelet.state.views import ElementInstance


class Container(ElementProcessor):
    """An embedded sub-process; the base of the others."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Listen for its boundary events and event sub-processes, and start at its none start event."""
        subscriptions.open_all(ctx, element, instance)
        transitions.activated(ctx, instance)
        self.start(ctx, element, instance)

    def start(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Put the first token into it."""
        start = ctx.state.definitions.element(instance.value.process_definition_key, element.none_start_id)
        transitions.activate_child(ctx, instance, start)

    def terminate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """End what is in it first."""
        release(ctx, element, instance)
        terminate_children(ctx, instance)
        if not instance.children:
            self.end(ctx, element, instance)

    def end(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Everything in it has ended."""
        transitions.terminated(ctx, element, instance)

    def child_terminated(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """The last one that ends decides: the scope ends with it, completes (terminate end event), or is taken over."""
        if scope.children:
            return
        if scope.is_terminating:
            self.end(ctx, element, scope)
        elif scope.is_active and scope.interrupted_by:
            self._after_interruption(ctx, scope)
        elif scope.is_active and not scope.has_tokens:
            transitions.terminate(ctx, scope)  # only a modification leaves a scope empty like this

    def _after_interruption(self, ctx: Context, scope: ElementInstance) -> None:
        by = ctx.state.definitions.element(scope.value.process_definition_key, scope.interrupted_by)
        if by.type == "END_EVENT":
            transitions.complete(ctx, scope)
        elif ctx.state.subscriptions.triggers.first(scope.key) is not None:
            catching.continue_interrupted(ctx, scope)
        else:
            transitions.terminate(ctx, scope)


def terminate_children(ctx: Context, instance: ElementInstance) -> None:
    """Ask everything directly in it to end."""
    for child in ctx.state.instances.children(instance):
        if not child.is_terminating:
            transitions.terminate(ctx, child)


class EventSubProcess(Container):
    """Starts with the event that triggered it."""

    def start(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Its start event has happened already."""
        trigger = ctx.state.subscriptions.triggers.first(instance.key)
        assert trigger is not None
        event = ctx.state.definitions.element(instance.value.process_definition_key, trigger.target_element_id)
        transitions.handled(ctx, instance, trigger)
        transitions.activate_event(ctx, instance, event, trigger.variables)
