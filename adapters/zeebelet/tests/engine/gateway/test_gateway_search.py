"""The search side: filters, order, pages, and columns that are the API's."""

from __future__ import annotations

from typing import Any

import pytest

from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.rest.searches import SEARCHES
from zeebelet.gateway.rest.source import flatten, source
from zeebelet.gateway.search import views
from zeebelet.gateway.search.projection import Projection
from zeebelet.gateway.search.query import search
from zeebelet.gateway.search.tables import Tables
from zeebelet.gateway.search.views import java_hash
from zeebelet.records import Incident, ProcessInstance, Record, RecordType, Variable


def event(value_type: str, intent: str, key: int, value: Any, timestamp: int = 1_000) -> Record:
    """An event of the engine."""
    return Record(1, RecordType.EVENT, value_type, intent, key, value, timestamp)


def instance(key: int, *, parent: int = -1) -> ProcessInstance:
    """The record of a process instance."""
    return ProcessInstance("P", 1, 7, key, "P", -1, "PROCESS", parent_process_instance_key=parent)


@pytest.fixture
def tables() -> Tables:
    """Five instances, 101 to 105, started a second apart; odd ones are completed; one variable each."""
    projection = Projection()
    for number in range(1, 6):
        key = 100 + number
        projection.on_record(event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", key, instance(key), number * 1_000))
        variable = Variable("name", "o*range" if number == 5 else "apple", key, key, 7, "P")
        projection.on_record(event("VARIABLE", "CREATED", 200 + number, variable))
        if number % 2:
            projection.on_record(event("PROCESS_INSTANCE", "ELEMENT_COMPLETED", key, instance(key), 9_000))
    return projection.tables


def keys(tables: Tables, **request: Any) -> list[int]:
    """The keys a search of instances finds, less a hundred."""
    found = search(tables, views.PROCESS_INSTANCES, request)["items"]
    return [int(item["processInstanceKey"]) - 100 for item in found]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"processInstanceKey": "103"}, [3]),
        ({"processInstanceKey": {"$neq": "103"}}, [1, 2, 4, 5]),
        ({"processInstanceKey": {"$in": ["101", "104", "999"]}}, [1, 4]),
        ({"processInstanceKey": {"$notIn": ["101", "104"]}}, [2, 3, 5]),
        ({"processInstanceKey": {"$eq": "102", "$in": [], "$notIn": []}}, [2]),
        ({"state": "ACTIVE"}, [2, 4]),
        ({"state": {"$like": "COMP*"}}, [1, 3, 5]),
        ({"endDate": {"$exists": False}}, [2, 4]),
        ({"endDate": {"$exists": True}}, [1, 3, 5]),
        ({"startDate": {"$gt": "1970-01-01T00:00:02Z", "$lte": "1970-01-01T02:00:04+02:00"}}, [3, 4]),
        ({"startDate": "1970-01-01T00:00:05.000Z"}, [5]),
        ({"parentProcessInstanceKey": {"$exists": False}}, [1, 2, 3, 4, 5]),
        ({"variables": [{"name": "name", "value": '"apple"'}]}, [1, 2, 3, 4]),
        ({"variables": [{"name": "name", "value": {"$like": '"o\\*r?nge"'}}]}, [5]),
        ({"$or": [{"state": "ACTIVE"}, {"processInstanceKey": "101"}]}, [1, 2, 4]),
        ({"state": "COMPLETED", "$or": [{"processInstanceKey": "101"}, {"processInstanceKey": "102"}]}, [1]),
        ({"processDefinitionVersion": {"$gte": 2}}, []),
        ({"processDefinitionId": "P", "processDefinitionKey": "7"}, [1, 2, 3, 4, 5]),
    ],
)
def test_filters(tables: Tables, wanted: dict[str, Any], found: list[int]) -> None:
    """Each operator of the API, alone and together; members of `$or` are alternatives."""
    assert keys(tables, filter=wanted) == found


def test_order_and_what_is_missing(tables: Tables) -> None:
    """Missing values come last ascending and first descending; equal ones are in the order of their keys."""
    assert keys(tables, sort=[{"field": "endDate"}]) == [1, 3, 5, 2, 4]
    assert keys(tables, sort=[{"field": "endDate", "order": "DESC"}]) == [2, 4, 1, 3, 5]
    assert keys(tables, sort=[{"field": "state"}, {"field": "startDate", "order": "DESC"}]) == [4, 2, 5, 3, 1]


@pytest.mark.parametrize("sort", [[], [{"field": "endDate", "order": "DESC"}]])
def test_pages_by_cursor_and_by_offset(tables: Tables, sort: list[Any]) -> None:
    """Forwards with `after`, backwards with `before`, anywhere with `from`: always the same order."""
    everything = keys(tables, sort=sort)
    first = search(tables, views.PROCESS_INSTANCES, {"sort": sort, "page": {"limit": 2}})["page"]
    second = {"limit": 2, "after": first["endCursor"]}

    assert first["totalItems"] == 5
    assert keys(tables, sort=sort, page=second) == everything[2:4]
    assert keys(tables, sort=sort, page={"limit": 3, "from": 1}) == everything[1:4]
    third = search(tables, views.PROCESS_INSTANCES, {"sort": sort, "page": {"limit": 1, "from": 3}})["page"]
    assert keys(tables, sort=sort, page={"limit": 2, "before": third["startCursor"]}) == everything[1:3]


@pytest.mark.parametrize("cursor", ["AAAA", "WzEsMiwzXQ==", "WyJ4Il0="])
def test_a_cursor_of_another_search_is_refused(tables: Tables, cursor: str) -> None:
    """No JSON, another number of values, values of another type."""
    with pytest.raises(InvalidRequestError, match=r"page\.after"):
        keys(tables, page={"after": cursor})


def test_nothing_found_has_no_cursors(tables: Tables) -> None:
    """Null at both ends."""
    page = search(tables, views.PROCESS_INSTANCES, {"filter": {"processInstanceKey": "1"}})["page"]

    assert page == {"totalItems": 0, "hasMoreTotalItems": False, "startCursor": None, "endCursor": None}


def test_an_incident_shows_on_the_instances_that_called(tables: Tables) -> None:
    """The flag goes up the call hierarchy and goes away with the incident."""
    projection = Projection()
    for key, parent in ((1, -1), (2, 1)):
        projection.on_record(event("PROCESS_INSTANCE", "ELEMENT_ACTIVATING", key, instance(key, parent=parent)))
    incident = Incident("JOB_NO_RETRIES", "no", "P", 7, 2, "A", 20)

    projection.on_record(event("INCIDENT", "CREATED", 9, incident))
    assert [row.has_incident for row in projection.tables.instances] == [True, True]
    projection.on_record(event("INCIDENT", "RESOLVED", 9, incident))
    assert [row.has_incident for row in projection.tables.instances] == [False, False]


def test_messages_of_incidents_are_grouped_by_javas_hash() -> None:
    """`String.hashCode`, negative values and surrogate pairs included."""
    assert java_hash("") == 0
    assert java_hash("hello") == 99162322
    assert java_hash("No more retries left.") == 351027393
    assert java_hash("\U0001f600") == 1772899


def declared(operation: str, part: str) -> dict[str, Any]:
    """The properties of a part of a search request."""
    body = flatten(source()["operations"][operation]["body"]["application/json"])
    return flatten(body["properties"][part]) if part in body["properties"] else {}


@pytest.mark.parametrize("operation", SEARCHES)
def test_a_view_has_the_columns_the_api_names(operation: str) -> None:
    """What is shown is the result's properties; what can be filtered and sorted by has a column or a test."""
    view = SEARCHES[operation].view
    answer = flatten(source()["operations"][operation]["answers"]["200"]["application/json"])
    shown = flatten(flatten(answer["properties"]["items"])["items"])["properties"]

    assert set(view.shown) == set(shown)
    for name in set(declared(operation, "filter").get("properties", {})) - {"$or"}:
        assert name in view.special or view.column(name)
    for name in flatten(declared(operation, "sort")["items"])["properties"]["field"]["enum"]:
        assert view.column(name)
