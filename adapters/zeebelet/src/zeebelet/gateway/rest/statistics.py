"""How many instances of each element are active, completed, cancelled or stuck."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.search import views
from zeebelet.gateway.search.query import filter_test
from zeebelet.gateway.search.rows import ElementInstanceRow
from zeebelet.records import JsonObject

_COUNTERS = {"": "incidents", "ACTIVE": "active", "COMPLETED": "completed", "TERMINATED": "canceled"}


def _counted(elements: Iterable[ElementInstanceRow]) -> JsonObject:
    counts: dict[str, dict[str, int]] = defaultdict(
        lambda: {"active": 0, "canceled": 0, "incidents": 0, "completed": 0}
    )
    seen = Counter((row.value.element_id, "" if row.incident_key > 0 else row.state) for row in elements)
    for (element_id, state), count in seen.items():
        counts[element_id][_COUNTERS[state]] += count
    return {"items": [{"elementId": element_id, **count} for element_id, count in counts.items()]}


def of_instance(call: Call) -> JsonObject:
    """Returns the counts of one instance."""
    return _counted(call.services.tables.elements.where("value.process_instance_key", call.key("processInstanceKey")))


def of_definition(call: Call) -> JsonObject:
    """Returns the counts of all instances of a definition that a filter lets through."""
    tables = call.services.tables
    wanted = call.body.get("filter", {})
    holds = filter_test(tables, views.PROCESS_INSTANCES, wanted)
    table = tables.running if wanted.get("state") == "ACTIVE" else tables.instances
    instances = table.where("value.process_definition_key", call.key("processDefinitionKey"))
    return _counted(
        element
        for instance in instances
        if holds(instance)
        for element in tables.elements.where("value.process_instance_key", instance.key)
    )
