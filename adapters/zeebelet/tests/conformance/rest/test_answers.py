"""Answers of the REST API: each of the 80 operations is called on a small world, and what it says follows its schema."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from bpmn_models import (
    ad_hoc,
    call,
    catch,
    condition,
    decision_task,
    end,
    gateway,
    message,
    one_task,
    process,
    service,
    start,
    user_task,
)
from dmn_models import drg, table
from rest_structure import operations, problems_of
from zeebe_client import HOUR, Cluster, Zeebe


class World(NamedTuple):
    """What there is to ask about."""

    z: Zeebe
    keys: dict[str, str]

    def fresh(self) -> int:
        """A new instance of the one-task process."""
        return self.z.create("Task")

    def incident(self) -> str:
        """The key of a new incident."""
        job = self.job()
        self.z.fail(int(job))
        self.z.update_retries(int(job), 1)
        return str(self.z.search("incidents", jobKey=job, state="ACTIVE")[0]["incidentKey"])

    def job(self) -> str:
        """The key of a new job."""
        instance = self.fresh()
        return str(self.z.search("jobs", processInstanceKey=str(instance))[0]["jobKey"])

    def task(self) -> str:
        """The key of a new user task."""
        return str(self.z.user_task(self.z.create("Human"))["userTaskKey"])

    def batch(self) -> str:
        """The key of a batch operation that has something to do."""
        for _ in range(30):
            self.fresh()
        body = {"filter": {"processDefinitionId": self.z.name("Task")}}
        return str(self.z.rest("POST", "/process-instances/cancellation", body).json()["batchOperationKey"])

    def at_rest(self) -> None:
        """Waits for the batches of earlier tests, which work in the background: two searches shall see the same."""
        at_work = {"state": {"$in": ["CREATED", "ACTIVE"]}}
        self.z.assert_eventually(lambda: self.z.search("batch-operations", **at_work), [])


FORM = {"id": "form", "type": "default", "components": [], "schemaVersion": 18}


@pytest.fixture(scope="module")
def world(cluster: Cluster) -> Iterator[World]:
    """Definitions of every kind, and one instance that has met everything."""
    z = Zeebe(cluster)
    form = {**FORM, "id": z.name("form")}
    linked = f"<zeebe:formDefinition formId='{form['id']}'/>"
    begun = start()
    begun = type(begun)(**{**begun.__dict__, "extensions": (linked,)})
    big = process(
        "P",
        begun,
        gateway("parallel", "F"),
        decision_task("D", "D", "r"),
        user_task("U", linked),
        catch("M", message("m", "=k")),
        service("A", "a"),
        call("CA", "Child"),
        ad_hoc("AH", service("X", "x")),
        end(),
        flows=["S F D E", "F U E", "F M E", "F A E", "F CA E", "F AH E"],
    )
    conditional = process("Cond", start(event=condition("=answers > 41")), end(), flows=["S E"])
    human = process("Human", start(), user_task("U"), end(), flows=["S U E"])
    answer = z.deploy(
        big,
        one_task("Task", "t"),
        one_task("Child", "c"),
        human,
        conditional,
        ("d.dmn", drg(z.suffix, table("D", "x", [("&gt; 1", "7")]))),
        ("f.form", json.dumps(form).encode()),
        ("readme.rpa", b'{"id":"readme"}'),
    )
    instance = z.create(x=5, k="1")
    z.publish("m", "1", ttl=HOUR, got=1)
    z.fail("a", retries=0, message="broken")
    keys = {"process": str(answer.deployments[0].process.processDefinitionKey), "instance": str(instance)}
    for deployment in answer.deployments:
        kind = deployment.WhichOneof("Metadata")
        if kind == "decision":
            keys["decision"] = str(deployment.decision.decisionKey)
        if kind == "decisionRequirements":
            keys["requirements"] = str(deployment.decisionRequirements.decisionRequirementsKey)
    keys["element"] = str(z.element(instance, "A"))
    keys["adHoc"] = str(z.element(instance, "AH"))
    keys["evaluation"] = z.search("decision-instances", processInstanceKey=str(instance))[0][
        "decisionEvaluationInstanceKey"
    ]
    keys["variable"] = z.search("variables", processInstanceKey=str(instance), name="x")[0]["variableKey"]
    keys["incident"] = z.incidents(instance)[0]["incidentKey"]
    keys["task"] = z.user_task(instance)["userTaskKey"]
    yield World(z, keys)
    z.clean()


Request = tuple[dict[str, str], Any]
# Operation -> the parameters of its path and its body, from the world; what is not here takes neither.
REQUESTS: dict[str, Callable[[World], Request]] = {
    "activateAdHocSubProcessActivities": lambda w: (
        {"adHocSubProcessInstanceKey": w.keys["adHoc"]},
        {"elements": [{"elementId": "X", "variables": {"v": 1}}]},
    ),
    "activateJobs": lambda w: (
        {},
        {"type": w.z.name("c"), "timeout": 1000, "maxJobsToActivate": 5, "requestTimeout": -1, "worker": "me"},
    ),
    "assignUserTask": lambda w: ({"userTaskKey": w.task()}, {"assignee": "ann"}),
    "broadcastSignal": lambda w: ({}, {"signalName": w.z.name("s"), "variables": {"a": 1}}),
    "cancelBatchOperation": lambda w: ({"batchOperationKey": w.batch()}, None),
    "cancelProcessInstance": lambda w: ({"processInstanceKey": str(w.fresh())}, {}),
    "cancelProcessInstancesBatchOperation": lambda w: ({}, {"filter": {"processDefinitionId": "none"}}),
    "completeJob": lambda w: ({"jobKey": w.job()}, {"variables": {"a": 1}}),
    "completeUserTask": lambda w: ({"userTaskKey": w.task()}, {"variables": {"a": 1}}),
    "correlateMessage": lambda w: (
        {},
        {"name": w.z.name("m"), "correlationKey": str(_waiting(w)), "variables": {}},
    ),
    "createElementInstanceVariables": lambda w: (
        {"elementInstanceKey": w.keys["element"]},
        {"variables": {"set": 1}, "local": True},
    ),
    "createProcessInstance": lambda w: (
        {},
        {"processDefinitionId": w.z.name("Task"), "variables": {"a": 1}, "tags": ["t:1"], "businessId": "b"},
    ),
    "deleteProcessInstance": lambda w: ({"processInstanceKey": str(_finished(w))}, None),
    "deleteProcessInstancesBatchOperation": lambda w: ({}, {"filter": {"processDefinitionId": "none"}}),
    "deleteResource": lambda w: ({"resourceKey": _another_process(w)}, {}),
    "evaluateConditionals": lambda w: ({}, {"variables": {"answers": 42}}),
    "evaluateDecision": lambda w: ({}, {"decisionDefinitionId": w.z.name("D"), "variables": {"x": 5}}),
    "evaluateExpression": lambda w: ({}, {"expression": "=a + missing", "variables": {"a": 1}}),
    "failJob": lambda w: ({"jobKey": w.job()}, {"retries": 2, "errorMessage": "no"}),
    "getBatchOperation": lambda w: ({"batchOperationKey": w.batch()}, None),
    "getDecisionDefinition": lambda w: ({"decisionDefinitionKey": w.keys["decision"]}, None),
    "getDecisionDefinitionXML": lambda w: ({"decisionDefinitionKey": w.keys["decision"]}, None),
    "getDecisionInstance": lambda w: ({"decisionEvaluationInstanceKey": w.keys["evaluation"]}, None),
    "getDecisionRequirements": lambda w: ({"decisionRequirementsKey": w.keys["requirements"]}, None),
    "getDecisionRequirementsXML": lambda w: ({"decisionRequirementsKey": w.keys["requirements"]}, None),
    "getElementInstance": lambda w: ({"elementInstanceKey": w.keys["element"]}, None),
    "getIncident": lambda w: ({"incidentKey": w.keys["incident"]}, None),
    "getProcessDefinition": lambda w: ({"processDefinitionKey": w.keys["process"]}, None),
    "getProcessDefinitionStatistics": lambda w: (
        {"processDefinitionKey": w.keys["process"]},
        {"filter": {"state": "ACTIVE"}},
    ),
    "getProcessDefinitionXML": lambda w: ({"processDefinitionKey": w.keys["process"]}, None),
    "getProcessInstance": lambda w: ({"processInstanceKey": w.keys["instance"]}, None),
    "getProcessInstanceCallHierarchy": lambda w: ({"processInstanceKey": _child(w)}, None),
    "getProcessInstanceSequenceFlows": lambda w: ({"processInstanceKey": w.keys["instance"]}, None),
    "getProcessInstanceStatistics": lambda w: ({"processInstanceKey": w.keys["instance"]}, None),
    "getResource": lambda w: ({"resourceKey": _file(w)}, None),
    "getResourceContent": lambda w: ({"resourceKey": _file(w)}, None),
    "getStartProcessForm": lambda w: ({"processDefinitionKey": w.keys["process"]}, None),
    "getUserTask": lambda w: ({"userTaskKey": w.keys["task"]}, None),
    "getUserTaskForm": lambda w: ({"userTaskKey": w.keys["task"]}, None),
    "getVariable": lambda w: ({"variableKey": w.keys["variable"]}, None),
    "migrateProcessInstance": lambda w: (
        {"processInstanceKey": str(w.z.create("Child"))},
        {
            "targetProcessDefinitionKey": _definition(w, "Task"),
            "mappingInstructions": [{"sourceElementId": "A", "targetElementId": "A"}],
        },
    ),
    "migrateProcessInstancesBatchOperation": lambda w: (
        {},
        {
            "filter": {"processDefinitionId": "none"},
            "migrationPlan": {"targetProcessDefinitionKey": w.keys["process"], "mappingInstructions": []},
        },
    ),
    "modifyProcessInstance": lambda w: (
        {"processInstanceKey": str(w.fresh())},
        {
            "activateInstructions": [{"elementId": "A", "variableInstructions": [{"variables": {"x": 1}}]}],
            "terminateInstructions": [{"elementId": "A"}],
        },
    ),
    "modifyProcessInstancesBatchOperation": lambda w: (
        {},
        {
            "filter": {"processDefinitionId": "none"},
            "moveInstructions": [{"sourceElementId": "A", "targetElementId": "A"}],
        },
    ),
    "pinClock": lambda w: ({}, {"timestamp": w.z.now()}),
    "publishMessage": lambda w: (
        {},
        {"name": w.z.name("m"), "correlationKey": "9", "timeToLive": 1000, "messageId": "1"},
    ),
    "resolveIncident": lambda w: ({"incidentKey": w.incident()}, None),
    "resolveIncidentsBatchOperation": lambda w: ({}, {"filter": {"processDefinitionId": "none"}}),
    "resolveProcessInstanceIncidents": lambda w: ({"processInstanceKey": w.keys["instance"]}, None),
    "resumeBatchOperation": lambda w: ({"batchOperationKey": _suspended(w)}, None),
    "searchBatchOperationItems": lambda w: ({}, {"filter": {"batchOperationKey": w.batch()}}),
    "searchBatchOperations": lambda w: ({}, {"filter": {"batchOperationKey": w.batch()}}),
    "searchElementInstanceIncidents": lambda w: ({"elementInstanceKey": w.keys["element"]}, {}),
    "searchProcessInstanceIncidents": lambda w: ({"processInstanceKey": w.keys["instance"]}, {}),
    "searchUserTaskEffectiveVariables": lambda w: ({"userTaskKey": w.keys["task"]}, {}),
    "searchUserTaskVariables": lambda w: ({"userTaskKey": w.keys["task"]}, {"filter": {"name": "x"}}),
    "suspendBatchOperation": lambda w: ({"batchOperationKey": w.batch()}, None),
    "throwJobError": lambda w: ({"jobKey": w.job()}, {"errorCode": "E1", "errorMessage": "no", "variables": {"e": 1}}),
    "unassignUserTask": lambda w: ({"userTaskKey": w.task()}, None),
    "updateJob": lambda w: ({"jobKey": w.job()}, {"changeset": {"retries": 5}}),
    "updateUserTask": lambda w: (
        {"userTaskKey": w.task()},
        {"changeset": {"priority": 80, "candidateGroups": ["g"], "dueDate": "2027-01-01T00:00:00Z"}},
    ),
}


def _waiting(w: World) -> str:
    w.z.create(x=5, k="waits")
    return "waits"


def _finished(w: World) -> int:
    instance = w.fresh()
    w.z.cancel(instance)
    return instance


def _another_process(w: World) -> str:
    return str(w.z.deploy(one_task("Gone", "gone")).deployments[0].process.processDefinitionKey)


def _definition(w: World, name: str) -> str:
    return str(w.z.search("process-definitions", processDefinitionId=w.z.name(name))[0]["processDefinitionKey"])


def _child(w: World) -> str:
    return str(w.z.search("process-instances", parentProcessInstanceKey=w.keys["instance"])[0]["processInstanceKey"])


def _file(w: World) -> str:
    files = [("resources", ("notes.rpa", b'{"id":"notes"}'))]
    answer = w.z.http.post("/v2/deployments", files=files).json()
    return str(answer["deployments"][0]["resource"]["resourceKey"])


def _suspended(w: World) -> str:
    key = w.batch()
    w.z.rest("POST", f"/batch-operations/{key}/suspension")
    return key


def assert_follows(operation: str, answer: httpx.Response) -> None:
    """Expects a successful answer that follows its schema."""
    declared = operations()[operation]["answers"]
    assert str(answer.status_code) in declared, (operation, answer.status_code, answer.text)
    content = declared[str(answer.status_code)]
    if not content:
        assert answer.content == b""
        return
    ((media_type, schema),) = content.items()
    assert answer.headers["content-type"].split(";")[0] == media_type
    if media_type == "application/json":
        assert problems_of(schema, answer.json()) == []
    else:
        assert answer.text.startswith("<?xml")


@pytest.mark.parametrize("operation", [name for name in operations() if name != "createDeployment"])
def test_an_answer_follows_its_schema(world: World, operation: str) -> None:
    """Status, media type, every property declared, every required one there, of the right type."""
    given, body = REQUESTS.get(operation, lambda _: ({}, None))(world)
    declared = operations()[operation]
    path = declared["path"]
    for name, value in given.items():
        path = path.replace("{" + name + "}", value)

    assert_follows(operation, world.z.rest(declared["method"], path, body))


@pytest.fixture(autouse=True)
def _running_clock(world: World) -> Iterator[None]:
    """Later tests shall find the clock running."""
    yield
    world.z.http.delete("/actuator/clock")


def test_a_deployment_tells_what_it_made(world: World) -> None:
    """One entry a thing, of exactly one kind each."""
    z = world.z
    files = [
        ("resources", ("p.bpmn", one_task("Deployed", "d").render(z.suffix))),
        ("resources", ("d.dmn", drg(z.suffix + "x", table("D", "x", [("&gt; 1", "7")])))),
        ("resources", ("f.form", json.dumps({**FORM, "id": z.name("other")}).encode())),
        ("resources", ("readme.rpa", b'{"id":"readme"}')),
    ]

    answer = z.http.post("/v2/deployments", files=files)

    assert_follows("createDeployment", answer)
    kinds = [[kind for kind, value in entry.items() if value] for entry in answer.json()["deployments"]]
    assert sorted(kinds) == [
        ["decisionDefinition"],
        ["decisionRequirements"],
        ["form"],
        ["processDefinition"],
        ["resource"],
    ]


SEARCHES = [name for name in operations() if name.startswith("search")]


@pytest.mark.parametrize("operation", SEARCHES)
def test_a_search_sorts_by_every_field_it_names(world: World, operation: str) -> None:
    """Ascending and descending, with a cursor that leads on."""
    from rest_structure import body_schema, flatten

    schema = flatten(body_schema(operation) or {})
    fields = flatten(flatten(schema["properties"]["sort"])["items"])["properties"]["field"]["enum"]
    given, _ = REQUESTS.get(operation, lambda _: ({}, None))(world)
    world.at_rest()
    path = operations()[operation]["path"]
    for name, value in given.items():
        path = path.replace("{" + name + "}", value)

    for field in fields:
        for order in ("ASC", "DESC"):
            body: dict[str, Any] = {"sort": [{"field": field, "order": order}]}
            everything = world.z.rest("POST", path, body).json()["items"]
            paged = world.z.rest("POST", path, {**body, "page": {"limit": 1}})
            assert_follows(operation, paged)
            cursor = paged.json()["page"]["endCursor"]
            if cursor and len(everything) > 1 and "Effective" not in operation:
                following = world.z.rest("POST", path, {**body, "page": {"limit": 1, "after": cursor}}).json()["items"]
                assert following == everything[1:2]


def test_the_license_and_the_configuration_need_nothing(world: World) -> None:
    """A GET without parameters answers by itself."""
    for operation in ("getLicense", "getSystemConfiguration", "getTopology", "getAuthentication", "getStatus"):
        assert_follows(operation, world.z.rest("GET", operations()[operation]["path"]))
