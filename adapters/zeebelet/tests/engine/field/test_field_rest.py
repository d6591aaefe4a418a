"""What REST answers: batch operations without a filter, titles of problems, identities, the audit log, the kit's purge."""

from __future__ import annotations

import json
from typing import Any

import grpc
import pytest
from engine_models import end, model, service, start
from pyzeebe.proto import gateway_pb2 as pb
from served import Served

PLAN = {"targetProcessDefinitionKey": "1", "mappingInstructions": [{"sourceElementId": "a", "targetElementId": "a"}]}
MOVES = [{"sourceElementId": "a", "targetElementId": "a"}]


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/process-instances/cancellation", {}),
        ("/process-instances/deletion", {}),
        ("/process-instances/incident-resolution", {}),
        ("/process-instances/modification", {"moveInstructions": MOVES}),
        ("/process-instances/migration", {"migrationPlan": PLAN}),
        ("/decision-instances/deletion", {}),
    ],
)
@pytest.mark.parametrize("filter_", [{}, {"processInstanceKey": None}, {"$or": []}, {"tags": []}])
def test_a_batch_operation_needs_a_filter(
    served: Served, path: str, more: dict[str, Any], filter_: dict[str, Any]
) -> None:
    """An empty one would reach everything: 400, and nothing is touched."""
    name = served.one_task()
    key = served.create(name)
    answer = served.http.post(path, json={"filter": filter_, **more})
    assert answer.status_code == 400
    if filter_ in ({}, {"$or": []}):
        assert "At least one of [filter criteria] is required" in answer.json()["detail"]
    assert [item["state"] for item in served.search("process-instances", processInstanceKey=str(key))] == ["ACTIVE"]


@pytest.mark.parametrize("variables", [{}, None])
def test_conditionals_need_variables(served: Served, variables: Any) -> None:
    """There is nothing to look at without."""
    answer = served.http.post("/conditionals/evaluation", json={"variables": variables})
    assert (answer.status_code, "variables" in answer.json()["detail"]) == (400, True)
    if variables == {}:
        assert "No variables provided" in answer.json()["detail"]


BAD = "Bad Request"
PROBLEMS: list[tuple[str, str, Any, int, str, str]] = [
    (
        "POST",
        "/process-instances/search",
        {"filter": {"nope": 1}},
        400,
        BAD,
        "Request property [filter.nope] cannot be parsed",
    ),
    ("POST", "/process-instances/search", {"nope": 1}, 400, BAD, "Request property [nope] cannot be parsed"),
    ("POST", "/jobs/search", {"filter": {"type": 5}}, 400, BAD, "Request property [filter.type] cannot be parsed"),
    (
        "PATCH",
        "/jobs/1",
        {"changeset": {"retries": "x"}},
        400,
        BAD,
        "Request property [changeset.retries] cannot be parsed",
    ),
    ("PATCH", "/jobs/1", b"", 400, BAD, "Required request body is missing"),
    ("PATCH", "/jobs/1", b"null", 400, BAD, "Required request body is missing"),
    ("POST", "/process-instances", b"{", 400, BAD, ""),
    ("POST", "/process-instances", b"\xff", 400, BAD, ""),
    ("POST", "/incidents/meow/resolution", b"", 400, BAD, "Failed to convert 'incidentKey' with value: 'meow'"),
    ("GET", "/process-instances/meow", b"", 400, BAD, "Failed to convert 'processInstanceKey' with value: 'meow'"),
    ("GET", "/user-tasks/1x", b"", 400, BAD, "Failed to convert 'userTaskKey' with value: '1x'"),
    ("POST", "/signals/broadcast", {}, 400, "INVALID_ARGUMENT", "signalName"),
    (
        "POST",
        "/process-instances/search",
        {"filter": {"startDate": {"$gte": "2027-01-01"}}},
        400,
        "INVALID_ARGUMENT",
        "RFC 3339",
    ),
    ("GET", "/process-instances/2251799813685999", b"", 404, "NOT_FOUND", "not found"),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "title", "detail"), PROBLEMS)
def test_a_problem_has_its_title(
    served: Served, method: str, path: str, body: Any, status: int, title: str, detail: str
) -> None:
    """What cannot be read is a bad request, what is read and wrong an invalid argument."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = served.http.request(method, path, content=content, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["title"], detail in answer.json()["detail"]) == (status, title, True), (
        answer.text
    )


@pytest.mark.parametrize("path", ["/process-instances", "/process-instances/search", "/messages/publication", "/users"])
def test_json_is_wanted(served: Served, path: str) -> None:
    """Text is another type of body."""
    answer = served.http.post(path, content=b"hello", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["title"]) == (415, "Unsupported Media Type")


IDENTITIES = {
    "users": ("username", {"username": "kim", "name": "Kim", "email": "k@x.y", "password": "secret"}),
    "roles": ("roleId", {"roleId": "r", "name": "R", "description": "d"}),
    "groups": ("groupId", {"groupId": "g", "name": "G"}),
    "tenants": ("tenantId", {"tenantId": "t", "name": "T"}),
    "mapping-rules": ("mappingRuleId", {"mappingRuleId": "m", "claimName": "c", "claimValue": "v", "name": "M"}),
    "authorizations": (
        "authorizationKey",
        {
            "ownerId": "kim",
            "ownerType": "USER",
            "resourceId": "*",
            "resourceType": "RESOURCE",
            "permissionTypes": ["CREATE"],
        },
    ),
}


@pytest.mark.parametrize("kind", IDENTITIES)
def test_identities_are_kept(served: Served, kind: str) -> None:
    """Created, found, refused a second time, deleted; secrets are not shown."""
    name, body = IDENTITIES[kind]
    made = served.http.post(f"/{kind}", json=body)
    assert made.status_code == 201
    key = made.json()[name]
    shown = served.http.get(f"/{kind}/{key}").json()
    assert {field: shown[field] for field in body if field != "password"} == {
        field: value for field, value in body.items() if field != "password"
    }
    assert "password" not in shown
    found = served.http.post(f"/{kind}/search", json={"filter": {name: key}}).json()
    assert (found["items"], found["page"]["totalItems"]) == ([shown], 1)
    if kind != "authorizations":
        assert served.http.post(f"/{kind}", json=body).status_code == 409
        assert served.http.post(f"/{kind}", json={}).status_code == 400
        assert served.http.put(f"/{kind}/{key}", json={**body, "name": "new"}).json()["name"] == "new"
    assert served.http.delete(f"/{kind}/{key}").status_code == 204
    assert served.http.get(f"/{kind}/{key}").status_code == 404
    assert served.http.delete(f"/{kind}/{key}").status_code == 404


def test_members_are_assigned(served: Served) -> None:
    """A role has users, a tenant groups; they can be taken away again."""
    assert served.http.post("/roles", json={"roleId": "dev", "name": "Dev"}).status_code == 201
    assert served.http.put("/roles/dev/users/kim").status_code == 204
    assert served.http.post("/roles/dev/users/search", json={}).json()["items"] == [{"username": "kim"}]
    assert served.http.delete("/roles/dev/users/kim").status_code == 204
    assert served.http.delete("/roles/dev/users/kim").status_code == 404
    assert served.http.put("/roles/none/users/kim").status_code == 404


def test_the_audit_log_tells_what_was_asked(served: Served) -> None:
    """Changes are there, with how they ended; reads are not."""
    served.http.delete("/resources/1")
    served.http.post("/signals/broadcast", json={"signalName": "audited"})
    served.search("jobs")
    items = served.http.post("/audit-logs/search", json={"page": {"limit": 10_000}}).json()["items"]
    assert [item["operationType"] for item in items if "earch" in item["operationType"]] == []
    last = next(item for item in reversed(items) if item["operationType"] == "broadcastSignal")
    assert (last["result"], served.http.get(f"/audit-logs/{last['auditLogKey']}").json()) == ("SUCCESS", last)
    assert served.http.get("/audit-logs/999999").status_code == 404


def test_decision_instances_are_deleted_by_a_filter(served: Served) -> None:
    """200 with a batch operation; a property that does not exist is named."""
    answer = served.http.post("/decision-instances/deletion", json={"filter": {"decisionDefinitionId": "none"}})
    assert (answer.status_code, answer.json()["batchOperationType"]) == (200, "DELETE_DECISION_INSTANCE")
    assert served.http.get(f"/batch-operations/{answer.json()['batchOperationKey']}").json()["state"] == "COMPLETED"
    wrong = served.http.post("/decision-instances/deletion", json={"filter": {"nope": "x"}})
    assert wrong.json()["detail"] == "Request property [filter.nope] cannot be parsed"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b"hello"),
        ("process", model(start() + end(), "s e")),
        ("a.json", b"{}"),
        ("bpmn", b"x"),
        ("a.BPMN", b"x"),
    ],
)
def test_a_file_of_no_known_type(served: Served, name: str, content: bytes) -> None:
    """Resources of any kind come with 8.10."""
    answer = served.http.post("/deployments", files={"resources": (name, content)})
    assert (answer.status_code, f"'{name}': unknown resource type" in answer.json()["detail"]) == (400, True)


def test_warnings_of_an_expression_are_messages(served: Served) -> None:
    """Without the type in front."""
    answer = served.http.post("/expression/evaluation", json={"expression": "=nope"}).json()
    assert [warning["message"][:1] for warning in answer["warnings"]] == ["N"]


@pytest.mark.parametrize("call", ["UpdateJobRetries", "UpdateJobTimeout"])
def test_a_job_that_does_not_exist(served: Served, call: str) -> None:
    """Both say the same."""
    request = {
        "UpdateJobRetries": pb.UpdateJobRetriesRequest(jobKey=2251799813689999, retries=1),
        "UpdateJobTimeout": pb.UpdateJobTimeoutRequest(jobKey=2251799813689999, timeout=1),
    }[call]
    with pytest.raises(grpc.RpcError) as refused:
        getattr(served.stub, call)(request)
    said = "Expected to update job with key '2251799813689999', but no such job was found"
    assert said in refused.value.details()


def test_open_job_streams_are_shown(served: Served) -> None:
    """By job type, as a cluster's gateway shows them."""
    root = str(served.http.base_url).removesuffix("/v2/")
    assert isinstance(served.http.get(f"{root}/actuator/jobstreams/remote").json(), list)


def test_a_purge_leaves_nothing(served: Served) -> None:
    """The test kit asks for it after each test, and waits until the topology says that the change is complete."""
    root = str(served.http.base_url).removesuffix("/v2/")
    name = served.one_task()
    served.create(name)
    for _ in range(2):
        answer = served.http.post(f"{root}/actuator/cluster/purge")
        assert answer.status_code == 200
        change = answer.json()["changeId"]
        assert int(served.http.get("/topology").json()["lastCompletedChangeId"]) == change
    assert served.search("process-instances") == []
    assert served.search("process-definitions") == []
    assert served.jobs(name, wait=0.2) == []
    assert served.refused(lambda: served.create(name)) is grpc.StatusCode.NOT_FOUND
    other = served.one_task()
    served.create(other)
    assert len(served.jobs(other)) == 1
    assert served.deploy(model(start() + service("a") + end(), "s a e")) is None
