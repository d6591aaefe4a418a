"""What clients do with whole instances: create, modify, migrate."""

from __future__ import annotations

from typing import NamedTuple

from zeebelet.records.json import DEFAULT_TENANT, JsonObject


class StartInstruction(NamedTuple):
    """Where a new instance starts instead of its none start event."""

    element_id: str


class ProcessInstanceCreation(NamedTuple):
    """PROCESS_INSTANCE_CREATION. Commands CREATE, CREATE_WITH_AWAITING_RESULT; event CREATED."""

    bpmn_process_id: str = ""
    process_definition_key: int = -1
    version: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    start_instructions: tuple[StartInstruction, ...] = ()
    terminate_after: tuple[str, ...] = ()  # runtime instructions: element ids
    fetch_variables: tuple[str, ...] = ()
    process_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    business_id: str = ""


class ProcessInstanceResult(NamedTuple):
    """PROCESS_INSTANCE_RESULT. Event COMPLETED: the answer of CREATE_WITH_AWAITING_RESULT."""

    bpmn_process_id: str
    process_definition_key: int
    version: int
    process_instance_key: int
    variables: JsonObject
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    business_id: str = ""


class VariableInstruction(NamedTuple):
    """Variables set by a modification: at `element_id`, or globally when empty."""

    variables: JsonObject
    element_id: str = ""


class ActivateInstruction(NamedTuple):
    """Activates an element in a running instance."""

    element_id: str
    ancestor_scope_key: int = -1
    variable_instructions: tuple[VariableInstruction, ...] = ()


class TerminateInstruction(NamedTuple):
    """Terminates by element instance key, or all of an element id (8.9)."""

    element_instance_key: int = -1
    element_id: str = ""


class MoveInstruction(NamedTuple):
    """Moves tokens of one element (instance) to another (8.9)."""

    source_element_id: str = ""
    source_element_instance_key: int = -1
    target_element_id: str = ""
    ancestor_scope_key: int = -1
    infer_ancestor: bool = False
    use_source_parent_as_ancestor: bool = False
    variable_instructions: tuple[VariableInstruction, ...] = ()


class ProcessInstanceModification(NamedTuple):
    """PROCESS_INSTANCE_MODIFICATION. Command MODIFY, event MODIFIED."""

    process_instance_key: int
    activate_instructions: tuple[ActivateInstruction, ...] = ()
    terminate_instructions: tuple[TerminateInstruction, ...] = ()
    move_instructions: tuple[MoveInstruction, ...] = ()


class MappingInstruction(NamedTuple):
    """One line of a migration plan."""

    source_element_id: str
    target_element_id: str


class ProcessInstanceMigration(NamedTuple):
    """PROCESS_INSTANCE_MIGRATION. Command MIGRATE, event MIGRATED."""

    process_instance_key: int
    target_process_definition_key: int
    mapping_instructions: tuple[MappingInstruction, ...] = ()
