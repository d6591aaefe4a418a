"""Short ways to the rows of a filter, where a search would read every row there is."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from zeebelet.gateway.search.filters import value_test
from zeebelet.gateway.search.kinds import KINDS
from zeebelet.gateway.search.rows import ProcessInstanceRow, UserTaskRow, VariableRow
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import JsonObject

Narrowed = tuple[Collection[Any], Collection[str]]
_COMPARED = (str, int, float, bool, type(None))
_DEFINITIONS = {"processDefinitionKey": "value.process_definition_key", "processDefinitionId": "value.bpmn_process_id"}


def with_variables(tables: Tables, wanted: list[JsonObject], *, own: bool) -> set[int]:
    """The instances that have all these variables; `own`: in the scope of the instance itself."""
    found: set[int] | None = None
    for item in wanted:
        test = value_test(KINDS[""], item["value"])
        keys = {
            variable.process_instance_key
            for variable in _alike(tables.variables.where("name", item["name"]), item["value"])
            if (not own or variable.scope_key == variable.process_instance_key) and test(variable.value)
        }
        found = keys if found is None else found & keys
    return found or set()


def _alike(variables: list[VariableRow], wanted: Any) -> list[VariableRow]:
    """Those whose value may be the one asked for: texts and numbers are compared before anything is written as JSON."""
    asked = wanted if isinstance(wanted, dict) else {"$eq": wanted}
    texts = (
        [asked["$eq"]] if set(asked) == {"$eq"} else asked["$in"] if set(asked) == {"$in"} and asked["$in"] else None
    )
    try:
        values = {json.loads(text) for text in texts} if texts else None
    except (ValueError, TypeError):  # not JSON, or a list: nothing to compare quickly
        return variables
    if values is None:
        return variables
    return [row for row in variables if row.content.__class__ not in _COMPARED or row.content in values]


def instances(tables: Tables, wanted: JsonObject) -> Narrowed | None:
    """Of instances: those with a variable, an incident, or those that run."""
    if wanted.get("variables"):
        keys = sorted(with_variables(tables, wanted["variables"], own=False))
        return [row for row in map(tables.instances.get, keys) if row], ("variables",)
    if wanted.get("hasIncident") is True or wanted.get("errorMessage"):
        return list({row.key: row for row in _stuck(tables)}.values()), ()
    if wanted.get("state") == "ACTIVE":
        return _running(tables, wanted)
    if wanted.get("elementInstanceState") == "ACTIVE" and wanted.get("elementId"):
        return _running(tables, wanted)[0], ()
    return None


def _running(tables: Tables, wanted: JsonObject) -> Narrowed:
    for name, attribute in _DEFINITIONS.items():
        asked = wanted.get(name)
        if isinstance(asked, str):
            value = KINDS["key"].from_json(asked) if name.endswith("Key") else asked
            return tables.running.where(attribute, value), ("state", name)
    return list(tables.running), ("state",)


def _stuck(tables: Tables) -> Iterator[ProcessInstanceRow]:
    """Instances with an incident, and those that called them."""
    for incident in tables.incidents:
        row = tables.instances.get(incident.value.process_instance_key) if incident.state == "ACTIVE" else None
        while row is not None:
            yield row
            row = tables.instances.get(row.value.parent_process_instance_key)


def tasks(tables: Tables, wanted: JsonObject) -> Narrowed | None:
    """Of user tasks: those whose instance has a variable."""
    if not wanted.get("processInstanceVariables"):
        return None
    keys = sorted(with_variables(tables, wanted["processInstanceVariables"], own=True))
    rows: list[UserTaskRow] = [
        row for key in keys for row in tables.user_tasks.where("value.process_instance_key", key)
    ]
    return rows, ("processInstanceVariables",)
