"""Ad-hoc sub-processes: what runs in them is chosen while they run, by an expression, by a job's worker, or from outside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from zeebelet.errors import Failure
from zeebelet.graph import Element, ExecutableProcess
from zeebelet.graph.elements import INNER_INSTANCE
from zeebelet.graph.specs import AdHocSpec
from zeebelet.processors import expressions, job_creation, subscriptions, values, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.container import Container, terminate_children
from zeebelet.processors.bpmn.element import apply_outputs
from zeebelet.processors.context import Context
from zeebelet.records import AdHocActivation, JsonObject, ProcessInstance
from zeebelet.state.views import ElementInstance

_PREFIX = "Failed to activate ad-hoc elements."


def _spec(element: Element) -> AdHocSpec:
    assert element.ad_hoc is not None
    return element.ad_hoc


def activatable(process: ExecutableProcess, element: Element) -> list[str]:
    """The elements one may start: those no flow leads to."""
    children = (process.elements[child] for child in element.child_ids)
    return [
        child.id
        for child in children
        if not child.incoming and child.type not in ("BOUNDARY_EVENT", "EVENT_SUB_PROCESS")
    ]


def activate_inner(
    ctx: Context, element: Element, instance: ElementInstance, element_id: str, document: JsonObject
) -> None:
    """Start an element in a scope of its own."""
    process = ctx.state.definitions.process(instance.value.process_definition_key)
    inner = process.elements[element.id + INNER_INSTANCE]
    key = ctx.next_key()
    value = values.child(instance.value, instance.key, inner)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", key, value)
    variables.set_local(ctx, value, key, document)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATED", key, value)
    scope = ctx.state.instances.get(key)
    assert scope is not None
    transitions.activate_child(ctx, scope, process.elements[element_id])


def unknown(ctx: Context, instance: ElementInstance, element_ids: Iterable[str]) -> list[str]:
    """Those of the ids that cannot be started in this sub-process."""
    process = ctx.state.definitions.process(instance.value.process_definition_key)
    known = activatable(process, process.elements[instance.value.element_id])
    return [element_id for element_id in element_ids if element_id not in known]


def fulfil(ctx: Context, instance: ElementInstance, *, cancel_remaining: bool) -> None:
    """Nothing more is to be started: end what is left or wait for it, then complete."""
    if not instance.fulfilled:
        ctx.event(
            "AD_HOC_SUB_PROCESS_INSTRUCTION",
            "COMPLETED",
            instance.key,
            AdHocActivation(instance.key, (), cancel_remaining),
        )
    if instance.job_key > 0:
        job_creation.cancel(ctx, instance.job_key)
    if not instance.children:
        transitions.complete(ctx, instance)
    elif cancel_remaining:
        terminate_children(ctx, instance)


class AdHocSubProcess(Container):
    """Each activated element has an inner instance around it, which also holds what follows it."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Start the listed elements, or ask the worker."""
        spec = _spec(element)
        chosen = _chosen(ctx, element, instance)
        job = None
        if element.job is not None:
            job = job_creation.prepare(
                ctx, element.job, instance, kind="AD_HOC_SUB_PROCESS", headers=element.job.headers
            )
        subscriptions.open_all(ctx, element, instance)
        if spec.output_collection:
            variables.set_local(ctx, instance.value, instance.key, {spec.output_collection: []})
        if job is not None:
            job_creation.create(ctx, job)
        transitions.activated(ctx, instance)
        for element_id in chosen:
            activate_inner(ctx, element, instance, element_id, {})

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Hand the collected results to the scope around, then map."""
        name = _spec(element).output_collection
        found = ctx.state.variables.local(instance.key, name) if name else None
        if found is not None:
            variables.merge(ctx, instance.value, instance.value.flow_scope_key, {name: found[1]})
        apply_outputs(ctx, element, instance)

    def before_child_completes(
        self, ctx: Context, element: Element, scope: ElementInstance, child: ElementInstance
    ) -> None:
        """Collect the result, and ask the completion condition while a failure can still be seen."""
        spec = _spec(element)
        if spec.output_collection and spec.output_element is not None:
            result = expressions.value(ctx, spec.output_element, child.key)
            found = ctx.state.variables.local(scope.key, spec.output_collection)
            collected = [*(found[1] if found and isinstance(found[1], list) else []), result]
            variables.set_local(ctx, scope.value, scope.key, {spec.output_collection: collected})
        if spec.completion_condition is not None and expressions.boolean(ctx, spec.completion_condition, scope.key):
            ctx.notes.finished_loops.add(scope.key)

    def child_completed(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """Complete if that was all, else go on: by condition, by the worker, or by waiting."""
        spec = _spec(element)
        holds = scope.key in ctx.notes.finished_loops
        ctx.notes.finished_loops.discard(scope.key)
        if (
            not scope.is_active
            or scope.interrupted_by
            or scope.fulfilled
            or (element.job is None and spec.completion_condition is None)
        ):
            super().child_completed(ctx, element, scope, child)
        elif holds and spec.cancel_remaining:
            fulfil(ctx, scope, cancel_remaining=True)
        elif holds:
            super().child_completed(ctx, element, scope, child)
        elif element.job is not None:
            ask_worker(ctx, element, scope)

    def child_terminated(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """When the rest was canceled because nothing more is to be done, it completes."""
        if scope.is_active and scope.fulfilled and not scope.has_tokens:
            transitions.complete(ctx, scope)
        elif not scope.is_active or scope.interrupted_by:
            super().child_terminated(ctx, element, scope, child)


def ask_worker(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """A new job decides how to go on; one that is still open is out of date."""
    assert element.job is not None
    job = job_creation.prepare(ctx, element.job, instance, kind="AD_HOC_SUB_PROCESS", headers=element.job.headers)
    if instance.job_key > 0:
        job_creation.cancel(ctx, instance.job_key)
    job_creation.create(ctx, job)


def _chosen(ctx: Context, element: Element, instance: ElementInstance) -> list[str]:
    expression = _spec(element).active_elements
    if expression is None:
        return []
    result: Any = expressions.value(ctx, expression, instance.key)
    if not isinstance(result, list):
        raise Failure(
            "EXTRACT_VALUE_ERROR",
            f"{_PREFIX} Expected result of the expression '{expression.text}' to be 'ARRAY', "
            f"but was '{expressions.type_name(result)}'.",
        )
    if not all(isinstance(item, str) for item in result):
        raise Failure(
            "EXTRACT_VALUE_ERROR",
            f"{_PREFIX} Expected result of the expression '{expression.text}' to be 'ARRAY' containing 'STRING' items, "
            "but was 'ARRAY' containing at least one non-'STRING' item.",
        )
    missing = unknown(ctx, instance, result)
    if missing:
        listed = ", ".join(f"'{element_id}'" for element_id in missing)
        raise Failure("EXTRACT_VALUE_ERROR", f"{_PREFIX} No BPMN elements found with ids: {listed}.")
    return result


class InnerInstance(Container):
    """The scope of one activated element and what follows it."""

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """What was made in it was written to the scopes around already."""
