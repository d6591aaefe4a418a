"""New process instances: asked for by a client, or started by an event."""

from __future__ import annotations

from zeebelet.errors import Rejection, invalid_argument, invalid_state, not_found
from zeebelet.graph import Element
from zeebelet.processors import start_instructions, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.context import Awaited, Context
from zeebelet.records import JsonObject, ProcessInstance, ProcessInstanceCreation, Record
from zeebelet.state.views import Deployed, ProcessDefinition

Definition = Deployed[ProcessDefinition]


def create(ctx: Context, command: Record) -> None:
    """PROCESS_INSTANCE_CREATION/CREATE: answered as soon as the instance exists."""
    key = _create(ctx, command)
    ctx.answer(command, _created(ctx, command, key))


def create_with_result(ctx: Context, command: Record) -> None:
    """PROCESS_INSTANCE_CREATION/CREATE_WITH_AWAITING_RESULT: answered when the instance completes."""
    key = _create(ctx, command)
    if command.request_id >= 0:
        ctx.awaited[key] = Awaited(command.request_id, command.value.fetch_variables)
    _created(ctx, command, key)


def _created(ctx: Context, command: Record, key: int) -> Record:
    instance_key, definition = key, _find(ctx, command.value)
    value = command.value._replace(
        bpmn_process_id=definition.id,
        version=definition.version,
        process_definition_key=definition.key,
        process_instance_key=instance_key,
    )
    return ctx.event("PROCESS_INSTANCE_CREATION", "CREATED", ctx.next_key(), value)


def _create(ctx: Context, command: Record) -> int:
    creation: ProcessInstanceCreation = command.value
    definition = _find(ctx, creation)
    root = definition.value.executable.root
    if creation.start_instructions:
        start_instructions.check(definition.value.executable, creation.start_instructions)
    elif not root.none_start_id:
        raise invalid_state("Expected to create instance of process with none start event, but there is no such event")
    instance = new_instance(ctx, definition, tags=creation.tags, business_id=creation.business_id)
    key = instance.process_instance_key
    variables.set_local(ctx, instance, key, creation.variables)
    if creation.start_instructions:
        start_instructions.activate(ctx, instance, creation.start_instructions)
    else:
        ctx.command("PROCESS_INSTANCE", "ACTIVATE_ELEMENT", key, instance)
    return key


def new_instance(
    ctx: Context, definition: Definition, *, tags: tuple[str, ...] = (), business_id: str = ""
) -> ProcessInstance:
    """The record of a new root instance."""
    key = ctx.next_key()
    return ProcessInstance(
        bpmn_process_id=definition.id,
        version=definition.version,
        process_definition_key=definition.key,
        process_instance_key=key,
        element_id=definition.id,
        flow_scope_key=-1,
        bpmn_element_type="PROCESS",
        tags=tags,
        business_id=business_id,
        root_process_instance_key=key,
    )


def _find(ctx: Context, creation: ProcessInstanceCreation) -> Definition:
    processes = ctx.state.definitions.processes
    if creation.bpmn_process_id:
        if creation.version < 0:
            found = processes.latest(creation.bpmn_process_id)
        else:
            found = processes.version(creation.bpmn_process_id, creation.version)
        if found is None:
            raise _unknown_id(creation)
        return found
    if creation.process_definition_key < 0:
        raise invalid_argument("Expected at least a bpmnProcessId or a key greater than -1, but none given")
    found = processes.get(creation.process_definition_key)
    if found is None:
        raise not_found(
            f"Expected to find process definition with key '{creation.process_definition_key}', but none found"
        )
    return found


def _unknown_id(creation: ProcessInstanceCreation) -> Rejection:
    version = f" and version '{creation.version}'" if creation.version >= 0 else ""
    return not_found(
        f"Expected to find process definition with process ID '{creation.bpmn_process_id}'{version}, but none found"
    )


def start_by_event(ctx: Context, process_definition_key: int, event: Element, document: JsonObject) -> int:
    """Start an instance because something happened; returns its key."""
    definition = ctx.state.definitions.processes.get(process_definition_key)
    assert definition is not None
    instance = new_instance(ctx, definition)
    key = instance.process_instance_key
    transitions.triggering(ctx, instance, key, event.id, document)
    ctx.command("PROCESS_INSTANCE", "ACTIVATE_ELEMENT", key, instance)
    return key


PROCESSORS = {
    ("PROCESS_INSTANCE_CREATION", "CREATE"): create,
    ("PROCESS_INSTANCE_CREATION", "CREATE_WITH_AWAITING_RESULT"): create_with_result,
}
