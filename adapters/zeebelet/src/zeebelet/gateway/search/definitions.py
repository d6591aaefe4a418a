"""Deployed things: processes, decisions, forms, resources."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.gateway.search.rows import DecisionInstanceRow, DecisionRow, ProcessDefinitionRow
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import Record


def _process_created(tables: Tables, record: Record) -> None:
    for earlier in tables.definitions.where("value.bpmn_process_id", record.value.bpmn_process_id):
        earlier.is_latest = False
    tables.definitions.put(record.value.process_definition_key, ProcessDefinitionRow(record.value))


def _process_deleted(tables: Tables, record: Record) -> None:
    row = tables.definitions.get(record.value.process_definition_key)
    if row is None:
        return
    row.state, row.is_latest = "DELETED", False
    versions = tables.definitions.where("value.bpmn_process_id", row.value.bpmn_process_id)
    left = [version for version in versions if version.state == "ACTIVE"]
    if left:
        max(left, key=lambda version: version.value.version).is_latest = True


def _requirements_created(tables: Tables, record: Record) -> None:
    tables.requirements.put(record.value.decision_requirements_key, record.value)


def _requirements_deleted(tables: Tables, record: Record) -> None:
    tables.requirements.remove(record.value.decision_requirements_key)


def _decision_created(tables: Tables, record: Record) -> None:
    value = record.value
    for earlier in tables.decisions.where("value.decision_id", value.decision_id):
        earlier.is_latest = False
    tables.decisions.put(
        value.decision_key, DecisionRow(value, tables.requirements.get(value.decision_requirements_key))
    )


def _decision_deleted(tables: Tables, record: Record) -> None:
    tables.decisions.remove(record.value.decision_key)
    left = tables.decisions.where("value.decision_id", record.value.decision_id)
    if left:
        max(left, key=lambda version: version.value.version).is_latest = True


def _form_created(tables: Tables, record: Record) -> None:
    tables.forms.put(record.value.form_key, record.value)


def _form_deleted(tables: Tables, record: Record) -> None:
    tables.forms.remove(record.value.form_key)


def _resource_created(tables: Tables, record: Record) -> None:
    tables.resources.put(record.value.resource_key, record.value)


def _resource_deleted(tables: Tables, record: Record) -> None:
    tables.resources.remove(record.value.resource_key)


def _evaluated(tables: Tables, record: Record) -> None:
    value = record.value
    instance = tables.instances.get(value.process_instance_key)
    root = instance.root_key if instance else -1
    last = len(value.evaluated_decisions)
    whole = value._replace(evaluated_decisions=(), variables={})
    for index, decision in enumerate(value.evaluated_decisions, 1):
        key = f"{record.key}-{index}"
        row = DecisionInstanceRow(key, record.key, whole, decision, record.timestamp, root)
        if record.intent == "FAILED" and index == last:
            row.state, row.failure = "FAILED", value.evaluation_failure_message
        tables.decision_instances.put(key, row)


def _purged(tables: Tables, record: Record) -> None:
    """Everything is gone, for everybody who holds the tables."""
    tables.__dict__.update(Tables().__dict__)
    tables.changes = record.value.change_id


APPLY: dict[tuple[str, str], Callable[[Tables, Record], None]] = {
    ("CLUSTER", "PURGED"): _purged,
    ("PROCESS", "CREATED"): _process_created,
    ("PROCESS", "DELETED"): _process_deleted,
    ("DECISION_REQUIREMENTS", "CREATED"): _requirements_created,
    ("DECISION_REQUIREMENTS", "DELETED"): _requirements_deleted,
    ("DECISION", "CREATED"): _decision_created,
    ("DECISION", "DELETED"): _decision_deleted,
    ("FORM", "CREATED"): _form_created,
    ("FORM", "DELETED"): _form_deleted,
    ("RESOURCE", "CREATED"): _resource_created,
    ("RESOURCE", "DELETED"): _resource_deleted,
    ("DECISION_EVALUATION", "EVALUATED"): _evaluated,
    ("DECISION_EVALUATION", "FAILED"): _evaluated,
}
