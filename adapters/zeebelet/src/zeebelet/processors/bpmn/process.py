"""The process itself: the root of an instance, or what a call activity called."""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import instance_results, subscriptions
from zeebelet.processors.bpmn import call_activity, compensation, transitions
from zeebelet.processors.bpmn.container import Container
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance


class Process(Container):
    """Its event sub-processes are listened for once the start event has written its variables (see StartEvent)."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Start at the event that happened, or at the none start event."""
        transitions.activated(ctx, instance)
        trigger = ctx.state.subscriptions.triggers.first(instance.key)
        if trigger is None:
            self.start(ctx, element, instance)
            return
        event = ctx.state.definitions.element(instance.value.process_definition_key, trigger.target_element_id)
        transitions.handled(ctx, instance, trigger)
        transitions.activate_event(ctx, instance, event, trigger.variables)

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """A process has nothing to map."""

    def complete(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Answer who waits for the result, and hand it to the calling element."""
        subscriptions.close(ctx, element, instance)
        compensation.drop_all(ctx, instance.key)
        instance_results.answer(ctx, instance)
        result = ctx.state.variables.local_document(instance.key)
        started_by = ctx.state.started.started_by(instance.key)
        transitions.announce_completed(ctx, instance)
        call_activity.child_completed(ctx, instance.value, result)
        instance_results.start_next(ctx, started_by)

    def end(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Tell the calling element, and let the next message with the same key start an instance."""
        instance_results.forget(ctx, instance)
        started_by = ctx.state.started.started_by(instance.key)
        compensation.drop_all(ctx, instance.key)
        transitions.terminated(ctx, element, instance)
        call_activity.child_terminated(ctx, instance.value)
        instance_results.start_next(ctx, started_by)
