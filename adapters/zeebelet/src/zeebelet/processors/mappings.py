"""Input and output mappings: evaluated in order, later ones see what earlier ones made."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping, MutableMapping
from typing import Any

from zeebelet.errors import Failure
from zeebelet.graph import Element
from zeebelet.graph.specs import MappingSpec
from zeebelet.processors import expressions, variables
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject
from zeebelet.state.views import ElementInstance

IO_MAPPING = "IO_MAPPING_ERROR"
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)


def apply_inputs(ctx: Context, element: Element, instance: ElementInstance) -> None:
    """Make the element's own variables; a nested target starts a new object."""
    if element.inputs:
        made = _evaluate(ctx, element.inputs, instance, siblings=False)
        variables.set_local(ctx, instance.value, instance.key, made)


def evaluate_outputs(ctx: Context, element: Element, instance: ElementInstance) -> JsonObject:
    """What the output mappings make; a nested target keeps its siblings in the existing object."""
    return _evaluate(ctx, element.outputs, instance, siblings=True)


def _evaluate(
    ctx: Context, mappings: tuple[MappingSpec, ...], instance: ElementInstance, *, siblings: bool
) -> JsonObject:
    visible = ctx.state.variables.context(instance.key)
    made: JsonObject = {}
    nested: set[tuple[str, ...]] = set()  # objects these mappings built and may add to
    context: MutableMapping[str, Any] = ChainMap(made, visible)  # type: ignore[arg-type]  # only the first map is written
    for mapping in mappings:
        try:
            value = expressions.value(ctx, mapping.source, context)
        except Failure as failure:
            raise Failure(IO_MAPPING, failure.message, variable_scope_key=instance.key) from failure
        _place(made, mapping.path, _typed(mapping, value), nested, visible if siblings else {})
    return made


def _typed(mapping: MappingSpec, value: Any) -> Any:
    """Static text that reads like a number is one."""
    if not mapping.source.is_static or not _NUMBER.fullmatch(value):
        return value
    return int(value) if value.lstrip("-").isdigit() else float(value)


def _place(
    made: JsonObject, path: tuple[str, ...], value: Any, nested: set[tuple[str, ...]], existing: Mapping[str, Any]
) -> None:
    """Put a value at a path. An object on the way is added to if these mappings built it, or if it exists in the scope."""
    target: JsonObject = made
    for depth in range(1, len(path)):
        step, prefix = path[depth - 1], path[:depth]
        below = existing.get(step)
        if prefix not in nested:
            nested.add(prefix)
            if below is not None and not isinstance(below, dict):
                target[step] = None  # what FEEL's context merge makes of a text or a number
                return
            target[step] = dict(below or {})
        existing = below if isinstance(below, dict) else {}
        target = target[step]
    target[path[-1]] = value
    nested.discard(path)
