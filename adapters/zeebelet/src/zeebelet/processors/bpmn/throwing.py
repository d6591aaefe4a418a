"""Errors and escalations on their way up: from the element, scope by scope, through call activities into the caller."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from zeebelet.graph import Element
from zeebelet.graph.specs import CodeSpec
from zeebelet.processors.context import Context
from zeebelet.state.views import ElementInstance


class Catch(NamedTuple):
    """Who catches: the element instance that listens, and its event."""

    host: ElementInstance
    event: Element


def _code(event: Element, kind: str) -> CodeSpec | None:
    return event.error if kind == "error" else event.escalation


def _candidates(ctx: Context, host: ElementInstance, kind: str) -> list[Element]:
    """The events of one step: event sub-processes inside the scope first, then boundary events attached to it."""
    process = ctx.state.definitions.process(host.value.process_definition_key)
    element = process.elements[host.value.element_id]
    is_loop = host.value.bpmn_element_type == "MULTI_INSTANCE_BODY"
    is_iteration = element.loop is not None and not is_loop
    inside = () if is_loop else element.event_start_ids
    attached = () if is_iteration else element.boundary_ids
    events = (process.elements[identifier] for identifier in inside + attached)
    return [event for event in events if _code(event, kind) is not None]


def _steps(ctx: Context, start: ElementInstance | None) -> Iterator[ElementInstance]:
    """The scopes from `start` upwards; a scope that cannot react ends the walk within its process instance."""
    host = start
    while host is not None:
        if host.is_active and not host.interrupted_by:
            yield host
            following = ctx.state.instances.parent(host)
        else:
            following = None
            host = ctx.state.instances.get(host.value.process_instance_key) or host
        if following is None:
            following = ctx.state.instances.get(host.value.parent_element_instance_key)
        host = following


def find(ctx: Context, start: ElementInstance | None, kind: str, code: str) -> Catch | None:
    """Who catches this code: in each step an exact code before a catch-all."""
    for host in _steps(ctx, start):
        events = _candidates(ctx, host, kind)
        for wanted in (code, None):
            for event in events:
                if _text(_code(event, kind)) == wanted:
                    return Catch(host, event)
    return None


def _text(spec: CodeSpec | None) -> str | None:
    return spec.code.text if spec is not None and spec.code is not None else None


def available_codes(ctx: Context, start: ElementInstance | None, kind: str) -> list[str]:
    """The codes that could have been caught."""
    found = [_text(_code(event, kind)) for host in _steps(ctx, start) for event in _candidates(ctx, host, kind)]
    return [code for code in found if code]


def uncaught_error(ctx: Context, start: ElementInstance | None, code: str, message: str) -> str:
    """The text of the incident of an error nobody catches."""
    with_message = f" with message '{message}'" if message else ""
    codes = available_codes(ctx, start, "error")
    available = (
        f" Available error events are [{', '.join(codes)}]" if codes else " No error events are available in the scope."
    )
    return f"Expected to throw an error event with the code '{code}'{with_message}, but it was not caught.{available}"
