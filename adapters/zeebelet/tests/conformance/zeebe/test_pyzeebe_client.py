"""An unmodified pyzeebe client and worker."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from bpmn_models import one_task
from pyzeebe import ZeebeClient, ZeebeWorker, create_insecure_channel
from pyzeebe.errors import MessageAlreadyExistsError, ProcessDefinitionNotFoundError
from zeebe_client import Cluster, Zeebe


async def test_a_client_and_a_worker_deploy_start_and_complete_a_process(
    cluster: Cluster, z: Zeebe, tmp_path: Path
) -> None:
    """Deployed from a file, started with variables, its task done by a worker, its result awaited."""
    file = tmp_path / "p.bpmn"
    file.write_bytes(one_task().render(z.suffix))
    channel = create_insecure_channel(cluster.grpc_address)
    client, worker = ZeebeClient(channel), ZeebeWorker(channel)

    @worker.task(task_type=z.name("a"))
    def double(x: int) -> dict[str, Any]:
        return {"y": 2 * x}

    deployed = await client.deploy_resource(file)
    assert deployed.deployments[0].bpmn_process_id == z.name("P")
    working = asyncio.create_task(worker.work())
    result = await client.run_process_with_result(z.name("P"), {"x": 21}, timeout=30_000)
    await worker.stop()
    working.cancel()

    assert result.variables["y"] == 42
    z.assert_ends(result.process_instance_key)
    await channel.close()


async def test_a_worker_can_take_its_jobs_from_a_stream(cluster: Cluster, z: Zeebe) -> None:
    """Streaming on: ten instances, each done once."""
    z.deploy(one_task())
    channel = create_insecure_channel(cluster.grpc_address)
    worker = ZeebeWorker(channel, stream_enabled=True)
    done: list[int] = []

    @worker.task(task_type=z.name("a"))
    async def note(x: int) -> dict[str, Any]:
        done.append(x)
        return {}

    working = asyncio.create_task(worker.work())
    instances = [await asyncio.to_thread(z.create, x=x) for x in range(10)]
    async with asyncio.timeout(30):
        while len(done) < 10:
            await asyncio.sleep(0.02)
    await worker.stop()
    working.cancel()

    assert sorted(done) == list(range(10))
    for instance in instances:
        await asyncio.to_thread(z.assert_ends, instance)
    await channel.close()


async def test_errors_reach_the_client_as_its_own(cluster: Cluster, z: Zeebe) -> None:
    """An unknown process and a message id used twice have pyzeebe's exceptions."""
    channel = create_insecure_channel(cluster.grpc_address)
    client = ZeebeClient(channel)

    with pytest.raises(ProcessDefinitionNotFoundError):
        await client.run_process(z.name("nothing"))
    await client.publish_message(z.name("m"), "1", message_id="once", time_to_live_in_milliseconds=60_000)
    with pytest.raises(MessageAlreadyExistsError):
        await client.publish_message(z.name("m"), "1", message_id="once", time_to_live_in_milliseconds=60_000)
    await channel.close()
