"""How many instances of each element are active, completed, cancelled or stuck."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.search import views
from zeebelet.gateway.search.query import filter_test
from zeebelet.gateway.search.rows import ElementInstanceRow
from zeebelet.records import JsonObject

_COUNTERS = {"ACTIVE": "active", "COMPLETED": "completed", "TERMINATED": "canceled"}


def _counted(elements: Iterable[ElementInstanceRow]) -> JsonObject:
    counts: dict[str, dict[str, int]] = defaultdict(
        lambda: {"active": 0, "canceled": 0, "incidents": 0, "completed": 0}
    )
    for element in elements:
        counter = "incidents" if element.has_incident else _COUNTERS[element.state]
        counts[element.value.element_id][counter] += 1
    return {"items": [{"elementId": element_id, **count} for element_id, count in counts.items()]}


def of_instance(call: Call) -> JsonObject:
    """Returns the counts of one instance."""
    return _counted(call.services.tables.elements.where("value.process_instance_key", call.key("processInstanceKey")))


def of_definition(call: Call) -> JsonObject:
    """Returns the counts of all instances of a definition that a filter lets through."""
    tables = call.services.tables
    holds = filter_test(tables, views.PROCESS_INSTANCES, call.body.get("filter", {}))
    instances = tables.instances.where("value.process_definition_key", call.key("processDefinitionKey"))
    return _counted(
        element
        for instance in instances
        if holds(instance)
        for element in tables.elements.where("value.process_instance_key", instance.key)
    )
