"""What an element may do at each step of its life; the defaults are those of a pass-through task."""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import incidents, job_creation, mappings, subscriptions, variables
from zeebelet.processors.bpmn import compensation, transitions
from zeebelet.processors.context import Context
from zeebelet.records import ProcessInstance
from zeebelet.state.views import ElementInstance


class ElementProcessor:
    """One element's behaviour. A step that raises `Failure` leaves an incident and is run again when that is resolved."""

    maps_inputs = True

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Inputs are mapped and start listeners are done: start, and wait or complete."""
        transitions.activated(ctx, instance)
        transitions.complete(ctx, instance)

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """What it waited for is there: write its result."""
        apply_outputs(ctx, element, instance)

    def complete(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """End listeners are done: leave."""
        subscriptions.close(ctx, element, instance)
        finish(ctx, element, instance)

    def terminate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Stop what is going on, then end (at once, or when children have ended)."""
        release(ctx, element, instance)
        transitions.terminated(ctx, element, instance)

    def child_completed(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """An element directly in it completed and no flow leads on."""
        if scope.is_active and not scope.has_tokens:
            transitions.complete(ctx, scope)

    def child_terminated(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """An element directly in it was terminated."""

    def before_child_completes(
        self, ctx: Context, element: Element, scope: ElementInstance, child: ElementInstance
    ) -> None:
        """An element directly in it has its result; a loop collects it here."""


def finish(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """It completes; what it did can be compensated from now on, or it was such a compensation itself."""
    compensation.remember(ctx, element, instance)
    transitions.completed(ctx, element, instance)
    if element.is_for_compensation:
        compensation.handler_ended(ctx, instance.key)


def release(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """Take back everything an element waits for, and its incidents."""
    if instance.job_key > 0:
        job_creation.cancel(ctx, instance.job_key)
    subscriptions.close(ctx, element, instance)
    incidents.close(ctx, instance.key)
    compensation.drop_scope(ctx, instance.key)


def apply_outputs(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """Write what came with the trigger: through the output mappings, or merged from the element's own scope upwards."""
    trigger = ctx.state.subscriptions.triggers.first(instance.key)
    document = trigger.variables if trigger else {}
    if trigger is not None:
        transitions.handled(ctx, instance, trigger)
    if element.outputs:
        variables.set_local(ctx, instance.value, instance.key, document)
        made = mappings.evaluate_outputs(ctx, element, instance)
        variables.merge(ctx, instance.value, output_scope(ctx, instance), made)
    elif document:
        variables.merge(ctx, instance.value, instance.key, document)


def output_scope(ctx: Context, instance: ElementInstance) -> int:
    """Where output mappings write: the scope around, but an iteration of a loop keeps its results to itself."""
    scope = ctx.state.instances.parent(instance)
    if scope is None or scope.value.bpmn_element_type == "MULTI_INSTANCE_BODY":
        return instance.key
    return scope.key
