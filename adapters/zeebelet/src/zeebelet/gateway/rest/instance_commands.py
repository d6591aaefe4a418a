"""Commands on process instances and their elements."""

from __future__ import annotations

from typing import Any

from zeebelet.gateway.commands import Command
from zeebelet.gateway.documents import pick
from zeebelet.gateway.rest.context import Call, key_of
from zeebelet.records import (
    ActivateInstruction,
    AdHocActivation,
    Incident,
    JsonObject,
    MappingInstruction,
    MoveInstruction,
    ProcessInstance,
    ProcessInstanceCreation,
    ProcessInstanceMigration,
    ProcessInstanceModification,
    Record,
    StartInstruction,
    TerminateInstruction,
    VariableDocument,
    VariableInstruction,
)

BLANK_INSTANCE = ProcessInstance("", -1, -1, -1, "", -1, "PROCESS")
BLANK_INCIDENT = Incident("", "", "", -1, -1, "", -1)
_REQUEST_TIMEOUT_MS = 15_000


def _creation(body: JsonObject) -> ProcessInstanceCreation:
    return ProcessInstanceCreation(
        bpmn_process_id=body.get("processDefinitionId", ""),
        process_definition_key=key_of(body, "processDefinitionKey"),
        version=body["processDefinitionVersion"],
        variables=body.get("variables", {}),
        start_instructions=tuple(StartInstruction(s["elementId"]) for s in body.get("startInstructions", ())),
        terminate_after=tuple(r["afterElementId"] for r in body.get("runtimeInstructions", ())),
        fetch_variables=tuple(body.get("fetchVariables", ())) if body["awaitCompletion"] else (),
        tags=tuple(body.get("tags", ())),
        business_id=body.get("businessId", ""),
    )


def _created(record: Record, variables: JsonObject) -> JsonObject:
    value = record.value
    return {
        "processDefinitionId": value.bpmn_process_id,
        "processDefinitionVersion": value.version,
        "tenantId": value.tenant_id,
        "variables": variables,
        "processDefinitionKey": str(value.process_definition_key),
        "processInstanceKey": str(value.process_instance_key),
        "tags": list(value.tags),
        "businessId": value.business_id or None,
    }


async def create(call: Call) -> Any:
    """Starts an instance, and with `awaitCompletion` waits for its result."""
    value = _creation(call.body)
    if not call.body["awaitCompletion"]:
        return _created(await call.services.commands.ask(Command("PROCESS_INSTANCE_CREATION", "CREATE", value)), {})
    timeout_ms = call.body["requestTimeout"]
    record = await call.services.commands.ask(
        Command("PROCESS_INSTANCE_CREATION", "CREATE_WITH_AWAITING_RESULT", value),
        timeout=(timeout_ms if timeout_ms > 0 else _REQUEST_TIMEOUT_MS) / 1000,
    )
    return _created(record, pick(record.value.variables, value.fetch_variables))


def cancel(key: int) -> Command:
    """Returns the command that cancels an instance."""
    return Command("PROCESS_INSTANCE", "CANCEL", BLANK_INSTANCE, key)


def _variable_instructions(listed: list[JsonObject]) -> tuple[VariableInstruction, ...]:
    return tuple(VariableInstruction(item["variables"], item["scopeId"]) for item in listed)


def _activate(item: JsonObject) -> ActivateInstruction:
    variables = _variable_instructions(item.get("variableInstructions", []))
    return ActivateInstruction(item["elementId"], key_of(item, "ancestorElementInstanceKey"), variables)


def _terminate(item: JsonObject) -> TerminateInstruction:
    return TerminateInstruction(key_of(item, "elementInstanceKey"), item.get("elementId", ""))


def _move(item: JsonObject) -> MoveInstruction:
    origin = item["sourceElementInstruction"]
    ancestor = item.get("ancestorScopeInstruction", {})
    return MoveInstruction(
        source_element_id=origin.get("sourceElementId", ""),
        source_element_instance_key=key_of(origin, "sourceElementInstanceKey"),
        target_element_id=item["targetElementId"],
        ancestor_scope_key=key_of(ancestor, "ancestorElementInstanceKey"),
        infer_ancestor=ancestor.get("ancestorScopeType") == "inferred",
        use_source_parent_as_ancestor=ancestor.get("ancestorScopeType") == "sourceParent",
        variable_instructions=_variable_instructions(item.get("variableInstructions", [])),
    )


def modify(call: Call) -> Command:
    """Returns the command that modifies an instance."""
    key = call.key("processInstanceKey")
    value = ProcessInstanceModification(
        key,
        tuple(map(_activate, call.body.get("activateInstructions", ()))),
        tuple(map(_terminate, call.body.get("terminateInstructions", ()))),
        tuple(map(_move, call.body.get("moveInstructions", ()))),
    )
    return Command("PROCESS_INSTANCE_MODIFICATION", "MODIFY", value, key)


def move_all(key: int, instructions: list[JsonObject]) -> Command:
    """Returns the command that moves all tokens of some elements to others."""
    moves = tuple(
        MoveInstruction(
            source_element_id=item["sourceElementId"],
            target_element_id=item["targetElementId"],
            infer_ancestor=True,
        )
        for item in instructions
    )
    value = ProcessInstanceModification(key, move_instructions=moves)
    return Command("PROCESS_INSTANCE_MODIFICATION", "MODIFY", value, key)


def migrate(key: int, plan: JsonObject) -> Command:
    """Returns the command that migrates an instance."""
    mappings = tuple(
        MappingInstruction(m["sourceElementId"], m["targetElementId"]) for m in plan["mappingInstructions"]
    )
    value = ProcessInstanceMigration(key, key_of(plan, "targetProcessDefinitionKey"), mappings)
    return Command("PROCESS_INSTANCE_MIGRATION", "MIGRATE", value, key)


def resolve_incident(key: int) -> Command:
    """Returns the command that resolves an incident."""
    return Command("INCIDENT", "RESOLVE", BLANK_INCIDENT, key)


def set_variables(call: Call) -> Command:
    """Returns the command that sets variables at an element instance."""
    key = call.key("elementInstanceKey")
    semantics = "LOCAL" if call.body["local"] else "PROPAGATE"
    return Command("VARIABLE_DOCUMENT", "UPDATE", VariableDocument(key, call.body["variables"], semantics), key)


def activate_ad_hoc(call: Call) -> Command:
    """Returns the command that activates elements of an ad-hoc sub-process."""
    key = call.key("adHocSubProcessInstanceKey")
    elements = tuple((item["elementId"], item.get("variables", {})) for item in call.body["elements"])
    value = AdHocActivation(key, elements, call.body["cancelRemainingInstances"])
    return Command("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATE", value, key)
