"""What REST operations do, beyond the form of their answers."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from bpmn_models import call, decision_task, end, gateway, one_task, process, service, start, sub, user_task
from dmn_models import drg, table
from zeebe_client import Zeebe


def batch(z: Zeebe, path: str, body: Any = None) -> str:
    """Starts a batch operation; returns its key."""
    answer = z.rest("POST", path, body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["batchOperationKey"])


def finished(z: Zeebe, key: str) -> dict[str, Any]:
    """A batch operation once it is over."""
    give_up = time.monotonic() + 20
    while time.monotonic() < give_up:
        operation = z.get(f"/batch-operations/{key}")
        if operation["state"] in ("COMPLETED", "CANCELED", "PARTIALLY_COMPLETED", "FAILED"):
            return dict(operation)
    raise AssertionError(operation)


def of_process(z: Zeebe, name: str = "P") -> dict[str, Any]:
    """A filter for the instances of a process."""
    return {"processDefinitionId": z.name(name)}


def test_a_batch_cancels_what_its_filter_finds(z: Zeebe) -> None:
    """Only the instances with the variable; each item has its own state."""
    z.deploy(one_task())
    chosen = [z.create(group="x") for _ in range(3)]
    other = z.create(group="y")
    wanted = {**of_process(z), "variables": [{"name": "group", "value": '"x"'}]}

    key = batch(z, "/process-instances/cancellation", {"filter": wanted})

    operation = finished(z, key)
    assert (operation["operationsTotalCount"], operation["operationsCompletedCount"]) == (3, 3)
    assert [z.state(instance) for instance in (*chosen, other)] == ["TERMINATED"] * 3 + ["ACTIVE"]
    items = z.search("batch-operation-items", batchOperationKey=key, state="COMPLETED")
    assert sorted(int(item["processInstanceKey"]) for item in items) == sorted(chosen)
    touched = z.search("process-instances", batchOperationKey=key)
    assert sorted(int(item["processInstanceKey"]) for item in touched) == sorted(chosen)


def test_a_batch_can_be_suspended_resumed_and_cancelled(z: Zeebe) -> None:
    """Suspended it does nothing; resumed it goes on; cancelled its open items are cancelled."""
    z.deploy(one_task())
    instance = z.create()
    key = batch(z, "/process-instances/cancellation", {"filter": of_process(z)})

    assert z.rest("POST", f"/batch-operations/{key}/suspension").status_code == 204
    assert z.get(f"/batch-operations/{key}")["state"] == "SUSPENDED"
    assert z.rest("POST", f"/batch-operations/{key}/suspension").status_code == 409
    assert z.rest("POST", f"/batch-operations/{key}/resumption").status_code == 204
    assert finished(z, key)["state"] == "COMPLETED"
    assert z.state(instance) == "TERMINATED"

    instance = z.create()
    key = batch(z, "/process-instances/cancellation", {"filter": of_process(z)})
    assert z.rest("POST", f"/batch-operations/{key}/cancellation").status_code == 204
    assert finished(z, key)["state"] == "CANCELED"
    assert z.state(instance) == "ACTIVE"
    assert z.rest("POST", f"/batch-operations/{key}/cancellation").status_code == 404


def test_batches_migrate_modify_and_resolve(z: Zeebe) -> None:
    """Each by one command an instance; what fails says why."""
    z.deploy(one_task())
    target = z.deploy(process("Q", start(), service("A2", "a"), service("B2", "b"), end(), flows=["S A2 B2 E"]))
    instance = z.create()
    plan = {
        "targetProcessDefinitionKey": str(target.deployments[0].process.processDefinitionKey),
        "mappingInstructions": [{"sourceElementId": "A", "targetElementId": "A2"}],
    }

    key = batch(z, "/process-instances/migration", {"filter": of_process(z), "migrationPlan": plan})
    assert finished(z, key)["operationsFailedCount"] == 0
    assert z.get(f"/process-instances/{instance}")["processDefinitionId"] == z.name("Q")

    moves = [{"sourceElementId": "A2", "targetElementId": "B2"}]
    key = batch(z, "/process-instances/modification", {"filter": of_process(z, "Q"), "moveInstructions": moves})
    finished(z, key)
    z.fail("b", message="stuck")
    z.eventually(lambda: z.incident(instance, "JOB_NO_RETRIES"))
    key = batch(z, f"/process-instances/{instance}/incident-resolution")
    assert finished(z, key)["batchOperationType"] == "RESOLVE_INCIDENT"
    assert z.incidents(instance) == []

    moves = [{"sourceElementId": "B2", "targetElementId": "nowhere"}]
    key = batch(z, "/process-instances/modification", {"filter": of_process(z, "Q"), "moveInstructions": moves})
    assert finished(z, key)["operationsFailedCount"] == 1
    (item,) = z.search("batch-operation-items", batchOperationKey=key)
    assert item["state"] == "FAILED"
    assert "nowhere" in item["errorMessage"]


def test_only_finished_instances_can_be_forgotten(z: Zeebe) -> None:
    """A running one is in the wrong state; a finished one is gone with all it had; twice is not found."""
    z.deploy(one_task())
    instance = z.create(x=1)
    assert z.rest("POST", f"/process-instances/{instance}/deletion").status_code == 409

    z.cancel(instance)
    assert z.rest("POST", f"/process-instances/{instance}/deletion").status_code == 204

    assert z.rest("GET", f"/process-instances/{instance}").status_code == 404
    assert z.elements(instance) == []
    assert z.variables(instance) == {}
    assert z.rest("POST", f"/process-instances/{instance}/deletion").status_code == 404


def test_statistics_count_the_instances_of_each_element(z: Zeebe) -> None:
    """Active, completed, cancelled, and stuck ones apart; by instance and by definition."""
    model = process(
        "P", start(), gateway("parallel", "F"), service("A", "a"), service("B", "b"), end(), flows=["S F A E", "F B E"]
    )
    definition = z.deploy(model).deployments[0].process.processDefinitionKey
    stuck, cancelled, running = (z.create() for _ in range(3))
    for job in z.jobs("a"):
        if job.processInstanceKey == stuck:
            z.fail(job)
        elif job.processInstanceKey == running:
            z.complete(job)
    z.cancel(cancelled)

    def counts(items: list[dict[str, Any]], element: str) -> tuple[int, ...]:
        (item,) = [item for item in items if item["elementId"] == element]
        return item["active"], item["completed"], item["canceled"], item["incidents"]

    everywhere = z.rest("POST", f"/process-definitions/{definition}/statistics/element-instances", {}).json()["items"]
    assert counts(everywhere, "A") == (0, 1, 1, 1)
    assert counts(everywhere, "B") == (2, 0, 1, 0)
    active = {"filter": {"state": "ACTIVE"}}
    living = z.rest("POST", f"/process-definitions/{definition}/statistics/element-instances", active).json()["items"]
    assert counts(living, "B") == (2, 0, 0, 0)
    here = z.get(f"/process-instances/{stuck}/statistics/element-instances")["items"]
    assert counts(here, "A") == (0, 0, 0, 1)


def test_a_call_shows_in_the_hierarchy_and_its_incidents_above(z: Zeebe) -> None:
    """Root first; the child's incident is found from the parent and from the call activity."""
    parent = process("P", start(), call("CA", "Child"), end(), flows=["S CA E"])
    root = z.run(parent, one_task("Child", "a"))
    (child,) = z.instances("Child")
    z.fail("a", message="below")

    hierarchy = z.get(f"/process-instances/{child['processInstanceKey']}/call-hierarchy")
    assert [entry["processInstanceKey"] for entry in hierarchy] == [str(root), child["processInstanceKey"]]
    assert child["rootProcessInstanceKey"] == str(root)
    assert z.get(f"/process-instances/{root}")["hasIncident"]
    for path in (f"/process-instances/{root}", f"/element-instances/{z.element(root, 'CA')}"):
        found = z.rest("POST", f"{path}/incidents/search", {}).json()["items"]
        assert [item["errorMessage"] for item in found] == ["below"]


def test_a_user_task_sees_the_nearest_variables(z: Zeebe) -> None:
    """All of its scopes; effectively one of each name, the nearest."""
    inner = sub(
        "SP", start("S2"), user_task("U", inputs=[("=3", "v")]), end("E2"), flows=["S2 U E2"], inputs=[("=2", "v")]
    )
    instance = z.run(process("P", start(), inner, end(), flows=["S SP E"]), v=1, w=1)
    key = z.user_task(instance)["userTaskKey"]

    everything = z.rest("POST", f"/user-tasks/{key}/variables/search", {}).json()["items"]
    effective = z.rest("POST", f"/user-tasks/{key}/effective-variables/search", {}).json()["items"]

    assert sorted((item["name"], item["value"]) for item in everything) == [
        ("v", "1"),
        ("v", "2"),
        ("v", "3"),
        ("w", "1"),
    ]
    assert sorted((item["name"], item["value"]) for item in effective) == [("v", "3"), ("w", "1")]


def test_long_values_are_cut_in_searches_only(z: Zeebe) -> None:
    """8191 characters, marked; whole on request and by key."""
    instance = z.run(one_task(), text="x" * 10_000)
    wanted = {"filter": {"processInstanceKey": str(instance)}}

    (cut,) = z.rest("POST", "/variables/search", wanted).json()["items"]
    (whole,) = z.rest("POST", "/variables/search?truncateValues=false", wanted).json()["items"]

    assert (len(cut["value"]), cut["isTruncated"]) == (8191, True)
    assert len(whole["value"]) == len(z.get(f"/variables/{cut['variableKey']}")["value"]) == 10_002
    assert z.rest("POST", "/variables/search?truncateValues=perhaps", wanted).status_code == 400


def form(z: Zeebe, text: str) -> tuple[str, bytes]:
    """A form with a text, under one id."""
    schema = {"id": z.name("form"), "type": "default", "components": [{"type": "text", "text": text}]}
    return ("a.form", json.dumps(schema).encode())


def test_forms_come_as_they_were_deployed(z: Zeebe) -> None:
    """That of a user task is the version it was created with; that of a start event the latest."""
    linked = f"<zeebe:formDefinition formId='{z.name('form')}'/>"
    begun = start()
    begun = type(begun)(**{**begun.__dict__, "extensions": (linked,)})
    model = process("P", begun, user_task("U", linked), end(), flows=["S U E"])
    definition = z.deploy(model, form(z, "one")).deployments[0].process.processDefinitionKey
    key = z.user_task(z.create())["userTaskKey"]
    z.deploy(form(z, "two"))

    of_task = z.get(f"/user-tasks/{key}/form")
    of_start = z.get(f"/process-definitions/{definition}/form")

    assert (json.loads(of_task["schema"])["components"][0]["text"], of_task["version"]) == ("one", 1)
    assert (json.loads(of_start["schema"])["components"][0]["text"], of_start["version"]) == ("two", 2)
    assert z.search("process-definitions", processDefinitionKey=str(definition))[0]["hasStartForm"]


def test_a_decision_leaves_its_instances(z: Zeebe) -> None:
    """One of each evaluated decision, with inputs and rules; by the process that asked, too."""
    z.deploy(
        ("d.dmn", drg(z.suffix, table("D", "x", [("&gt; 1", "7")]))),
        process("P", start(), decision_task("T", "D", "r"), end(), flows=["S T E"]),
    )
    instance = z.create(x=5)

    (found,) = z.search("decision-instances", processInstanceKey=str(instance))

    assert (found["state"], found["result"], found["decisionDefinitionId"]) == ("EVALUATED", "7", z.name("D"))
    whole = z.get(f"/decision-instances/{found['decisionEvaluationInstanceKey']}")
    assert whole["evaluatedInputs"][0]["inputValue"] == "5"
    assert [rule["ruleIndex"] for rule in whole["matchedRules"]] == [1]
    xml = z.rest("GET", f"/decision-definitions/{found['decisionDefinitionKey']}/xml")
    assert xml.text.startswith("<?xml")


@pytest.mark.parametrize(
    ("expression", "variables", "result", "warnings"),
    [
        ("=a + b", {"a": 1, "b": 2}, 3, 0),
        ("=missing", {}, None, 1),
        ("no expression", None, "no expression", 0),
        ('={"x": [1, "two", null]}', {}, {"x": [1, "two", None]}, 0),
    ],
)
def test_feel_on_request(z: Zeebe, expression: str, variables: Any, result: Any, warnings: int) -> None:
    """The result as JSON, and what the evaluation had to say."""
    answer = z.rest("POST", "/expression/evaluation", {"expression": expression, "variables": variables})

    assert answer.status_code == 200, answer.text
    assert answer.json()["result"] == result
    assert len(answer.json()["warnings"]) == warnings


def test_feel_that_does_not_parse_is_refused(z: Zeebe) -> None:
    """400, with the parser's words."""
    answer = z.rest("POST", "/expression/evaluation", {"expression": "=1 +"})

    assert answer.status_code == 400
    assert "=1 +" in answer.json()["detail"]


def test_sequence_flows_and_names(z: Zeebe) -> None:
    """The flows an instance has taken; elements carry the names of the model, or their ids."""
    instance = z.run(one_task())

    flows = z.get(f"/process-instances/{instance}/sequence-flows")["items"]

    assert [flow["elementId"] for flow in flows] == ["S_A"]
    assert {item["elementName"] for item in z.elements(instance)} == {"S", "A"}


def test_deployed_versions(z: Zeebe) -> None:
    """The latest is known; a deleted one says so, and the one before is the latest again."""
    first = z.deploy(one_task(type="a")).deployments[0].process.processDefinitionKey
    second = z.deploy(one_task(type="b")).deployments[0].process.processDefinitionKey

    def latest() -> list[str]:
        found = z.search("process-definitions", processDefinitionId=z.name("P"), isLatestVersion=True)
        return [item["processDefinitionKey"] for item in found]

    assert latest() == [str(second)]
    z.delete(second)
    assert latest() == [str(first)]
    assert z.get(f"/process-definitions/{second}")["state"] == "DELETED"


def test_an_answer_can_be_awaited(z: Zeebe) -> None:
    """The variables asked for come back; an instance that does not end in time is 504 and goes on."""
    z.deploy(process("P", start(), end(), flows=["S E"]), one_task("Waits", "w"))
    body = {"processDefinitionId": z.name("P"), "variables": {"a": 1, "b": 2}, "awaitCompletion": True}

    assert z.rest("POST", "/process-instances", body).json()["variables"] == {"a": 1, "b": 2}
    chosen = z.rest("POST", "/process-instances", {**body, "fetchVariables": ["b"]}).json()
    assert chosen["variables"] == {"b": 2}
    late = z.rest(
        "POST",
        "/process-instances",
        {"processDefinitionId": z.name("Waits"), "awaitCompletion": True, "requestTimeout": 200},
    )
    assert late.status_code == 504
    assert [item["state"] for item in z.instances("Waits")] == ["ACTIVE"]


def test_a_job_update_changes_retries_and_time_out_together(z: Zeebe) -> None:
    """One call, both values; the search shows them."""
    z.pin()
    z.run(one_task())
    job = z.job("a", timeout=1_000)

    body = {"changeset": {"retries": 7, "timeout": 50_000}}
    assert z.rest("PATCH", f"/jobs/{job.key}", body).status_code == 204

    (found,) = z.search("jobs", jobKey=str(job.key))
    assert found["retries"] == 7
    z.advance(20_000)
    assert z.jobs("a") == []
    z.advance(40_000)
    assert [again.retries for again in z.jobs("a")] == [7]


def test_a_message_can_be_correlated_and_leaves_a_trace(z: Zeebe) -> None:
    """The answer names the instance; the correlation is found by message and by instance."""
    from bpmn_models import catch, message

    instance = z.run(process("P", start(), catch("M", message("m", "=k")), end(), flows=["S M E"]), k="1")
    (waiting,) = z.search("message-subscriptions", processInstanceKey=str(instance))
    assert (waiting["messageSubscriptionState"], waiting["correlationKey"]) == ("CREATED", "1")

    body = {"name": z.name("m"), "correlationKey": "1", "variables": {"got": True}}
    answer = z.rest("POST", "/messages/correlation", body).json()

    assert answer["processInstanceKey"] == str(instance)
    z.assert_ends(instance)
    (trace,) = z.search("correlated-message-subscriptions", messageKey=answer["messageKey"])
    assert (trace["elementId"], trace["processInstanceKey"]) == ("M", str(instance))
