"""Searches: by variables, incidents, alternatives, pages over missing values, dates."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_models import end, extensions, flow, gateway, model, service, start, tag
from served import Served

STATUSES = ["open", None, "null", "a_b%c", "A_B"]


@pytest.fixture(scope="module")
def statuses(served: Served) -> str:
    """A process with five instances, one for each status."""
    name = served.one_task()
    for status in STATUSES:
        served.create(name, json.dumps({"status": status}))
    return name


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"$eq": "null"}, [None]),
        ("null", [None]),
        ({"$in": ["null", '"open"']}, ["open", None]),
        ({"$like": '"?_B"'}, ["A_B"]),
        ({"$like": '"*%*"'}, ["a_b%c"]),
        ({"$like": '"A?B"'}, ["A_B"]),
        ({"$neq": "null"}, ["open", "null", "a_b%c", "A_B"]),
        ({"$eq": '"null"'}, ["null"]),
        ({"$notIn": ["null", '"open"']}, ["null", "a_b%c", "A_B"]),
        ({"$exists": True}, STATUSES),
    ],
)
def test_instances_by_a_variable(served: Served, statuses: str, value: Any, found: list[Any]) -> None:
    """Values are JSON texts: null is not the text null; underscores and per cents are themselves."""
    rows = served.search(
        "process-instances", processDefinitionId=statuses, variables=[{"name": "status", "value": value}]
    )
    keys = [row["processInstanceKey"] for row in rows]
    held = [
        json.loads(variable["value"])
        for key in keys
        for variable in served.search("variables", processInstanceKey=key, name="status")
    ]
    assert held == found


def test_instances_by_an_incident_at_the_process_itself(served: Served) -> None:
    """A start listener of the process fails."""
    listener = tag(
        "zeebe:executionListeners", tag("zeebe:executionListener", eventType="start", type="door", retries="1")
    )
    served.deploy(model(start() + service("a", "never") + end(), "s a e", id_="doors", more=extensions(listener)))
    key = served.create("doors")
    (job,) = served.jobs("door")
    answer = served.http.post(f"/jobs/{job.key}/failure", json={"retries": 0, "errorMessage": "fail at the door"})
    assert answer.status_code == 204
    found = served.search("process-instances", errorMessage="fail at the door")
    assert [row["processInstanceKey"] for row in found] == [str(key)]
    assert served.search("process-instances", errorMessage={"$like": "fail*door"}) == found


def test_instances_by_an_element_and_alternatives(served: Served) -> None:
    """What stands beside `$or` must hold as well."""
    choice = gateway("exclusive", "g", default="g_B") + service("A", "an") + service("B", "bn") + end()
    flows_ = flow("s", "g") + flow("g", "A", "x") + flow("g", "B") + flow("A", "e") + flow("B", "e")
    served.deploy(model(start() + choice + flows_, id_="chosen"))
    first = served.create("chosen", '{"x":true}')
    served.create("chosen", '{"x":false}')
    either = [{"state": "ACTIVE"}, {"hasIncident": True}]
    found = served.search("process-instances", **{"processDefinitionId": "chosen", "elementId": "A", "$or": either})
    assert [row["processInstanceKey"] for row in found] == [str(first)]


@pytest.mark.parametrize("order", ["ASC", "DESC"])
def test_pages_sorted_by_a_column_that_is_null_in_some(served: Served, order: str) -> None:
    """Each instance once."""
    name = served.one_task()
    keys = set()
    for business in ("A", "B", "C", None, None):
        body = {"processDefinitionId": name, **({"businessId": business} if business else {})}
        keys.add(served.http.post("/process-instances", json=body).json()["processInstanceKey"])
    seen: list[str] = []
    page: dict[str, Any] = {"limit": 2}
    while True:
        body = {
            "filter": {"processDefinitionId": name},
            "sort": [{"field": "businessId", "order": order}],
            "page": page,
        }
        answer = served.http.post("/process-instances/search", json=body).json()
        if not answer["items"]:
            break
        seen += [row["processInstanceKey"] for row in answer["items"]]
        page = {"limit": 2, "after": answer["page"]["endCursor"]}
    assert (len(seen), set(seen)) == (5, keys)


def test_elements_by_their_start(served: Served, statuses: str) -> None:
    """And without an end: those that are active."""
    filter_ = {"startDate": {"$gt": "2020-01-01T00:00:00Z"}, "endDate": {"$exists": False}}
    found = served.search("element-instances", processDefinitionId=statuses, **filter_)
    assert {row["elementId"] for row in found} == {"a"}


@pytest.mark.parametrize("text", ["2027-01-01", "yesterday", "2027-01-01T10:00", "2027-13-01T00:00:00Z"])
@pytest.mark.parametrize("field", ["startDate", "endDate"])
def test_a_date_needs_a_time(served: Served, text: str, field: str) -> None:
    """400."""
    answer = served.http.post("/process-instances/search", json={"filter": {field: {"$gte": text}}})
    assert answer.status_code == 400
