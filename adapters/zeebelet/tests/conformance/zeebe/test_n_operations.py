"""Modification, migration, incidents, REST."""

from __future__ import annotations

import json

from bpmn_models import boundary, end, gateway, message, one_task, process, service, start, sub
from pyzeebe.proto import gateway_pb2 as pb
from zeebe_client import Zeebe

Modify = pb.ModifyProcessInstanceRequest


def modify(
    z: Zeebe,
    instance: int,
    *,
    activate: dict[str, list[tuple[str, str]]] | None = None,
    terminate: tuple[int, ...] = (),
) -> None:
    """Modifies an instance; `activate` maps element ids to (scope id, variables) pairs."""
    z.stub.ModifyProcessInstance(
        Modify(
            processInstanceKey=instance,
            activateInstructions=[
                Modify.ActivateInstruction(
                    elementId=element,
                    variableInstructions=[
                        Modify.VariableInstruction(scopeId=scope, variables=variables) for scope, variables in listed
                    ],
                )
                for element, listed in (activate or {}).items()
            ],
            terminateInstructions=[Modify.TerminateInstruction(elementInstanceKey=key) for key in terminate],
        )
    )


def test_N01_a_token_can_be_moved(z: Zeebe) -> None:
    """A is terminated, B active, the instance goes on."""
    instance = z.run(process("P", start(), service("A", "a"), service("B", "b"), end(), flows=["S A B E"]))
    here = z.eventually(lambda: z.element(instance, "A"))

    modify(z, instance, activate={"B": []}, terminate=(here,))

    z.job("b")
    assert (z.states(instance, "A"), z.state(instance)) == (["TERMINATED"], "ACTIVE")


def nested():
    """S -> A[a] -> SP(S2 -> B[b] -> E2) with a message boundary event -> E."""
    inner = sub("SP", start("S2"), service("B", "b"), end("E2"), flows=["S2 B E2"])
    return process(
        "P",
        start(),
        service("A", "a"),
        inner,
        boundary("M", "SP", message("m", "=k")),
        end(),
        end("EM"),
        flows=["S A SP E", "M EM"],
    )


def test_N03_scopes_that_are_missing_are_made(z: Zeebe) -> None:
    """The sub-process is activated without its start event, and its boundary event listens."""
    instance = z.run(nested(), k="1")

    modify(z, instance, activate={"B": []})

    z.assert_eventually(lambda: z.states(instance, "SP"), ["ACTIVE"])
    assert z.states(instance, "S2") == []
    z.publish("m", "1")
    z.assert_eventually(lambda: z.states(instance, "EM"), ["COMPLETED"])


def test_N05_a_modification_can_set_variables(z: Zeebe) -> None:
    """With a scope's id they are local to it, without one they are global."""
    instance = z.run(nested(), k="1")

    modify(z, instance, activate={"B": [("SP", '{"inner":1}'), ("", '{"outer":2}')]})

    scope = z.eventually(lambda: z.element(instance, "SP"))
    assert z.variables(instance, scope) == {"inner": 1}
    assert z.variables(instance) == {"k": "1", "outer": 2}


def test_N07_a_job_survives_a_migration(z: Zeebe) -> None:
    """The same key; completed, the flow continues in the target process."""
    instance = z.run(one_task("P"))
    target = (
        z.deploy(process("Q", start(), service("A2", "a"), service("B", "b"), end(), flows=["S A2 B E"]))
        .deployments[0]
        .process
    )
    job = z.job("a")
    plan = pb.MigrateProcessInstanceRequest.MigrationPlan(
        targetProcessDefinitionKey=target.processDefinitionKey,
        mappingInstructions=[
            pb.MigrateProcessInstanceRequest.MappingInstruction(sourceElementId="A", targetElementId="A2")
        ],
    )

    z.stub.MigrateProcessInstance(pb.MigrateProcessInstanceRequest(processInstanceKey=instance, migrationPlan=plan))
    z.complete(job)

    assert z.job("b").processInstanceKey == instance
    assert z.get(f"/process-instances/{instance}")["processDefinitionId"] == z.name("Q")


def test_N09_a_problem_that_stays_is_a_new_incident(z: Zeebe) -> None:
    """The old one is RESOLVED, the new one has another key."""
    instance = z.run(one_task(inputs=[("=assert(x, x != null)", "v")]))
    first = z.eventually(lambda: z.incident(instance, "IO_MAPPING_ERROR"))

    z.resolve(first)

    second = z.eventually(lambda: z.incident(instance, "IO_MAPPING_ERROR"))
    assert second["incidentKey"] != first["incidentKey"]
    assert [item["incidentKey"] for item in z.incidents(instance, "RESOLVED")] == [first["incidentKey"]]


def test_N11_incidents_are_resolved_one_by_one(z: Zeebe) -> None:
    """Two stuck tasks: resolving one leaves the other."""
    failing = [("=assert(x, x != null)", "v")]
    instance = z.run(
        process(
            "P",
            start(),
            gateway("parallel", "F"),
            service("A", "a", inputs=failing),
            service("B", "b", inputs=failing),
            end(),
            flows=["S F A E", "F B E"],
        )
    )
    first, second = z.eventually(lambda: z.incidents(instance))
    z.set_variables(instance, x=1)

    z.resolve(first)

    z.assert_eventually(lambda: [i["incidentKey"] for i in z.incidents(instance)], [second["incidentKey"]])


def test_N13_an_instance_is_started_by_id_or_by_key(z: Zeebe) -> None:
    """Both or none: 400."""
    key = str(z.deploy(one_task()).deployments[0].process.processDefinitionKey)

    for body in ({"processDefinitionId": z.name("P"), "processDefinitionKey": key}, {}):
        answer = z.rest("POST", "/process-instances", body)
        assert answer.status_code == 400
        assert "processDefinitionKey" in answer.json()["detail"]


def test_N15_states_are_found_in_any_case(z: Zeebe) -> None:
    """Enum inputs are case-insensitive, outputs are not."""
    instance = z.run(one_task())

    found = z.eventually(lambda: z.instances(state="active"))

    assert [(item["processInstanceKey"], item["state"]) for item in found] == [(str(instance), "ACTIVE")]


def test_N17_variables_are_json_texts(z: Zeebe) -> None:
    """In filters and in results: a text has its quotes."""
    instance = z.run(one_task(), a="foo", b=1)

    found = z.eventually(lambda: z.search("variables", processInstanceKey=str(instance), value='"foo"'))

    assert [(item["name"], item["value"]) for item in found] == [("a", '"foo"')]
    assert json.loads(found[0]["value"]) == "foo"


def test_N19_a_failure_without_retries_is_an_incident(z: Zeebe) -> None:
    """In REST too, nothing said means 0."""
    instance = z.run(one_task())
    job = z.job("a")

    assert z.rest("POST", f"/jobs/{job.key}/failure", {}).status_code == 204

    z.eventually(lambda: z.incident(instance, "JOB_NO_RETRIES"))


def test_N21_a_model_comes_back_as_it_was(z: Zeebe) -> None:
    """text/xml, byte for byte."""
    model = one_task()
    key = z.deploy(model).deployments[0].process.processDefinitionKey

    answer = z.eventually(lambda: z.rest("GET", f"/process-definitions/{key}/xml"))

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.content == model.render(z.suffix)
