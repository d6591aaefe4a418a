"""Process instances, their element instances and the sequence flows taken."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.gateway.search.rows import ElementInstanceRow, ProcessInstanceRow, SequenceFlowRow
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import Record


def _activating(tables: Tables, record: Record) -> None:
    value = record.value
    if value.bpmn_element_type == "PROCESS":
        definition = tables.definitions.get(value.process_definition_key)
        row = ProcessInstanceRow(record.key, value, definition, record.timestamp)
        tables.instances.put(record.key, row)
        tables.running.put(record.key, row)
        return
    instance = tables.instances.get(value.process_instance_key)
    if instance is not None:
        tables.elements.put(record.key, ElementInstanceRow(record.key, value, instance, record.timestamp))


def _activated(tables: Tables, record: Record) -> None:
    # Some events reach ACTIVATED without ACTIVATING having been seen (boundary and start events of a trigger).
    if _row(tables, record) is None:
        _activating(tables, record)


def _row(tables: Tables, record: Record) -> ProcessInstanceRow | ElementInstanceRow | None:
    if record.value.bpmn_element_type == "PROCESS":
        return tables.instances.get(record.key)
    return tables.elements.get(record.key)


def _ended(state: str) -> Callable[[Tables, Record], None]:
    def apply(tables: Tables, record: Record) -> None:
        row = _row(tables, record)
        if row is not None:
            row.state, row.end_date = state, record.timestamp
            if isinstance(row, ProcessInstanceRow):
                tables.running.remove(record.key)

    return apply


def _flow_taken(tables: Tables, record: Record) -> None:
    value = record.value
    instance = tables.instances.get(value.process_instance_key)
    identity = f"{value.process_instance_key}_{value.element_id}"
    root = instance.root_key if instance else value.process_instance_key
    if tables.flows.get(identity) is None:
        tables.flows.put(identity, SequenceFlowRow(identity, value, root))


def _flow_deleted(tables: Tables, record: Record) -> None:
    tables.flows.remove(f"{record.value.process_instance_key}_{record.value.element_id}")


def _migrated(tables: Tables, record: Record) -> None:
    value = record.value
    if value.bpmn_element_type != "PROCESS":
        element = tables.elements.get(record.key)
        if element is not None:
            element.value = value
        return
    instance = tables.instances.get(record.key)
    if instance is not None:
        tables.instances.remove(record.key)
        tables.running.remove(record.key)
        instance.value, instance.definition = value, tables.definitions.get(value.process_definition_key)
        tables.instances.put(record.key, instance)
        tables.running.put(record.key, instance)


APPLY: dict[tuple[str, str], Callable[[Tables, Record], None]] = {
    ("PROCESS_INSTANCE", "ELEMENT_ACTIVATING"): _activating,
    ("PROCESS_INSTANCE", "ELEMENT_ACTIVATED"): _activated,
    ("PROCESS_INSTANCE", "ELEMENT_COMPLETED"): _ended("COMPLETED"),
    ("PROCESS_INSTANCE", "ELEMENT_TERMINATED"): _ended("TERMINATED"),
    ("PROCESS_INSTANCE", "SEQUENCE_FLOW_TAKEN"): _flow_taken,
    ("PROCESS_INSTANCE", "SEQUENCE_FLOW_DELETED"): _flow_deleted,
    ("PROCESS_INSTANCE", "ELEMENT_MIGRATED"): _migrated,
}
