"""Tables of rows: by key, and by the attributes that are asked for most."""

from __future__ import annotations

from collections.abc import Iterator
from operator import attrgetter
from typing import Any, Generic, TypeVar

from zeebelet.gateway.search.rows import (
    BatchItemRow,
    BatchRow,
    CorrelationRow,
    DecisionInstanceRow,
    DecisionRow,
    ElementInstanceRow,
    IncidentRow,
    JobRow,
    MessageSubscriptionRow,
    ProcessDefinitionRow,
    ProcessInstanceRow,
    SequenceFlowRow,
    UserTaskRow,
    VariableRow,
)
from zeebelet.records import DecisionRequirementsMetadata, FormMetadata, ResourceMetadata

Row = TypeVar("Row")


class Table(Generic[Row]):
    """Rows in the order they came, with indexes on attributes that do not change."""

    def __init__(self, *indexed: str) -> None:
        self._rows: dict[int | str, Row] = {}
        self._indexes: dict[str, dict[Any, dict[int | str, Row]]] = {name: {} for name in indexed}
        self._readers = [(self._indexes[name], attrgetter(name)) for name in indexed]

    def put(self, key: int | str, row: Row) -> None:
        """Adds a row."""
        self._rows[key] = row
        for index, read in self._readers:
            index.setdefault(read(row), {})[key] = row

    def get(self, key: int | str) -> Row | None:
        """Returns a row."""
        return self._rows.get(key)

    def remove(self, key: int | str) -> None:
        """Takes a row out, if it is there."""
        row = self._rows.pop(key, None)
        if row is not None:
            for index, read in self._readers:
                index[read(row)].pop(key)

    def where(self, attribute: str, value: Any) -> list[Row]:
        """Returns the rows with a value in an indexed attribute."""
        return list(self._indexes[attribute].get(value, {}).values())

    def count(self, attribute: str, value: Any) -> int:
        """How many rows `where` would return."""
        return len(self._indexes[attribute].get(value, {}))

    def is_indexed(self, attribute: str) -> bool:
        """Whether `where` may be asked."""
        return attribute in self._indexes

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)


class Tables:
    """All tables of the search side."""

    def __init__(self) -> None:
        instance = "value.process_instance_key"
        self.definitions: Table[ProcessDefinitionRow] = Table("value.bpmn_process_id")
        self.instances: Table[ProcessInstanceRow] = Table(
            "value.parent_process_instance_key", "value.process_definition_key", "value.bpmn_process_id"
        )
        # Those of them that run: most that were ever started have ended, and most questions are about the others.
        self.running: Table[ProcessInstanceRow] = Table("value.process_definition_key", "value.bpmn_process_id")
        self.elements: Table[ElementInstanceRow] = Table(instance, "value.flow_scope_key")
        self.flows: Table[SequenceFlowRow] = Table(instance)
        self.variables: Table[VariableRow] = Table("process_instance_key", "scope_key", "name")
        self.incidents: Table[IncidentRow] = Table(instance, "value.element_instance_key")
        self.jobs: Table[JobRow] = Table(instance, "value.type", "value.element_instance_key")
        self.user_tasks: Table[UserTaskRow] = Table(instance, "value.element_instance_key")
        self.message_subscriptions: Table[MessageSubscriptionRow] = Table(instance)
        self.correlations: Table[CorrelationRow] = Table(instance)
        self.decisions: Table[DecisionRow] = Table("value.decision_id")
        self.requirements: Table[DecisionRequirementsMetadata] = Table()
        self.forms: Table[FormMetadata] = Table("form_id")
        self.resources: Table[ResourceMetadata] = Table()
        self.decision_instances: Table[DecisionInstanceRow] = Table("evaluation.process_instance_key")
        self.batches: Table[BatchRow] = Table()
        self.changes = 0  # of the cluster: how often it was purged
        self.batch_items: Table[BatchItemRow] = Table("batch.key")
