"""Modifies a running instance: activates, moves and terminates elements. Everything is checked before anything changes."""

from __future__ import annotations

from collections.abc import Iterator

from zeebelet.errors import Failure, invalid_argument, not_found
from zeebelet.graph import ExecutableProcess
from zeebelet.processors import activation, modification_checks, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Context
from zeebelet.records import (
    ActivateInstruction,
    JsonObject,
    MoveInstruction,
    ProcessInstanceModification,
    Record,
)
from zeebelet.state.views import ElementInstance


def modify(ctx: Context, command: Record) -> None:
    """PROCESS_INSTANCE_MODIFICATION/MODIFY: activation first, then termination."""
    asked: ProcessInstanceModification = command.value
    root = ctx.state.instances.get(asked.process_instance_key)
    if root is None or root.value.bpmn_element_type != "PROCESS" or root.is_terminating:
        raise not_found(
            f"Expected to modify process instance but no process instance found with key '{asked.process_instance_key}'"
        )
    process = ctx.state.definitions.process(root.value.process_definition_key)
    activations = [*asked.activate_instructions, *_moved(ctx, process, root, asked.move_instructions)]
    terminated = _to_terminate(ctx, process, root, asked)
    modification_checks.check(ctx, process, root, activations, terminated)
    event = ctx.event("PROCESS_INSTANCE_MODIFICATION", "MODIFIED", asked.process_instance_key, asked)
    for instruction in activations:
        _activate(ctx, process, root, instruction)
    for instance in terminated:
        transitions.terminate(ctx, instance)
    ctx.answer(command, event)


def _activate(
    ctx: Context, process: ExecutableProcess, root: ElementInstance, instruction: ActivateInstruction
) -> None:
    documents: dict[str, list[JsonObject]] = {}
    for change in instruction.variable_instructions:
        documents.setdefault(change.element_id or process.id, []).append(change.variables)
    for document in documents.pop(process.id, []):
        variables.set_local(ctx, root.value, root.key, document)
    ancestor = ctx.state.instances.get(instruction.ancestor_scope_key)
    try:
        activation.activate(ctx, process, root, instruction.element_id, ancestor=ancestor, documents=documents)
    except Failure as failure:
        raise invalid_argument(
            f"Expected to modify instance of process '{process.id}' but it contains one or more activate instructions "
            f"for elements whose events cannot be subscribed to: '{instruction.element_id}': {failure.message}"
        ) from failure


def living(ctx: Context, root: ElementInstance) -> Iterator[ElementInstance]:
    """Everything alive in an instance, outermost first; called instances are not part of it."""
    pending = [root]
    while pending:
        instance = pending.pop(0)
        yield instance
        pending.extend(ctx.state.instances.children(instance))


def _of_element(ctx: Context, root: ElementInstance, element_id: str) -> list[ElementInstance]:
    """The instances of an element that are not inside another one of it (a loop stands for its iterations)."""
    found: list[ElementInstance] = []
    for instance in living(ctx, root):
        parent = ctx.state.instances.parent(instance)
        outer = parent is not None and parent.value.element_id == element_id
        if instance.value.element_id == element_id and not outer and not instance.is_terminating:
            found.append(instance)
    return found


def _sources(ctx: Context, root: ElementInstance, move: MoveInstruction) -> list[ElementInstance]:
    if move.source_element_id:
        return _of_element(ctx, root, move.source_element_id)
    instance = ctx.state.instances.get(move.source_element_instance_key)
    return [instance] if instance is not None else []


def _moved(
    ctx: Context, process: ExecutableProcess, root: ElementInstance, moves: tuple[MoveInstruction, ...]
) -> list[ActivateInstruction]:
    """A move activates the target once for each token it takes from the source."""
    found = []
    for move in moves:
        modification_checks.check_move(process, move)
        for source in _sources(ctx, root, move):
            ancestor = move.ancestor_scope_key
            if move.use_source_parent_as_ancestor:
                ancestor = source.value.flow_scope_key
            elif move.infer_ancestor:
                ancestor = _common_ancestor(ctx, process, source, move.target_element_id)
            found.append(ActivateInstruction(move.target_element_id, ancestor, move.variable_instructions))
    return found


def _common_ancestor(ctx: Context, process: ExecutableProcess, source: ElementInstance, target: str) -> int:
    """The innermost scope of the source that is also a scope of the target."""
    scopes = process.scope_chain(target)
    scope = ctx.state.instances.parent(source)
    while scope is not None:
        if scope.value.element_id in scopes and scope.value.bpmn_element_type != "MULTI_INSTANCE_BODY":
            return scope.key
        scope = ctx.state.instances.parent(scope)
    return -1


def _to_terminate(
    ctx: Context, process: ExecutableProcess, root: ElementInstance, asked: ProcessInstanceModification
) -> list[ElementInstance]:
    found: dict[int, ElementInstance] = {}
    for instruction in asked.terminate_instructions:
        if instruction.element_id:
            chosen = _of_element(ctx, root, instruction.element_id)
        else:
            chosen = [modification_checks.own_instance(ctx, process, root, instruction.element_instance_key)]
        found.update((instance.key, instance) for instance in chosen)
    for move in asked.move_instructions:
        found.update((instance.key, instance) for instance in _sources(ctx, root, move))
    return list(found.values())


PROCESSORS = {("PROCESS_INSTANCE_MODIFICATION", "MODIFY"): modify}
