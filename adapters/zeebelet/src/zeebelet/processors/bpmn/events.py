"""Start, boundary and intermediate catch events."""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import mappings, subscriptions, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.element import ElementProcessor, apply_outputs
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance


def map_event(ctx: Context, element: Element, instance: ElementInstance) -> bool:
    """Write what the output mappings make of the event's own variables; False when there are no mappings."""
    if not element.outputs:
        return False
    made = mappings.evaluate_outputs(ctx, element, instance)
    variables.merge(ctx, instance.value, instance.value.flow_scope_key, made)
    return True


class StartEvent(ElementProcessor):
    """Its variables become those of the process or event sub-process it starts."""

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Write variables; only then the process listens for its event sub-processes, whose keys may depend on them."""
        scope = ctx.state.instances.parent(instance)
        assert scope is not None
        if not map_event(ctx, element, instance):
            local = ctx.state.variables.local_document(instance.key)
            variables.set_local(ctx, scope.value, scope.key, local)
        if scope.value.bpmn_element_type == "PROCESS":
            root = ctx.state.definitions.element(scope.value.process_definition_key, scope.value.element_id)
            subscriptions.open_all(ctx, root, scope)


class BoundaryEvent(ElementProcessor):
    """It is activated when it happened, so all that is left is to go on."""

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Write variables; those of an error stay with the event unless they are mapped."""
        if not map_event(ctx, element, instance) and element.event_type != "ERROR":
            local = ctx.state.variables.local_document(instance.key)
            variables.merge(ctx, instance.value, instance.value.flow_scope_key, local)


class CatchEvent(ElementProcessor):
    """Waits for its event; a link event only marks a place."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Listen."""
        subscriptions.open_all(ctx, element, instance)
        transitions.activated(ctx, instance)
        if not element.catch_ids:
            transitions.complete(ctx, instance)

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Write variables; behind an event-based gateway they arrived with the activation."""
        if not element.after_event_gateway:
            apply_outputs(ctx, element, instance)
        elif not map_event(ctx, element, instance):
            local = ctx.state.variables.local_document(instance.key)
            variables.merge(ctx, instance.value, instance.value.flow_scope_key, local)
