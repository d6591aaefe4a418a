"""Requests to the REST API: what follows its structure is taken, what breaks one rule of it is refused by name."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest
from rest_structure import Case, body_schema, broken, flatten, operations, sample, well_formed
from zeebe_client import Cluster

# These take a path away or move the clock of a shared cluster when they succeed.
NOT_SENT_WELL_FORMED = {"pinClock"}
BODIES = {name: schema for name in operations() if (schema := body_schema(name)) is not None}
PROBLEM = "application/problem+json"


def url(operation: str, **given: str) -> str:
    """The path of an operation, with keys of nothing where none are given."""
    path = "/v2" + operations()[operation]["path"]
    for parameter in operations()[operation].get("parameters", ()):
        name = parameter["name"]
        path = path.replace("{" + name + "}", given.get(name) or str(sample(parameter["schema"])))
    return path


def send(cluster: Cluster, operation: str, body: Any) -> httpx.Response:
    """Sends a JSON body to an operation."""
    return cluster.http.request(operations()[operation]["method"], url(operation), json=body)


def assert_400(answer: httpx.Response, field: str = "") -> None:
    """Expects a problem detail of status 400 that names a field."""
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == PROBLEM
    detail = answer.json()
    assert set(detail) == {"type", "title", "status", "detail", "instance"}
    assert (detail["status"], detail["instance"]) == (400, answer.request.url.path)
    names = [name for name in re.split(r"[.\[\]0-9]+", field) if name]
    assert not names or names[-1] in detail["detail"], (field, detail["detail"])


def objections(answer: httpx.Response, case: Case) -> list[str]:
    """What is wrong with the answer to a broken request."""
    try:
        assert_400(answer, case.field)
    except AssertionError as error:
        return [f"{case.what}: {case.body!r} -> {answer.status_code} {error}"]
    return []


@pytest.mark.parametrize("operation", BODIES)
def test_a_body_that_breaks_a_rule_is_refused_by_the_name_of_the_field(cluster: Cluster, operation: str) -> None:
    """400 with a problem detail that names what is missing, mistyped, unknown, out of range or not of the pattern."""
    cases = list(broken(BODIES[operation]))

    found = [text for case in cases for text in objections(send(cluster, operation, case.body), case)]

    assert cases
    assert found == []


def complaints(answer: httpx.Response, case: Case, operation: str) -> list[str]:
    """What is wrong with the answer to a request of the right form."""
    declared = operations()[operation]
    allowed = {int(code) for code in declared["answers"]} | {404, 409}
    meant = answer.status_code == 400 and any(reason in answer.json()["detail"] for reason in MEANT)
    return [] if meant or answer.status_code in allowed else [f"{case.what}: {case.body!r} -> {answer.text}"]


PATIENCE = {"activateJobs": {"requestTimeout": -1}, "createProcessInstance": {"requestTimeout": 50}}


@pytest.mark.parametrize("operation", [name for name in BODIES if name not in NOT_SENT_WELL_FORMED])
def test_a_body_that_follows_the_structure_is_taken(cluster: Cluster, operation: str) -> None:
    """It is answered, or refused for what it says: an unknown key, a wrong state; never for its form."""
    cases = [
        case._replace(body={**case.body, **PATIENCE.get(operation, {})}) for case in well_formed(BODIES[operation])
    ]

    found = [text for case in cases for text in complaints(send(cluster, operation, case.body), case, operation)]

    assert cases
    assert found == []


# Reasons a body of the right form is refused for what it says.
MEANT = (
    "rejected with code 'INVALID_ARGUMENT'",
    "multi-tenancy is disabled",
    "No update data provided",
    "No assignee provided",
    "At least one of [retries, timeout] is required",
    "cannot be decoded for this search",
    "No elements provided",
    "At least one of [filter criteria] is required",
    "No variables provided",
    "No mappingInstructions provided",
    "Failed to evaluate expression",
)


WITH_KEYS = [
    (name, parameter["name"])
    for name, operation in operations().items()
    for parameter in operation.get("parameters", ())
    if parameter["in"] == "path" and "pattern" in flatten(parameter["schema"])
]


@pytest.mark.parametrize(("operation", "parameter"), WITH_KEYS)
def test_a_key_that_is_no_key_is_refused(cluster: Cluster, operation: str, parameter: str) -> None:
    """400, and the detail names the parameter."""
    body = sample(BODIES[operation]) if operation in BODIES else None

    answer = cluster.http.request(operations()[operation]["method"], url(operation, **{parameter: "no-key"}), json=body)

    assert_400(answer, parameter)


@pytest.mark.parametrize("operation", BODIES)
def test_a_body_that_is_no_json_is_refused(cluster: Cluster, operation: str) -> None:
    """Broken JSON: 400; JSON under another media type: 415."""
    method, path = operations()[operation]["method"], url(operation)

    assert_400(cluster.http.request(method, path, content=b'{"a": ', headers={"content-type": "application/json"}))
    other = cluster.http.request(method, path, content=b"{}", headers={"content-type": "text/plain"})
    assert (other.status_code, other.json()["title"]) == (415, "Unsupported Media Type")


@pytest.mark.parametrize("operation", [name for name in BODIES if operations()[name]["body"]["required"]])
def test_a_body_that_must_be_there_is_missed(cluster: Cluster, operation: str) -> None:
    """No body: 400."""
    assert_400(cluster.http.request(operations()[operation]["method"], url(operation)))


@pytest.mark.parametrize("cursor", ["WyJub3BlIiwxLDIsM10=", "AAAA", "bm8ganNvbg=="])
@pytest.mark.parametrize("direction", ["after", "before"])
def test_a_cursor_of_nothing_is_refused(cluster: Cluster, direction: str, cursor: str) -> None:
    """Base64 that no search has given out: 400, naming the direction."""
    assert_400(send(cluster, "searchProcessInstances", {"page": {direction: cursor}}), direction)


@pytest.mark.parametrize(
    ("what", "parts"),
    [
        ("no resources", [("tenantId", (None, "<default>"))]),
        ("an unknown part", [("resources", ("a.form", b"{}")), ("surprise", (None, "1"))]),
        ("no file", [("resources", (None, "text"))]),
        ("another tenant", [("resources", ("a.form", b"{}")), ("tenantId", (None, "other"))]),
    ],
)
def test_a_deployment_is_a_form_of_files(cluster: Cluster, what: str, parts: list[Any]) -> None:
    """Missing files, unknown parts, texts for files, other tenants and other media types: 400."""
    assert_400(cluster.http.post("/v2/deployments", files=parts))
    assert_400(cluster.http.post("/v2/deployments", json={}))
