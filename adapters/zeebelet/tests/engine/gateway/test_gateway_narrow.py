"""Short ways of searches: they find the same rows, in the same order, as reading every row does."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from zeebelet.gateway.search import storage, views
from zeebelet.gateway.search.projection import Projection
from zeebelet.gateway.search.query import View, search
from zeebelet.gateway.search.tables import Tables
from zeebelet.records.codec import dumps
from zeebelet.testing.kit import TestEngine

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 id="d" targetNamespace="x"><bpmn:process id="{id}" isExecutable="true"><bpmn:startEvent id="s"/>{middle}
<bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
<bpmn:sequenceFlow id="f2" sourceRef="t" targetRef="e"/></bpmn:process></bpmn:definitions>"""
ELEMENTS = {
    "waits": '<bpmn:userTask id="t"><bpmn:extensionElements><zeebe:userTask/></bpmn:extensionElements></bpmn:userTask>',
    "passes": '<bpmn:manualTask id="t"/>',
    "sticks": '<bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="=missing"/>'
    "</bpmn:extensionElements></bpmn:serviceTask>",
    "calls": '<bpmn:callActivity id="t"><bpmn:extensionElements><zeebe:calledElement processId="sticks"/>'
    "</bpmn:extensionElements></bpmn:callActivity>",
}
VALUES: tuple[Any, ...] = ("a", "1", 1, 1.0, True, None, ["a"], {"a": 1}, 'with "quotes"')


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    """Instances that wait, ended, are stuck or call one that is, each with one value of `x`."""
    folder = tmp_path_factory.mktemp("models")
    kit, projection = TestEngine(), Projection()
    kit.engine.subscribe(projection.on_record)
    for name, middle in ELEMENTS.items():
        (folder / f"{name}.bpmn").write_text(MODEL.format(id=name, middle=middle))
        kit.deploy(folder / f"{name}.bpmn")
    for index, name in enumerate(list(ELEMENTS) * 40):
        kit.start(name, {"x": VALUES[index % len(VALUES)], "n": index})
    return projection.tables


def plain(tables: Tables, view: View, request: dict[str, Any]) -> Any:
    """The answer of a search that reads every row."""
    return search(tables, view._replace(narrow=lambda tables, wanted: None), request)


FILTERS: list[dict[str, Any]] = [
    {},
    {"state": "ACTIVE"},
    {"state": "ACTIVE", "processDefinitionId": "waits"},
    {"state": "ACTIVE", "processDefinitionId": {"$like": "w*"}},
    {"state": "ACTIVE", "processDefinitionKey": "not a key"},
    {"state": {"$in": ["ACTIVE", "COMPLETED"]}},
    {"state": None},
    {"hasIncident": True},
    {"hasIncident": False},
    {"hasIncident": True, "processDefinitionId": "calls"},
    {"errorMessage": {"$like": "*missing*"}},
    {"errorMessage": "another"},
    {"elementId": "t", "elementInstanceState": "ACTIVE"},
    {"elementId": "t", "elementInstanceState": "ACTIVE", "processDefinitionId": "calls"},
    {"variables": []},
    {"variables": [{"name": "x", "value": '"a"'}, {"name": "n", "value": {"$exists": True}}]},
    {"variables": [{"name": "x", "value": {"$like": "*a*"}}], "state": "ACTIVE"},
    {"variables": [{"name": "x", "value": {"$in": ["a", '"a"']}}]},
    {"variables": [{"name": "x", "value": {"$neq": "1"}}]},
    *(
        {"variables": [{"name": "x", "value": text}]}
        for text in ("1", "1.0", "true", "null", '["a"]', '"1"', "no JSON", "")
    ),
]
SORTS: list[list[dict[str, str]]] = [
    [],
    [{"field": "startDate", "order": "DESC"}],
    [{"field": "processDefinitionId", "order": "DESC"}, {"field": "startDate"}],
    [{"field": "endDate", "order": "DESC"}],
]


@pytest.mark.parametrize(("wanted", "sort"), list(product(FILTERS, SORTS)))
def test_instances_are_the_same(tables: Tables, wanted: dict[str, Any], sort: list[dict[str, str]]) -> None:
    """Rows, order, total and cursors; also of a page further on."""
    for page in ({"limit": 3}, {"from": 5, "limit": 3}, {"limit": 100}):
        request = {"filter": wanted, "sort": sort, "page": page}
        assert search(tables, views.PROCESS_INSTANCES, request) == plain(tables, views.PROCESS_INSTANCES, request)


@pytest.mark.parametrize("text", ["1", "true", '"a"', "null", "no JSON"])
def test_tasks_are_the_same(tables: Tables, text: str) -> None:
    """Those of instances with a variable."""
    request = {"filter": {"processInstanceVariables": [{"name": "x", "value": text}]}}
    assert search(tables, views.USER_TASKS, request) == plain(tables, views.USER_TASKS, request)


def test_the_first_rows_are_those_of_a_whole_sort(tables: Tables) -> None:
    """A short page of many rows is made without sorting all; a long one with."""
    for sort in SORTS:
        request: dict[str, Any] = {"sort": sort, "page": {"limit": 9}}
        long = search(tables, views.VARIABLES if not sort else views.ELEMENT_INSTANCES, {"page": {"limit": 10_000}})
        short = search(tables, views.VARIABLES if not sort else views.ELEMENT_INSTANCES, {"page": {"limit": 9}})
        assert short["items"] == long["items"][:9]
        whole = search(tables, views.PROCESS_INSTANCES, {**request, "page": {"limit": 10_000}})
        assert search(tables, views.PROCESS_INSTANCES, request)["items"] == whole["items"][:9]


def test_a_snapshot_knows_what_runs(tables: Tables) -> None:
    """The tables of a snapshot answer as those it was made of."""
    restored = Tables()
    storage.load(restored, json.loads(dumps(storage.dump(tables))))
    request = {"filter": {"state": "ACTIVE"}, "sort": SORTS[1]}
    assert search(restored, views.PROCESS_INSTANCES, request) == search(tables, views.PROCESS_INSTANCES, request)
