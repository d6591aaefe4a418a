"""What a modification may not ask for, in Zeebe's words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from zeebelet.errors import Rejection, invalid_argument
from zeebelet.graph import ExecutableProcess
from zeebelet.processors.context import Context
from zeebelet.records import ActivateInstruction, MoveInstruction
from zeebelet.state.views import ElementInstance

UNSUPPORTED = frozenset({"UNSPECIFIED", "START_EVENT", "SEQUENCE_FLOW", "BOUNDARY_EVENT"})


def _refuse(process_id: str, what: str) -> Rejection:
    return invalid_argument(f"Expected to modify instance of process '{process_id}' but it contains one or more {what}")


def _listed(values: Sequence[object]) -> str:
    return "', '".join(str(value) for value in dict.fromkeys(values))


def check(
    ctx: Context,
    process: ExecutableProcess,
    root: ElementInstance,
    activations: list[ActivateInstruction],
    terminated: list[ElementInstance],
) -> None:
    """Refuse the whole modification when one instruction is wrong."""
    for rule in _RULES:
        rule(ctx, process, root, activations)
    _check_scopes_survive(ctx, process, root, activations, terminated)
    _check_child_survives(ctx, process, root, activations, terminated)


def _check_scopes_survive(
    ctx: Context,
    process: ExecutableProcess,
    root: ElementInstance,
    activations: list[ActivateInstruction],
    terminated: list[ElementInstance],
) -> None:
    """What is activated needs its scope: the command that terminates it cannot put something into it."""
    gone = {instance.key for instance in terminated}
    for item in activations if gone else ():
        scope: ElementInstance | None = _scope_used(ctx, process, root, item)
        while scope is not None:
            if scope.key in gone:
                raise _refuse(
                    process.id,
                    f"activate instructions for elements that cannot be activated: element '{item.element_id}' requires flow "
                    f"scope instance '{scope.key}' which is being terminated",
                )
            scope = ctx.state.instances.parent(scope)


def _scope_used(
    ctx: Context, process: ExecutableProcess, root: ElementInstance, item: ActivateInstruction
) -> ElementInstance:
    """The innermost scope instance that is there already and would take the element in."""
    scope: ElementInstance = ctx.state.instances.get(item.ancestor_scope_key) or root
    chain = process.scope_chain(item.element_id)
    below = chain[: chain.index(scope.value.element_id)] if scope.value.element_id in chain else ()
    for scope_id in reversed(below):
        found = [child for child in _active_children(ctx, scope) if child.value.element_id == scope_id]
        if not found:
            break
        scope = (_iterations(ctx, found[0]) or found)[0]
    return scope


def _active_children(ctx: Context, scope: ElementInstance) -> list[ElementInstance]:
    return [child for child in ctx.state.instances.children(scope) if child.is_active]


def _known(
    _ctx: Context, process: ExecutableProcess, _root: ElementInstance, activations: list[ActivateInstruction]
) -> None:
    missing = [
        item.element_id
        for item in activations
        if item.element_id not in process.elements and item.element_id not in process.flows
    ]
    if missing:
        raise _refuse(
            process.id, f"activate instructions with an element that could not be found: '{_listed(missing)}'"
        )


def _supported(
    _ctx: Context, process: ExecutableProcess, _root: ElementInstance, activations: list[ActivateInstruction]
) -> None:
    wrong = [
        item.element_id
        for item in activations
        if item.element_id in process.flows
        or process.elements[item.element_id].type in UNSUPPORTED
        or process.elements[item.element_id].after_event_gateway
    ]
    if wrong:
        raise _refuse(
            process.id,
            f"activate instructions for elements that are unsupported: '{_listed(wrong)}'. "
            "The activation of elements of type 'UNSPECIFIED', 'START_EVENT', 'SEQUENCE_FLOW', 'BOUNDARY_EVENT' "
            "and of events belonging to an event-based gateway is not supported.",
        )


def _ancestors(
    ctx: Context, process: ExecutableProcess, root: ElementInstance, activations: list[ActivateInstruction]
) -> None:
    given = [item for item in activations if item.ancestor_scope_key > 0]
    unknown = [item.ancestor_scope_key for item in given if not _is_alive(ctx, item.ancestor_scope_key)]
    if unknown:
        raise _refuse(
            process.id,
            "activate instructions with an ancestor scope key that does not exist, "
            f"or is not in an active state: '{_listed(unknown)}'",
        )
    for item in given:
        ancestor = ctx.state.instances.get(item.ancestor_scope_key)
        assert ancestor is not None
        if ancestor.value.process_instance_key != root.key:
            raise _refuse(
                process.id,
                "activate instructions with an ancestor scope key that does not belong to the modified process "
                f"instance: '{ancestor.key}'",
            )
        if ancestor.value.element_id not in process.scope_chain(item.element_id):
            raise _refuse(
                process.id,
                "activate instructions with an ancestor scope key that is not an ancestor of the element to activate:"
                f" instance '{ancestor.key}' of element '{ancestor.value.element_id}' is not an ancestor of element "
                f"'{item.element_id}'",
            )


def _is_alive(ctx: Context, key: int) -> bool:
    instance = ctx.state.instances.get(key)
    return instance is not None and instance.is_active


def _one_scope(
    ctx: Context, process: ExecutableProcess, root: ElementInstance, activations: list[ActivateInstruction]
) -> None:
    for item in activations:
        if item.ancestor_scope_key <= 0:
            _check_scopes(ctx, process, root, item.element_id)


def _check_scopes(ctx: Context, process: ExecutableProcess, root: ElementInstance, element_id: str) -> None:
    scopes = [root]
    for scope_id in reversed(process.scope_chain(element_id)[:-1]):
        found = [
            child
            for scope in scopes
            for child in ctx.state.instances.children(scope)
            if child.value.element_id == scope_id and child.is_active
        ]
        iterations = [child for body in found for child in _iterations(ctx, body)]
        scopes = iterations or found
        if len(scopes) > 1:
            raise _refuse(
                process.id,
                "activate instructions for an element that has a flow scope with more than one active instance: "
                f"'{scope_id}'. Can't decide in which instance of the flow scope the element should be activated. "
                "Please specify an ancestor element instance key for this activate instruction.",
            )
        if not scopes and process.elements[scope_id].loop:
            raise _refuse(
                process.id,
                f"activate instructions that would result in the activation of multi-instance element '{scope_id}', "
                "which is currently unsupported.",
            )


def _iterations(ctx: Context, body: ElementInstance) -> list[ElementInstance]:
    if body.value.bpmn_element_type != "MULTI_INSTANCE_BODY":
        return []
    return [child for child in ctx.state.instances.children(body) if child.is_active]


def _variable_scopes(
    _ctx: Context, process: ExecutableProcess, _root: ElementInstance, activations: list[ActivateInstruction]
) -> None:
    missing = [
        change.element_id
        for item in activations
        for change in item.variable_instructions
        if change.element_id and change.element_id not in process.elements
    ]
    if missing:
        raise _refuse(
            process.id,
            f"variable instructions with a scope element id that could not be found: '{_listed(missing)}'",
        )
    for item in activations:
        allowed = (*process.scope_chain(item.element_id), item.element_id, "")
        if any(change.element_id not in allowed for change in item.variable_instructions):
            raise _refuse(
                process.id,
                "variable instructions with a scope element that doesn't belong to the activating element's flow "
                "scope. These variables should be set before or after the modification.",
            )


Rule = Callable[[Context, ExecutableProcess, ElementInstance, list[ActivateInstruction]], None]
_RULES: tuple[Rule, ...] = (_known, _supported, _variable_scopes, _ancestors, _one_scope)


def own_instance(ctx: Context, process: ExecutableProcess, root: ElementInstance, key: int) -> ElementInstance:
    """The element instance a terminate instruction names."""
    instance = ctx.state.instances.get(key)
    if instance is None or instance.value.process_instance_key != root.key:
        raise _refuse(process.id, f"terminate instructions with an element instance that could not be found: '{key}'")
    return instance


def check_move(process: ExecutableProcess, move: MoveInstruction) -> None:
    """Refuse a move from or to nowhere."""
    if move.source_element_id and move.source_element_id not in process.elements:
        raise _refuse(
            process.id,
            f"move instructions with a source element id that could not be found: '{move.source_element_id}'",
        )
    if move.target_element_id not in process.elements:
        raise _refuse(
            process.id,
            f"move instructions with a target element id that could not be found: '{move.target_element_id}'",
        )


def _check_child_survives(
    ctx: Context,
    process: ExecutableProcess,
    root: ElementInstance,
    activations: list[ActivateInstruction],
    terminated: list[ElementInstance],
) -> None:
    """A called instance ends through its caller only."""
    if root.value.parent_process_instance_key <= 0 or activations or not terminated:
        return
    gone = {instance.key for instance in terminated}
    if root.key in gone or _loses_everything(ctx, root, gone):
        raise invalid_argument(
            f"Expected to modify instance of process '{process.id}' but the given instructions would terminate the "
            "instance. The instance was created by a call activity in the parent process. To terminate this instance "
            "please modify the parent process instead."
        )


def _loses_everything(ctx: Context, scope: ElementInstance, gone: set[int]) -> bool:
    children = ctx.state.instances.children(scope)
    return bool(children) and all(
        child.key in gone or (bool(child.children) and _loses_everything(ctx, child, gone)) for child in children
    )
