"""Answers about one thing by its key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from zeebelet.gateway.errors import NotFoundError
from zeebelet.gateway.rest.context import Call, Content
from zeebelet.gateway.rest.evaluations import evaluated_inputs, matched_rules
from zeebelet.gateway.search import views
from zeebelet.gateway.search.columns import Columns, show
from zeebelet.gateway.search.tables import Table, Tables
from zeebelet.records import JsonObject

_XML = "text/xml"


class Lookup(NamedTuple):
    """A GET by key: the table, the parameter that names the key, and what is shown."""

    noun: str
    parameter: str
    table: Callable[[Tables], Table[Any]]
    shown: Columns


_LOOKUPS: dict[str, Lookup] = {
    "getBatchOperation": Lookup("Batch operation", "batchOperationKey", lambda t: t.batches, views.BATCHES.shown),
    "getDecisionDefinition": Lookup(
        "Decision definition", "decisionDefinitionKey", lambda t: t.decisions, views.DECISIONS.shown
    ),
    "getDecisionRequirements": Lookup(
        "Decision requirements", "decisionRequirementsKey", lambda t: t.requirements, views.REQUIREMENTS.shown
    ),
    "getElementInstance": Lookup(
        "Element instance", "elementInstanceKey", lambda t: t.elements, views.ELEMENT_INSTANCES.shown
    ),
    "getIncident": Lookup("Incident", "incidentKey", lambda t: t.incidents, views.INCIDENTS.shown),
    "getProcessDefinition": Lookup(
        "Process definition", "processDefinitionKey", lambda t: t.definitions, views.PROCESS_DEFINITIONS.shown
    ),
    "getProcessInstance": Lookup(
        "Process instance", "processInstanceKey", lambda t: t.instances, views.PROCESS_INSTANCES.shown
    ),
    "getResource": Lookup("Resource", "resourceKey", lambda t: t.resources, views.RESOURCE),
    "getUserTask": Lookup("User task", "userTaskKey", lambda t: t.user_tasks, views.USER_TASKS.shown),
    "getVariable": Lookup("Variable", "variableKey", lambda t: t.variables, views.FULL_VARIABLES),
}


def found(call: Call, lookup: Lookup) -> Any:
    """Returns the row a lookup asks for."""
    text = str(call.parameters[lookup.parameter])
    row = lookup.table(call.services.tables).get(int(text)) if text.lstrip("-").isdigit() else None
    if row is None:
        raise NotFoundError(f"{lookup.noun} with key '{text}' not found")
    return row


def _shows(lookup: Lookup) -> Callable[[Call], Any]:
    return lambda call: show(found(call, lookup), lookup.shown)


def _decision_instance(call: Call) -> JsonObject:
    key = call.parameters["decisionEvaluationInstanceKey"]
    row = call.services.tables.decision_instances.get(key)
    if row is None:
        raise NotFoundError(f"Decision instance with key '{key}' not found")
    return {
        **show(row, views.DECISION_INSTANCES.shown),
        "evaluatedInputs": evaluated_inputs(row.value),
        "matchedRules": matched_rules(row.value),
    }


def _process_xml(call: Call) -> Content | None:
    resource = found(call, _LOOKUPS["getProcessDefinition"]).value.resource
    return Content(resource, _XML) if resource else None


def _requirements_xml(call: Call) -> Content:
    return Content(found(call, _LOOKUPS["getDecisionRequirements"]).resource, _XML)


def _decision_xml(call: Call) -> Content:
    row = found(call, _LOOKUPS["getDecisionDefinition"])
    if row.requirements is None:
        raise NotFoundError(f"Decision requirements with key '{row.value.decision_requirements_key}' not found")
    return Content(row.requirements.resource, _XML)


def _resource_content(call: Call) -> str:
    content: bytes = found(call, _LOOKUPS["getResource"]).resource
    return content.decode("utf-8", "replace")


def _form(form: Any) -> JsonObject:
    return {**show(form, views.FORM), "schema": form.resource.decode("utf-8")}


def _start_form(call: Call) -> JsonObject | None:
    form_id = found(call, _LOOKUPS["getProcessDefinition"]).model.start_form_id
    versions = call.services.tables.forms.where("form_id", form_id)
    return _form(max(versions, key=lambda form: form.version)) if versions else None


def _task_form(call: Call) -> JsonObject | None:
    task = found(call, _LOOKUPS["getUserTask"])
    form = call.services.tables.forms.get(task.value.form_key)
    return _form(form) if form is not None else None


def _flows(call: Call) -> JsonObject:
    flows = call.services.tables.flows.where("value.process_instance_key", call.key("processInstanceKey"))
    return {"items": [show(flow, views.SEQUENCE_FLOWS) for flow in flows]}


def _call_hierarchy(call: Call) -> list[JsonObject]:
    tables = call.services.tables
    row = found(call, _LOOKUPS["getProcessInstance"])
    lineage = [row]
    while (row := tables.instances.get(row.value.parent_process_instance_key)) is not None:
        lineage.append(row)
    return [
        {
            "processInstanceKey": str(entry.key),
            "processDefinitionKey": str(entry.value.process_definition_key),
            "processDefinitionName": entry.definition_name or entry.value.bpmn_process_id,
        }
        for entry in reversed(lineage)
    ]


LOOKUPS: dict[str, Callable[[Call], Any]] = {
    **{name: _shows(lookup) for name, lookup in _LOOKUPS.items()},
    "getDecisionInstance": _decision_instance,
    "getProcessDefinitionXML": _process_xml,
    "getDecisionRequirementsXML": _requirements_xml,
    "getDecisionDefinitionXML": _decision_xml,
    "getResourceContent": _resource_content,
    "getStartProcessForm": _start_form,
    "getUserTaskForm": _task_form,
    "getProcessInstanceSequenceFlows": _flows,
    "getProcessInstanceCallHierarchy": _call_hierarchy,
}
