"""What the protocol has gained since the stubs pyzeebe ships: fields and RPCs of 8.7 to 8.9."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from bpmn_models import ad_hoc, condition, end, one_task, process, service, start, user_task
from zeebe_client import Code, Zeebe, raises_refusal

from zeebelet.gateway.rpc.protocol import SERVICE, message, methods


class Newer:
    """The RPCs with the message classes of 8.9."""

    def __init__(self, z: Zeebe) -> None:
        for method in methods():
            make = z.cluster.channel.unary_stream if method.streams else z.cluster.channel.unary_unary
            call = make(
                f"/{SERVICE}/{method.name}",
                request_serializer=method.request.SerializeToString,
                response_deserializer=method.response.FromString,
            )
            setattr(self, method.name, self._with(call, method.request))

    @staticmethod
    def _with(call: Any, request: type[Any]) -> Any:
        return lambda **fields: call(request(**fields))

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)


@pytest.fixture
def newer(z: Zeebe) -> Newer:
    """A client of the newer protocol."""
    return Newer(z)


def test_the_topology_names_the_cluster(newer: Newer) -> None:
    """One healthy leader of partition 1."""
    answer = newer.Topology()

    assert answer.clusterId
    assert answer.gatewayVersion.startswith("8.")
    (partition,) = answer.brokers[0].partitions
    assert (partition.partitionId, partition.role, partition.health) == (1, 0, 0)


def test_the_old_way_to_deploy_still_works(z: Zeebe, newer: Newer) -> None:
    """DeployProcess takes BPMN and answers with its processes."""
    answer = newer.DeployProcess(processes=[{"name": "p.bpmn", "definition": one_task().render(z.suffix)}])

    assert [process.bpmnProcessId for process in answer.processes] == [z.name("P")]


def test_tags_and_a_business_id_stay_with_an_instance(z: Zeebe, newer: Newer) -> None:
    """They come back when it is created, with its jobs and in searches."""
    z.deploy(one_task())

    answer = newer.CreateProcessInstance(bpmnProcessId=z.name("P"), version=-1, tags=["a:1", "b"], businessId="order-7")

    assert (list(answer.tags), answer.businessId) == (["a:1", "b"], "order-7")
    found = z.eventually(lambda: z.get(f"/process-instances/{answer.processInstanceKey}"))
    assert (found["tags"], found["businessId"]) == (["a:1", "b"], "order-7")
    (jobs,) = newer.ActivateJobs(type=z.name("a"), timeout=1000, maxJobsToActivate=1, requestTimeout=5_000)
    assert list(jobs.jobs[0].tags) == ["a:1", "b"]


def test_an_instance_can_be_told_to_end_after_an_element(z: Zeebe, newer: Newer) -> None:
    """When A is done the instance is terminated; B never starts."""
    z.deploy(process("P", start(), service("A", "a"), service("B", "b"), end(), flows=["S A B E"]))
    answer = newer.CreateProcessInstance(
        bpmnProcessId=z.name("P"), version=-1, runtimeInstructions=[{"terminate": {"afterElementId": "A"}}]
    )

    z.complete("a")

    z.assert_ends(answer.processInstanceKey, "TERMINATED")
    assert z.jobs("b") == []


def test_conditions_are_evaluated_on_request(z: Zeebe, newer: Newer) -> None:
    """Every definition whose start condition holds is started; an unknown key is not found."""
    z.deploy(process("P", start(event=condition(f'=flag = "{z.suffix}"')), service("A", "a"), end(), flows=["S A E"]))

    none = newer.EvaluateConditional(variables='{"flag":"other"}')
    answer = newer.EvaluateConditional(variables=json.dumps({"flag": z.suffix}))

    assert list(none.processInstances) == []
    assert answer.conditionalEvaluationKey > 0
    (started,) = answer.processInstances
    assert z.job("a").processInstanceKey == started.processInstanceKey
    with raises_refusal(Code.NOT_FOUND):
        newer.EvaluateConditional(processDefinitionKey=started.processInstanceKey, variables="{}")


def test_tokens_can_be_moved_in_one_instruction(z: Zeebe, newer: Newer) -> None:
    """From A to B by their ids; and what is left is terminated by its id."""
    z.deploy(process("P", start(), service("A", "a"), service("B", "b"), end(), flows=["S A B E"]))
    instance = z.create()

    newer.ModifyProcessInstance(
        processInstanceKey=instance, moveInstructions=[{"sourceElementId": "A", "targetElementId": "B"}]
    )
    z.assert_eventually(lambda: (z.states(instance, "A"), z.states(instance, "B")), (["TERMINATED"], ["ACTIVE"]))
    newer.ModifyProcessInstance(processInstanceKey=instance, terminateInstructions=[{"elementId": "B"}])

    z.assert_ends(instance, "TERMINATED")


def test_a_deleted_resource_is_named(z: Zeebe, newer: Newer) -> None:
    """The answer has its key; deleting it again finds nothing."""
    key = z.deploy(one_task()).deployments[0].process.processDefinitionKey

    assert newer.DeleteResource(resourceKey=key).resourceKey == str(key)
    with raises_refusal(Code.NOT_FOUND):
        newer.DeleteResource(resourceKey=key)


def listening(event: str) -> str:
    """A user task with a listener and a due date."""
    return f"<zeebe:taskListeners><zeebe:taskListener eventType='{event}' {{type:listen}} retries='3'/></zeebe:taskListeners>"


def test_a_listener_sees_its_task_and_corrects_it(z: Zeebe, newer: Newer) -> None:
    """The job tells kind, event and task; its result changes what the caller asked for."""
    z.deploy(process("P", start(), user_task("U", listening("assigning")), end(), flows=["S U E"]))
    instance = z.create()
    key = z.eventually(lambda: z.user_task(instance))["userTaskKey"]
    with ThreadPoolExecutor(1) as pool:
        body = {"assignee": "ann"}
        assigning = pool.submit(z.rest, "POST", f"/user-tasks/{key}/assignment", body)
        (answer,) = newer.ActivateJobs(type=z.name("listen"), timeout=10_000, maxJobsToActivate=1, requestTimeout=5_000)
        job = answer.jobs[0]
        newer.CompleteJob(
            jobKey=job.key,
            result={"corrections": {"assignee": "bob", "candidateGroups": {"values": ["g"]}, "priority": 9}},
        )
        assert assigning.result().status_code == 204

    assert (job.kind, job.listenerEventType) == (2, 0)
    assert (job.userTask.assignee, job.userTask.action, job.userTask.userTaskKey) == ("ann", "assign", int(key))
    assert list(job.userTask.changedAttributes) == ["assignee"]
    task = z.eventually(lambda: z.user_task(instance))
    assert (task["assignee"], task["candidateGroups"], task["priority"]) == ("bob", ["g"], 9)


def test_an_ad_hoc_job_says_what_comes_next(z: Zeebe, newer: Newer) -> None:
    """Its result activates elements, and ends the sub-process when the condition is fulfilled."""
    inner = ad_hoc("AH", service("A", "a"), service("B", "b"), job="agent")
    z.deploy(process("P", start(), inner, end(), flows=["S AH E"]))
    instance = z.create()

    def decide(**result: Any) -> Any:
        (answer,) = newer.ActivateJobs(type=z.name("agent"), timeout=10_000, maxJobsToActivate=1, requestTimeout=5_000)
        newer.CompleteJob(jobKey=answer.jobs[0].key, result={"type": "adHocSubProcess", **result})
        return answer.jobs[0]

    job = decide(activateElements=[{"elementId": "B", "variables": '{"v":1}'}])
    assert job.kind == 3
    z.complete("b")
    decide(isCompletionConditionFulfilled=True)

    z.assert_ends(instance)


def test_messages_of_the_newer_protocol_are_known_here() -> None:
    """The stubs of this suite are those of 8.9."""
    assert message("ActivatedJob").DESCRIPTOR.fields_by_name["tags"].number == 18
