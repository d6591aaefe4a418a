"""Inclusive joins: one starts when no other token of its scope can reach it any more."""

from __future__ import annotations

from zeebelet.graph import Element, ExecutableProcess
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance


def activate_ready(ctx: Context) -> None:
    """Start the joins that have nothing more to wait for, in the scopes in which something happened."""
    scopes, ctx.notes.inclusive_scopes = ctx.notes.inclusive_scopes, {}
    for scope_key in scopes:
        ctx.notes.looking_at = scope_key
        scope = ctx.state.instances.get(scope_key)
        if scope is not None and scope.is_active and not scope.interrupted_by and not _is_banned(ctx, scope):
            _activate_in(ctx, scope)


def _is_banned(ctx: Context, scope: ElementInstance) -> bool:
    return scope.value.process_instance_key in ctx.state.banned


def _activate_in(ctx: Context, scope: ElementInstance) -> None:
    process = ctx.state.definitions.process(scope.value.process_definition_key)
    waiting: dict[str, str] = {}
    for gateway_id, flow_id in scope.joins or ():
        if process.elements[gateway_id].type == "INCLUSIVE_GATEWAY":
            waiting.setdefault(gateway_id, flow_id)
    for gateway_id, flow_id in waiting.items():
        gateway = process.elements[gateway_id]
        if transitions.all_arrived(scope, gateway) or not _reachable(ctx, scope, process, gateway):
            transitions.activate_child(ctx, scope, gateway, flow_id=flow_id)


def _reachable(ctx: Context, scope: ElementInstance, process: ExecutableProcess, gateway: Element) -> bool:
    """Whether a token elsewhere in the scope can still get to an incoming flow that has none."""
    joins = scope.joins or {}
    places = [child.value.element_id for child in ctx.state.instances.children(scope)]
    places += [other for other, _ in joins if other != gateway.id]
    empty = {flow.source_id for flow in gateway.incoming if (gateway.id, flow.id) not in joins}
    seen: set[str] = set()
    while places:
        place = places.pop()
        if place in seen or place == gateway.id:
            continue
        seen.add(place)
        if place in empty:
            return True
        places += _next_places(process.elements[place])
    return False


def _next_places(element: Element) -> list[str]:
    following = [flow.target_id for flow in element.outgoing]
    return [*following, *element.boundary_ids, *([element.link_target] if element.link_target else [])]
