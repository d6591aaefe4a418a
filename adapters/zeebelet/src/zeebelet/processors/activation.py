"""Activates elements without a token: start instructions and modifications. Missing scopes are created on the way down,
listening to their events, but without their start events."""

from __future__ import annotations

from collections.abc import Mapping

from zeebelet.graph import Element, ExecutableProcess
from zeebelet.processors import subscriptions, values, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject
from zeebelet.state.views import ElementInstance


def activate(
    ctx: Context,
    process: ExecutableProcess,
    root: ElementInstance,
    element_id: str,
    *,
    ancestor: ElementInstance | None = None,
    documents: Mapping[str, list[JsonObject]] | None = None,
) -> tuple[int, ElementInstance]:
    """Activate an element below `ancestor` (or wherever its scope is); returns its key and the scope it went into."""
    documents = documents or {}
    scope = ancestor or root
    _resume(ctx, process, scope)
    for scope_id in _scopes_below(process, element_id, scope.value.element_id):
        scope = _enter(ctx, process.elements[scope_id], scope)
        _resume(ctx, process, scope)
        _set(ctx, scope.key, scope, documents.get(scope_id, ()))
    element = process.elements[element_id]
    key = transitions.activate_child(ctx, scope, element)
    _set(ctx, key, scope, documents.get(element_id, ()))
    return key, scope


def _resume(ctx: Context, process: ExecutableProcess, scope: ElementInstance) -> None:
    """An event sub-process took the scope over: from now on something may live beside it."""
    if scope.interrupted_by and process.elements[scope.interrupted_by].type == "EVENT_SUB_PROCESS":
        ctx.event("PROCESS_INSTANCE", "ELEMENT_RESUMED", scope.key, scope.value)


def _set(ctx: Context, scope_key: int, owner: ElementInstance, documents: list[JsonObject] | tuple[()]) -> None:
    for document in documents:
        variables.set_local(ctx, owner.value, scope_key, document)


def _scopes_below(process: ExecutableProcess, element_id: str, top: str) -> list[str]:
    """The scopes between `top` and the element, outermost first."""
    chain = list(process.scope_chain(element_id))
    return list(reversed(chain[: chain.index(top)])) if top in chain else []


def _enter(ctx: Context, element: Element, scope: ElementInstance) -> ElementInstance:
    """The one active instance of a scope's element, or a new one."""
    for child in ctx.state.instances.children(scope):
        if child.value.element_id == element.id and child.is_active:
            return child  # type: ignore[no-any-return]
    key = ctx.next_key()
    value = values.child(scope.value, scope.key, element, inner=True)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", key, value)
    return open_scope(ctx, element, key)


def open_scope(ctx: Context, element: Element, key: int) -> ElementInstance:
    """Let a scope that is ACTIVATING listen to its events and wait."""
    instance = ctx.state.instances.get(key)
    assert instance is not None
    subscriptions.open_all(ctx, element, instance)
    transitions.activated(ctx, instance)
    return instance
