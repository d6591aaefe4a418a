"""Multi-instance: the body around the iterations of an activity."""

from __future__ import annotations

from typing import Any

from zeebelet.errors import Failure
from zeebelet.graph import Element, Expression
from zeebelet.graph.specs import LoopSpec
from zeebelet.processors import expressions, subscriptions, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.container import Container, terminate_children
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject, MultiInstance, ProcessInstance
from zeebelet.state.views import ElementInstance

LOOP_COUNTER = "loopCounter"


class MultiInstanceBody(Container):
    """Starts the iterations, collects their results, and completes after the last one or when its condition holds."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Read the collection; nothing to do is done at once."""
        loop = _loop(element)
        items = expressions.array(ctx, loop.input_collection, instance.key)
        subscriptions.open_all(ctx, element, instance)
        ctx.event("MULTI_INSTANCE", "INPUT_COLLECTION_EVALUATED", instance.key, MultiInstance(items))
        if loop.output_collection:
            variables.set_local(ctx, instance.value, instance.key, {loop.output_collection: [None] * len(items)})
        transitions.activated(ctx, instance)
        if not items:
            transitions.complete(ctx, instance)
        for index, item in enumerate(items[:1] if loop.sequential else items):
            self._start_iteration(ctx, element, instance, index, item)

    def _start_iteration(self, ctx: Context, element: Element, body: ElementInstance, index: int, item: Any) -> None:
        """One iteration, with its element and counter as its own variables."""
        loop = _loop(element)
        key = transitions.activate_child(ctx, body, element, inner=True)
        local: JsonObject = {loop.input_element: item} if loop.input_element else {}
        local[LOOP_COUNTER] = index + 1
        target = _output_variable(loop)
        if target and target not in local:
            local[target] = None
        variables.set_local(ctx, body.value, key, local)

    def completing(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Hand the collected results to the scope around."""
        loop = _loop(element)
        found = ctx.state.variables.local(instance.key, loop.output_collection) if loop.output_collection else None
        if found is not None:
            document = {loop.output_collection: found[1]}
            variables.merge(ctx, instance.value, instance.value.flow_scope_key, document)

    def before_child_completes(
        self, ctx: Context, element: Element, scope: ElementInstance, child: ElementInstance
    ) -> None:
        """Collect the iteration's result, ask the completion condition, and read the next item: all before it is over."""
        loop = _loop(element)
        if loop.output_collection and loop.output_element is not None:
            self._collect(ctx, loop, scope, child)
        if loop.completion_condition is not None and self._is_done(ctx, loop.completion_condition, scope, child):
            ctx.notes.finished_loops.add(scope.key)
        elif loop.sequential:
            self._next(ctx, element, scope, child)

    def _collect(self, ctx: Context, loop: LoopSpec, body: ElementInstance, child: ElementInstance) -> None:
        assert loop.output_element is not None
        result = expressions.value(ctx, loop.output_element, child.key)
        found = ctx.state.variables.local(body.key, loop.output_collection)
        stored = found[1] if found is not None else []
        if not isinstance(stored, list):
            raise _overwritten(loop, child, f"the type of the output collection is: {_stored_type(stored)}")
        if child.loop_counter > len(stored):
            why = f"the size of the collection is: {len(stored)}"
            raise _overwritten(loop, child, why, at=f" at position {child.loop_counter}")
        collection = list(stored)
        collection[child.loop_counter - 1] = result
        variables.set_local(ctx, body.value, body.key, {loop.output_collection: collection})

    def _is_done(self, ctx: Context, condition: Expression, body: ElementInstance, child: ElementInstance) -> bool:
        """The condition sees the iteration's variables and the numbers, this iteration counted as completed."""
        numbers = {
            "numberOfInstances": body.loop_total,
            "numberOfActiveInstances": len(body.children or ()) - 1,
            "numberOfCompletedInstances": body.completed_children + 1,
            "numberOfTerminatedInstances": body.terminated_children,
        }
        context = expressions.layered(numbers, ctx.state.variables.context(child.key))
        return expressions.boolean(ctx, condition, context)

    def _next(self, ctx: Context, element: Element, body: ElementInstance, child: ElementInstance) -> None:
        """Sequential: the collection is read again for each iteration."""
        items = expressions.array(ctx, _loop(element).input_collection, body.key)
        index = child.loop_counter
        if index < len(items):
            ctx.notes.next_items[body.key] = (index, items[index])
        elif index < body.loop_total:
            raise Failure(
                "EXTRACT_VALUE_ERROR",
                f"Expected to read item at index {index} of the multiInstanceBody input collection but it contains "
                f"only {len(items)} elements. The input collection might be modified while iterating over it.",
            )

    def child_completed(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """Go on with the next iteration, or complete."""
        following = ctx.notes.next_items.pop(scope.key, None)
        finished = scope.key in ctx.notes.finished_loops
        ctx.notes.finished_loops.discard(scope.key)
        if finished and scope.children:
            terminate_children(ctx, scope)
        elif following is not None and scope.is_active:
            self._start_iteration(ctx, element, scope, *following)
        elif scope.is_active and not scope.children:
            transitions.complete(ctx, scope)

    def child_terminated(self, ctx: Context, element: Element, scope: ElementInstance, child: ProcessInstance) -> None:
        """The last iteration ended: the body completes if its condition held, else it ends too."""
        if scope.children:
            return
        if scope.is_terminating:
            self.end(ctx, element, scope)
        elif scope.is_active and scope.completed_children and element.loop and element.loop.completion_condition:
            transitions.complete(ctx, scope)
        elif scope.is_active:
            transitions.terminate(ctx, scope)


def _overwritten(loop: LoopSpec, child: ElementInstance, why: str, *, at: str = "") -> Failure:
    return Failure(
        "EXTRACT_VALUE_ERROR",
        f"Unable to update an item in output collection '{loop.output_collection}'{at} because {why}. "
        "This may happen when multiple BPMN elements write to the same variable.",
        variable_scope_key=child.key,
    )


def _stored_type(value: Any) -> str:
    """MessagePack's name for what a variable holds."""
    return _STORED_TYPES.get(type(value), "MAP")


_STORED_TYPES = {type(None): "NIL", bool: "BOOLEAN", int: "INTEGER", float: "FLOAT", str: "STRING"}


def _loop(element: Element) -> LoopSpec:
    assert element.loop is not None
    return element.loop


def _output_variable(loop: LoopSpec) -> str:
    """The variable an output element of the form `name` or `name.path` reads: it belongs to the iteration."""
    if loop.output_element is None:
        return ""
    name = loop.output_element.text.split(".")[0].strip()
    is_path = all(part.strip().isidentifier() for part in loop.output_element.text.split("."))
    return name if is_path and name != LOOP_COUNTER else ""
