"""The vendor's Python client of the REST API, unchanged: its synchronous and its asynchronous half, and its job worker."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import camunda_orchestration_sdk as sdk
import pytest
from bpmn_models import catch, end, message, process, service, start, user_task
from zeebe_client import Cluster, Zeebe

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def journey() -> Any:
    """S -> A[a] -> MC(m, k) -> UT -> E."""
    return process(
        "P",
        start(),
        service("A", "a"),
        catch("M", message("m", "=k")),
        user_task("U"),
        end(),
        flows=["S A M U E"],
    )


@pytest.fixture
def model(z: Zeebe, tmp_path: Path) -> str:
    """The journey as a file."""
    file = tmp_path / "journey.bpmn"
    file.write_bytes(journey().render(z.suffix))
    return str(file)


@pytest.fixture
def configuration(cluster: Cluster) -> dict[str, str]:
    """Where the client finds the cluster."""
    return {"CAMUNDA_REST_ADDRESS": f"{cluster.rest_url}/v2", "CAMUNDA_AUTH_STRATEGY": "NONE"}


def test_the_synchronous_client_goes_the_whole_journey(z: Zeebe, model: str, configuration: Any) -> None:
    """Deploy, start, fail and retry a job, resolve the incident, publish, complete the user task, search."""
    with sdk.CamundaClient(configuration=configuration) as client:
        deployment = client.deploy_resources_from_files([model])
        key = deployment.processes[0].process_definition_key
        created = client.create_process_instance(
            data=sdk.ProcessCreationByKey.from_dict({"processDefinitionKey": key, "variables": {"k": z.suffix}})
        )
        activation = {"type": z.name("a"), "timeout": 10_000, "maxJobsToActivate": 1, "worker": "sdk"}
        (job,) = client.activate_jobs(data=sdk.JobActivationRequest.from_dict(activation)).jobs
        client.fail_job(job.job_key, data=sdk.JobFailRequest.from_dict({"errorMessage": "not yet"}))

        of_instance = {"filter": {"processInstanceKey": created.process_instance_key, "state": "ACTIVE"}}
        (incident,) = client.search_incidents(data=sdk.IncidentSearchQuery.from_dict(of_instance)).items
        assert incident.error_message == "not yet"
        client.update_job(job.job_key, data=sdk.JobUpdateRequest.from_dict({"changeset": {"retries": 1}}))
        client.resolve_incident(incident.incident_key)
        client.complete_job(job.job_key, data=sdk.JobCompletionRequest.from_dict({"variables": {"done": True}}))

        published = {"name": z.name("m"), "correlationKey": z.suffix, "timeToLive": 60_000}
        client.publish_message(data=sdk.MessagePublicationRequest.from_dict(published))
        wanted = {"filter": {"processInstanceKey": created.process_instance_key}}
        (task,) = client.search_user_tasks(data=sdk.UserTaskSearchQuery.from_dict(wanted)).items
        client.complete_user_task(task.user_task_key)

        found = client.search_process_instances(data=sdk.ProcessInstanceSearchQuery.from_dict(wanted)).items
        assert [item.state for item in found] == ["COMPLETED"]
        assert client.get_process_instance(created.process_instance_key).state == "COMPLETED"


async def test_the_asynchronous_client_and_its_worker_go_the_whole_journey(
    z: Zeebe, model: str, configuration: Any
) -> None:
    """The worker completes the job; the rest is done by hand."""
    async with sdk.CamundaAsyncClient(configuration=configuration) as client:
        await client.deploy_resources_from_files([model])

        def work(job: Any) -> dict[str, Any]:
            return {"done": job.variables.to_dict()["k"]}

        config = sdk.WorkerConfig(job_type=z.name("a"), job_timeout_milliseconds=10_000)
        client.create_job_worker(config=config, callback=work)
        working = asyncio.create_task(client.run_workers())
        published = {"name": z.name("m"), "correlationKey": z.suffix, "timeToLive": 60_000}
        await client.publish_message(data=sdk.MessagePublicationRequest.from_dict(published))
        created = await client.create_process_instance(
            data=sdk.ProcessCreationById.from_dict({"processDefinitionId": z.name("P"), "variables": {"k": z.suffix}})
        )
        wanted = {"filter": {"processInstanceKey": created.process_instance_key, "state": "CREATED"}}
        query = sdk.UserTaskSearchQuery.from_dict(wanted)
        async with asyncio.timeout(15):
            while not (tasks := (await client.search_user_tasks(data=query)).items):
                await asyncio.sleep(0.05)
        await client.complete_user_task(tasks[0].user_task_key)

        assert (await client.get_process_instance(created.process_instance_key)).state == "COMPLETED"
        working.cancel()
    assert z.variables(int(created.process_instance_key))["done"] == z.suffix
