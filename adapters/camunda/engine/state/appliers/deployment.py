"""Events of deployments: what is deployed is parsed and compiled here, once, also when the log is replayed."""

from __future__ import annotations

from adapters.camunda.engine import dmn, graph
from adapters.camunda.engine.model import bpmn
from adapters.camunda.engine.records import Record
from adapters.camunda.engine.state.appliers.execution import nothing
from adapters.camunda.engine.state.tables import State
from adapters.camunda.engine.state.tables.definitions import DecisionRequirements, Deployed, ProcessDefinition


def process_created(state: State, record: Record) -> None:
    """A process can be started."""
    metadata = record.value
    definitions = bpmn.parse(metadata.resource)
    node = next(node for node in definitions.processes if node.id == metadata.bpmn_process_id)
    definition = ProcessDefinition(metadata, graph.build(definitions, node))
    state.definitions.put_process(
        Deployed(
            record.key,
            metadata.bpmn_process_id,
            metadata.version,
            metadata.deployment_key,
            metadata.version_tag,
            definition,
        )
    )


def process_deleted(state: State, record: Record) -> None:
    """A process definition is gone."""
    state.definitions.remove_process(record.key)


def requirements_created(state: State, record: Record) -> None:
    """A decision requirements graph can be evaluated."""
    metadata = record.value
    value = DecisionRequirements(metadata, dmn.parse(metadata.resource))
    state.definitions.decision_requirements.put(
        Deployed(
            record.key,
            metadata.decision_requirements_id,
            metadata.decision_requirements_version,
            metadata.deployment_key,
            "",
            value,
        )
    )


def requirements_deleted(state: State, record: Record) -> None:
    """A decision requirements graph is gone."""
    state.definitions.decision_requirements.remove(record.key)


def decision_created(state: State, record: Record) -> None:
    """A decision can be evaluated."""
    value = record.value
    state.definitions.decisions.put(
        Deployed(record.key, value.decision_id, value.version, value.deployment_key, value.version_tag, value)
    )


def decision_deleted(state: State, record: Record) -> None:
    """A decision is gone."""
    state.definitions.decisions.remove(record.key)


def form_created(state: State, record: Record) -> None:
    """A form can be linked."""
    value = record.value
    state.definitions.forms.put(
        Deployed(record.key, value.form_id, value.version, value.deployment_key, value.version_tag, value)
    )


def form_deleted(state: State, record: Record) -> None:
    """A form is gone."""
    state.definitions.forms.remove(record.key)


def resource_created(state: State, record: Record) -> None:
    """A generic resource can be linked."""
    value = record.value
    state.definitions.resources.put(
        Deployed(record.key, value.resource_id, value.version, value.deployment_key, value.version_tag, value)
    )


def resource_deleted(state: State, record: Record) -> None:
    """A generic resource is gone."""
    state.definitions.resources.remove(record.key)


APPLIERS = {
    ("DEPLOYMENT", "CREATED"): nothing,
    ("PROCESS", "CREATED"): process_created,
    ("PROCESS", "DELETED"): process_deleted,
    ("DECISION_REQUIREMENTS", "CREATED"): requirements_created,
    ("DECISION_REQUIREMENTS", "DELETED"): requirements_deleted,
    ("DECISION", "CREATED"): decision_created,
    ("DECISION", "DELETED"): decision_deleted,
    ("FORM", "CREATED"): form_created,
    ("FORM", "DELETED"): form_deleted,
    ("RESOURCE", "CREATED"): resource_created,
    ("RESOURCE", "DELETED"): resource_deleted,
    ("RESOURCE_DELETION", "DELETING"): nothing,
    ("RESOURCE_DELETION", "DELETED"): nothing,
}
