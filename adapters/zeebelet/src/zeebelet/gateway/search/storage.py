"""The search tables as JSON and back, for snapshots. Rows that point at other rows are tied together again by their keys.

Batch operations are left out: they are the gateway's own and end with it.
"""

from __future__ import annotations

import typing
from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, NamedTuple

from zeebelet.gateway.search import rows
from zeebelet.gateway.search.tables import Table, Tables
from zeebelet.records import (
    DecisionRequirementsMetadata,
    FormMetadata,
    MessageStartEventSubscription,
    ProcessMessageSubscription,
    ResourceMetadata,
)
from zeebelet.records.codec import decoder

Link = Callable[[Tables, Any], Any]


def _subscription_class(row: list[Any]) -> type:
    """A start event's subscription has no element instance."""
    return ProcessMessageSubscription if row[4] > 0 else MessageStartEventSubscription


class Stored(NamedTuple):
    """How the rows of a table are kept: their class, the key they are under, and what ties them to others."""

    row: Any
    key: Callable[[Any], int | str]
    links: dict[str, Link] = {}  # noqa: RUF012 - never mutated
    classes: dict[str, Callable[[list[Any]], type]] = {}  # noqa: RUF012 - never mutated


# In this order, so that what a row points at is there before it.
_STORED: dict[str, Stored] = {
    "definitions": Stored(rows.ProcessDefinitionRow, lambda row: row.value.process_definition_key),
    "requirements": Stored(DecisionRequirementsMetadata, lambda value: value.decision_requirements_key),
    "forms": Stored(FormMetadata, lambda value: value.form_key),
    "resources": Stored(ResourceMetadata, lambda value: value.resource_key),
    "decisions": Stored(
        rows.DecisionRow,
        lambda row: row.value.decision_key,
        {"requirements": lambda tables, value: tables.requirements.get(value.decision_requirements_key)},
    ),
    "instances": Stored(
        rows.ProcessInstanceRow,
        lambda row: row.key,
        {"definition": lambda tables, value: tables.definitions.get(value.process_definition_key)},
    ),
    "elements": Stored(
        rows.ElementInstanceRow,
        lambda row: row.key,
        {"instance": lambda tables, value: tables.instances.get(value.process_instance_key)},
    ),
    "flows": Stored(rows.SequenceFlowRow, lambda row: row.id),
    "variables": Stored(rows.VariableRow, lambda row: row.key),
    "incidents": Stored(rows.IncidentRow, lambda row: row.key),
    "jobs": Stored(rows.JobRow, lambda row: row.key),
    "user_tasks": Stored(
        rows.UserTaskRow,
        lambda row: row.key,
        {"element": lambda tables, value: tables.elements.get(value.element_instance_key)},
    ),
    "message_subscriptions": Stored(
        rows.MessageSubscriptionRow, lambda row: row.key, classes={"value": lambda _: ProcessMessageSubscription}
    ),
    "correlations": Stored(rows.CorrelationRow, lambda row: row.key, classes={"value": _subscription_class}),
    "decision_instances": Stored(rows.DecisionInstanceRow, lambda row: row.key),
}


def dump(tables: Tables) -> dict[str, list[Any]]:
    """Returns the content of all tables."""
    return {name: [_dumped(stored, row) for row in _table(tables, name)] for name, stored in _STORED.items()}


def load(tables: Tables, content: dict[str, list[Any]]) -> None:
    """Fills empty tables."""
    for name, stored in _STORED.items():
        table = _table(tables, name)
        for values in content[name]:
            row = _loaded(tables, stored, values)
            table.put(stored.key(row), row)
    for instance in tables.instances:
        if instance.state == "ACTIVE":
            tables.running.put(instance.key, instance)


def _table(tables: Tables, name: str) -> Table[Any]:
    table: Table[Any] = getattr(tables, name)
    return table


@cache
def _kept(row: Any) -> tuple[str, ...]:
    """The fields of a row that are its own."""
    links = next(stored.links for stored in _STORED.values() if stored.row is row)
    return tuple(f.name for f in fields(row) if f.name not in links)


@cache
def _decoders(row: Any) -> dict[str, Callable[[Any], Any]]:
    hints = typing.get_type_hints(row)
    return {name: decoder(hints[name]) for name in _kept(row)}


def _dumped(stored: Stored, row: Any) -> Any:
    return row if isinstance(row, tuple) else [getattr(row, name) for name in _kept(stored.row)]


def _loaded(tables: Tables, stored: Stored, values: list[Any]) -> Any:
    if issubclass(stored.row, tuple):
        return decoder(stored.row)(values)
    made = {}
    # A field added since the snapshot is left to its default.
    for name, value in zip(_kept(stored.row), values, strict=False):
        chosen = stored.classes.get(name)
        decode = decoder(chosen(values)) if chosen else _decoders(stored.row)[name]
        made[name] = decode(value)
    return stored.row(**made, **{name: link(tables, made["value"]) for name, link in stored.links.items()})
