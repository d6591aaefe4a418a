"""Tasks: with a job worker, script, business rule, receive."""

from __future__ import annotations

from zeebelet.graph import Element
from zeebelet.processors import decisions, expressions, job_creation, linked_resources, subscriptions
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.element import ElementProcessor
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance


class JobWorkerTask(ElementProcessor):
    """Waits for a worker to complete its job."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Create the job."""
        assert element.job is not None
        headers = linked_resources.headers(ctx, element.job, instance)
        job = job_creation.prepare(ctx, element.job, instance, headers=headers)
        subscriptions.open_all(ctx, element, instance)
        job_creation.create(ctx, job)
        transitions.activated(ctx, instance)


class ScriptTask(JobWorkerTask):
    """Evaluates a FEEL expression, or has a worker like a service task."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Evaluate the script; its result is written as a worker's would be."""
        if element.script is None:
            super().activate(ctx, element, instance)
            return
        result = expressions.value(ctx, element.script.expression, instance.key)
        transitions.activated(ctx, instance)
        document = {element.script.result_variable: result}
        transitions.triggering(ctx, instance.value, instance.key, element.id, document)
        transitions.complete(ctx, instance)


class BusinessRuleTask(JobWorkerTask):
    """Evaluates a decision, or has a worker like a service task."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Evaluate the decision; its result is written as a worker's would be."""
        if element.decision is None:
            super().activate(ctx, element, instance)
            return
        output = decisions.evaluate_for_element(ctx, element.decision, instance)
        transitions.activated(ctx, instance)
        document = {element.decision.result_variable: output}
        transitions.triggering(ctx, instance.value, instance.key, element.id, document)
        transitions.complete(ctx, instance)


class ReceiveTask(ElementProcessor):
    """Waits for its message."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Listen for the message and the boundary events."""
        subscriptions.open_all(ctx, element, instance)
        transitions.activated(ctx, instance)
