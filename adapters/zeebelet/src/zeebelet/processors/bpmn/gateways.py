"""Exclusive, parallel, inclusive and event-based gateways."""

from __future__ import annotations

from zeebelet.errors import Failure
from zeebelet.graph import Element, Flow
from zeebelet.processors import expressions, subscriptions
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.element import ElementProcessor
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance

NO_CONDITION = "Expected at least one condition to evaluate to true, or to have a default flow"


def _holds(ctx: Context, flow: Flow, instance: ElementInstance) -> bool:
    return flow.condition is None or expressions.boolean(ctx, flow.condition, instance.value.flow_scope_key)


def _default(element: Element) -> tuple[Flow, ...]:
    return tuple(flow for flow in element.outgoing if flow.id == element.default_flow)


class Gateway(ElementProcessor):
    """Passes tokens on at once; where they go is decided before it is activated, so that a failure leaves it activating."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Choose, then go."""
        flows = self.choose(ctx, element, instance)
        transitions.activated(ctx, instance)
        ctx.event("PROCESS_INSTANCE", "ELEMENT_COMPLETING", instance.key, instance.value)
        scope = transitions.announce_completed(ctx, instance)
        if not transitions.stops_here(ctx, instance.value):
            transitions.leave(ctx, element, instance.value, scope, flows)

    def choose(self, ctx: Context, element: Element, instance: ElementInstance) -> tuple[Flow, ...]:
        """The flows to take; a parallel gateway takes all."""
        return element.outgoing


class ExclusiveGateway(Gateway):
    """The first flow whose condition holds, else the default flow."""

    def choose(self, ctx: Context, element: Element, instance: ElementInstance) -> tuple[Flow, ...]:
        """One flow; none only if the gateway has none."""
        if len(element.outgoing) == 1 and element.outgoing[0].condition is None:
            return element.outgoing
        for flow in element.outgoing:
            if flow.id != element.default_flow and _holds(ctx, flow, instance):
                return (flow,)
        if element.outgoing and not _default(element):
            raise Failure("CONDITION_ERROR", NO_CONDITION)
        return _default(element)


class InclusiveGateway(Gateway):
    """Every flow whose condition holds, else the default flow."""

    def choose(self, ctx: Context, element: Element, instance: ElementInstance) -> tuple[Flow, ...]:
        """At least one flow; none only if the gateway has none."""
        if len(element.outgoing) == 1 and element.outgoing[0].condition is None:
            return element.outgoing
        chosen = tuple(
            flow for flow in element.outgoing if flow.id != element.default_flow and _holds(ctx, flow, instance)
        )
        if element.outgoing and not chosen and not _default(element):
            raise Failure("CONDITION_ERROR", NO_CONDITION)
        return chosen or _default(element)


class EventBasedGateway(ElementProcessor):
    """Listens to all events behind it; the first that happens decides."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Listen."""
        subscriptions.open_all(ctx, element, instance)
        transitions.activated(ctx, instance)

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """The event's variables belong to the event."""

    def complete(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Go on behind the event that happened."""
        trigger = ctx.state.subscriptions.triggers.first(instance.key)
        assert trigger is not None
        subscriptions.close(ctx, element, instance)
        transitions.handled(ctx, instance, trigger)
        scope = transitions.announce_completed(ctx, instance)
        assert scope is not None
        flow = next(flow for flow in element.outgoing if flow.target_id == trigger.target_element_id)
        transitions.announce_flow(ctx, scope, flow)
        event = ctx.state.definitions.element(instance.value.process_definition_key, flow.target_id)
        transitions.activate_event(ctx, scope, event, trigger.variables, flow_id=flow.id)
