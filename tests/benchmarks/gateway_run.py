"""The embedded engine as a process, through gRPC: how soon it works after its start, and its rate with one worker process.

python tests/benchmarks/gateway_run.py [INSTANCES]
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]
ENGINE = [sys.executable, "-m", "workers", "engine", "--grpc-port", "0", "--http-port", "0", "--json"]
MODEL = (
    b'<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    b'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" targetNamespace="b"><bpmn:process id="one" isExecutable="true">'
    b'<bpmn:startEvent id="s"/><bpmn:serviceTask id="t"><bpmn:extensionElements><zeebe:taskDefinition type="work"/>'
    b'</bpmn:extensionElements></bpmn:serviceTask><bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f" sourceRef="s" '
    b'targetRef="t"/><bpmn:sequenceFlow id="g" sourceRef="t" targetRef="e"/></bpmn:process></bpmn:definitions>'
)
CALLS_AT_A_TIME = 64


@contextmanager
def engine(cache: str) -> Iterator[str]:
    """A running `fsm engine` that keeps its bytecode in the directory `cache`; yields its gRPC address."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = cache
    with subprocess.Popen(ENGINE, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY, env=environment) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["grpc"]
        finally:
            process.terminate()


def client(address: str) -> tuple[Any, Any]:
    """A stub of the gateway and the module of its messages."""
    import grpc
    from pyzeebe.proto import gateway_pb2 as pb
    from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

    return GatewayStub(grpc.aio.insecure_channel(address)), pb


async def deploy(stub: Any, pb: Any) -> None:
    """The one-task model."""
    await stub.DeployResource(pb.DeployResourceRequest(resources=[pb.Resource(name="one.bpmn", content=MODEL)]))


async def work(address: str, count: int) -> None:
    """The worker process: activates and completes `count` jobs, `CALLS_AT_A_TIME` completions under way."""
    stub, pb = client(address)
    gate, open_calls = asyncio.Semaphore(CALLS_AT_A_TIME), set()

    async def complete(key: int) -> None:
        await stub.CompleteJob(pb.CompleteJobRequest(jobKey=key, variables='{"y":2}'))
        gate.release()

    while count:
        wanted = pb.ActivateJobsRequest(
            type="work", worker="w", timeout=60_000, maxJobsToActivate=min(count, 128), requestTimeout=10_000
        )
        async for answer in stub.ActivateJobs(wanted):
            for job in answer.jobs:
                count -= 1
                await gate.acquire()
                call = asyncio.create_task(complete(job.key))
                open_calls.add(call)
                call.add_done_callback(open_calls.discard)
    await asyncio.gather(*open_calls)


async def start(stub: Any, pb: Any, count: int) -> None:
    """Create `count` instances, `CALLS_AT_A_TIME` calls under way."""
    left = iter(range(count))

    async def caller() -> None:
        for _ in left:
            await stub.CreateProcessInstance(
                pb.CreateProcessInstanceRequest(bpmnProcessId="one", version=-1, variables='{"x":1}')
            )

    await asyncio.gather(*(caller() for _ in range(CALLS_AT_A_TIME)))


async def rate(address: str, count: int) -> float:
    """Instances a second from the first creation to the last completion the worker process heard of."""
    stub, pb = client(address)
    await deploy(stub, pb)
    worker = await asyncio.create_subprocess_exec(sys.executable, __file__, "--work", address, str(count))
    await asyncio.sleep(1)  # the worker's imports are not what is measured
    begin = time.perf_counter()
    await start(stub, pb, count)
    if await worker.wait():
        sys.exit("Expected the worker process to complete every job, but it failed: see its error above")
    return count / (time.perf_counter() - begin)


async def first_instance(address: str) -> None:
    """Deploy, start, work and close one instance."""
    stub, pb = client(address)
    await deploy(stub, pb)
    await asyncio.gather(start(stub, pb, 1), work(address, 1))


def started(cache: str) -> float:
    """Seconds from the start of the process to the first closed instance."""
    begin = time.perf_counter()
    with engine(cache) as address:
        asyncio.run(first_instance(address))
        return time.perf_counter() - begin


def figures(count: int = 3_000, starts: int = 5) -> dict[str, float]:
    """All figures: instances a second through gRPC, and seconds from process start to the first closed instance."""
    import grpc  # noqa: F401  # the client's imports are no part of the engine's start
    from pyzeebe.proto import gateway_pb2_grpc  # noqa: F401

    with tempfile.TemporaryDirectory() as cache:
        compiling, others = started(cache), sorted(started(cache) for _ in range(starts))
        with engine(cache) as address:
            through = asyncio.run(rate(address, count))
    return {
        "grpc_instances_per_s": round(through),
        "first_closed_instance_s_median": round(others[len(others) // 2], 2),
        "first_closed_instance_s_worst": round(others[-1], 2),
        "first_closed_instance_s_compiling": round(compiling, 2),
    }


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        asyncio.run(work(sys.argv[2], int(sys.argv[3])))
    else:
        for name, value in figures(*map(int, sys.argv[1:2])).items():
            print(f"{name:<32}{value:>12,}")
