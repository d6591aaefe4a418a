"""Starts an instance somewhere else than at its start event."""

from __future__ import annotations

from zeebelet.errors import Failure, invalid_argument
from zeebelet.graph import Element, ExecutableProcess
from zeebelet.processors import activation
from zeebelet.processors.context import Context
from zeebelet.records import ProcessInstance, StartInstruction

UNSUPPORTED = ("START_EVENT", "SEQUENCE_FLOW", "BOUNDARY_EVENT", "UNSPECIFIED")
_PREFIX = "Expected to create instance of process with start instructions but"


def check(process: ExecutableProcess, instructions: tuple[StartInstruction, ...]) -> None:
    """Refuse what cannot be started at."""
    for instruction in instructions:
        _check_one(process, instruction.element_id)


def _check_one(process: ExecutableProcess, element_id: str) -> None:
    if element_id in process.flows:
        raise invalid_argument(_unsupported(element_id, "SEQUENCE_FLOW"))
    element = process.elements.get(element_id)
    if element is None:
        raise invalid_argument(f"{_PREFIX} no element found with id '{element_id}'.")
    scopes = [process.elements[scope] for scope in process.scope_chain(element_id)]
    _check_scopes(element_id, scopes)
    if element.type in UNSUPPORTED or element.type == "PROCESS":
        raise invalid_argument(_unsupported(element_id, element.type))
    if element.after_event_gateway:
        raise invalid_argument(
            f"{_PREFIX} the element with id '{element_id}' belongs to an event-based gateway. "
            "The creation of elements belonging to an event-based gateway is not supported."
        )


def _check_scopes(element_id: str, scopes: list[Element]) -> None:
    if any(scope.loop for scope in scopes):
        raise invalid_argument(
            f"{_PREFIX} the element with id '{element_id}' is inside a multi-instance subprocess. "
            "The creation of elements inside a multi-instance subprocess is not supported."
        )
    if any(scope.type == "AD_HOC_SUB_PROCESS" for scope in scopes):
        raise invalid_argument(
            f"{_PREFIX} the element with id '{element_id}' is inside an ad-hoc subprocess. "
            "The creation of elements inside an ad-hoc subprocess is not supported."
        )


def _unsupported(element_id: str, element_type: str) -> str:
    return (
        f"{_PREFIX} the element with id '{element_id}' targets unsupported element type '{element_type}'. "
        f"Supported element types are: all except {', '.join(UNSUPPORTED)}."
    )


def activate(ctx: Context, instance: ProcessInstance, instructions: tuple[StartInstruction, ...]) -> None:
    """Create the process instance without its start event and activate the elements."""
    process = ctx.state.definitions.process(instance.process_definition_key)
    ctx.event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", instance.process_instance_key, instance)
    element_id = instance.element_id
    try:
        root = activation.open_scope(ctx, process.root, instance.process_instance_key)
        for instruction in instructions:
            element_id = instruction.element_id
            activation.activate(ctx, process, root, element_id)
    except Failure as failure:
        raise invalid_argument(
            f"Expected to subscribe to catch event(s) of '{element_id}' but {failure.message}"
        ) from failure
