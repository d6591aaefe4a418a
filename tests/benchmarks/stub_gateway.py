"""A gateway for measuring workers: gRPC and REST on one set of jobs, nothing but job states. Run in a process of its own.

    python tests/benchmarks/stub_gateway.py --grpc-port 26600 --http-port 8180 --types 1 --backlog 1000000

Throughput is measured on a backlog that never ends, latency on jobs that arrive at `--rate` per second. It counts *accepted*
completions. On SIGTERM it prints one JSON object.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import signal
import time
from collections import deque
from typing import Any

import grpc
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto import gateway_pb2_grpc as rpc

ACTIVATE, STREAM = "activate", "stream"
SAMPLE = 10
ORDER = "6f0c1b7e-3d58-4a1c-9d36-1b7f7d5f2a11"


def now_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Jobs:
    """Jobs by type: a number that waits, those that arrive, who waits for them."""

    def __init__(self, types: int, backlog: int) -> None:
        self.waiting = {f"t{number}": backlog for number in range(types)}
        self.arrived: dict[str, deque[int]] = {name: deque() for name in self.waiting}
        self.pollers: dict[str, deque[asyncio.Future[None]]] = {name: deque() for name in self.waiting}
        self.streams: dict[str, list[asyncio.Queue[int]]] = {name: [] for name in self.waiting}
        self.activated: dict[int, str] = {}
        # Keys of one run must not come again in the next one: the effect ledger would replay instead of work.
        self.key = 2**51 + int(time.time()) * 1_000_000
        self.accepted = self.failed = self.refused = self.polls = 0
        self.handled_to_accepted: list[float] = []
        self.window = (0.0, 0, 0.0)

    def arrive(self, task_type: str) -> None:
        created = now_ns()
        if self.streams[task_type]:
            self.streams[task_type][0].put_nowait(created)
            return
        self.arrived[task_type].append(created)
        while self.pollers[task_type]:
            future = self.pollers[task_type].popleft()
            if not future.done():
                future.set_result(None)
                return

    def take(self, task_type: str, limit: int) -> list[tuple[int, int]]:
        """(key, created) of up to `limit` jobs."""
        found = [self.arrived[task_type].popleft() for _ in range(min(limit, len(self.arrived[task_type])))]
        more = min(limit - len(found), self.waiting[task_type])
        self.waiting[task_type] -= more
        created = now_ns()
        return [(self.hand_out(task_type), when) for when in found + [created] * more]

    def hand_out(self, task_type: str) -> int:
        self.key += 1
        self.activated[self.key] = task_type
        return self.key

    async def find(self, task_type: str, limit: int, wait: float) -> list[tuple[int, int]]:
        self.polls += 1
        found = self.take(task_type, limit)
        if found or wait <= 0:
            return found
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.pollers[task_type].append(future)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(future, wait)
        return self.take(task_type, limit)

    def complete(self, key: int, variables: str) -> bool:
        if self.activated.pop(key, None) is None:
            self.refused += 1
            return False
        self.accepted += 1
        if self.accepted % SAMPLE == 0 and "handledNs" in variables:
            told = json.loads(variables)
            self.handled_to_accepted.append((now_ns() - told.get("variables", told)["handledNs"]) / 1e6)
        return True


def grpc_job(task_type: str, key: int, created: int, timeout: int) -> Any:
    return pb.ActivatedJob(
        key=key, type=task_type, processInstanceKey=key + 1, bpmnProcessId="Bench", processDefinitionVersion=1,
        processDefinitionKey=1, elementId="Task_Bench", elementInstanceKey=key + 2, customHeaders="{}", worker="w", retries=3,
        deadline=int(time.time() * 1000) + timeout, tenantId="<default>",
        variables=f'{{"createdNs":{created},"serviceOrderId":"{ORDER}","countryCode":"ES","attempt":1}}',
    )  # fmt: skip


class Gateway(rpc.GatewayServicer):
    """The calls of a worker."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs

    async def ActivateJobs(self, request: Any, context: Any) -> Any:
        wait = request.requestTimeout / 1000 if request.requestTimeout else 10.0
        found = await self.jobs.find(request.type, request.maxJobsToActivate, wait)
        if found:
            yield pb.ActivateJobsResponse(jobs=[grpc_job(request.type, key, at, request.timeout) for key, at in found])

    async def StreamActivatedJobs(self, request: Any, context: Any) -> Any:
        queue: asyncio.Queue[int] = asyncio.Queue()
        self.jobs.streams[request.type].append(queue)
        try:
            while True:
                created = await queue.get()
                yield grpc_job(request.type, self.jobs.hand_out(request.type), created, request.timeout)
        finally:
            self.jobs.streams[request.type].remove(queue)

    async def CompleteJob(self, request: Any, context: Any) -> Any:
        if not self.jobs.complete(request.jobKey, request.variables):
            await context.abort(grpc.StatusCode.NOT_FOUND, "no such job was found")
        return pb.CompleteJobResponse()

    async def FailJob(self, request: Any, context: Any) -> Any:
        self.jobs.failed += 1
        task_type = self.jobs.activated.pop(request.jobKey, None)
        if task_type is not None:
            self.jobs.waiting[task_type] += 1
        return pb.FailJobResponse()

    async def UpdateJobTimeout(self, request: Any, context: Any) -> Any:
        return pb.UpdateJobTimeoutResponse()


class Rest(asyncio.Protocol):
    """Just enough HTTP/1.1 for the official SDK: activation, completion, failure, topology."""

    def __init__(self, jobs: Jobs) -> None:
        self.jobs = jobs
        self.buffer = b""
        self.transport: Any = None
        self.tasks: set[Any] = set()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while (end := self.buffer.find(b"\r\n\r\n")) >= 0:
            head = self.buffer[:end].decode("latin1")
            sizes = [line for line in head.lower().split("\r\n") if line.startswith("content-length:")]
            length = int(sizes[0].split(":")[1]) if sizes else 0
            if len(self.buffer) < end + 4 + length:
                return
            body = self.buffer[end + 4 : end + 4 + length]
            self.buffer = self.buffer[end + 4 + length :]
            self.answer(head.split(" ", 2)[1], body)

    def answer(self, path: str, body: bytes) -> None:
        if path.endswith("/jobs/activation"):
            task = asyncio.ensure_future(self.activate(json.loads(body)))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        elif path.endswith("/completion"):
            accepted = self.jobs.complete(int(path.split("/")[-2]), body.decode())
            self.send(204 if accepted else 404, b"")
        else:
            self.jobs.failed += path.endswith("/failure")
            self.send(204, b"")

    async def activate(self, query: dict[str, Any]) -> None:
        found = await self.jobs.find(
            query["type"], query["maxJobsToActivate"], (query.get("requestTimeout") or 10_000) / 1000
        )
        self.send(200, json.dumps({"jobs": [rest_job(query["type"], key, at) for key, at in found]}).encode())

    def send(self, status: int, body: bytes) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self.transport.write(head.encode() + body)


def rest_job(task_type: str, key: int, created: int) -> dict[str, Any]:
    return {
        "type": task_type, "processDefinitionId": "Bench", "processDefinitionVersion": 1, "elementId": "Task_Bench",
        "customHeaders": {}, "worker": "w", "retries": 3, "deadline": int(time.time() * 1000) + 30_000,
        "variables": {"createdNs": created, "serviceOrderId": ORDER, "countryCode": "ES", "attempt": 1},
        "tenantId": "<default>", "physicalTenantId": "<default>", "jobKey": str(key), "processInstanceKey": str(key + 1),
        "processDefinitionKey": "1", "elementInstanceKey": str(key + 2), "kind": "BPMN_ELEMENT",
        "listenerEventType": "UNSPECIFIED", "userTask": None, "tags": [], "rootProcessInstanceKey": None, "businessId": None,
        "priority": 0,
    }  # fmt: skip


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def feed(jobs: Jobs, rate: float) -> None:
    names = list(jobs.waiting)
    begun, number = time.monotonic(), 0
    while True:
        while number < (time.monotonic() - begun) * rate:
            jobs.arrive(names[number % len(names)])
            number += 1
        await asyncio.sleep(0.002)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--grpc-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--types", type=int, default=1)
    parser.add_argument("--backlog", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.0)
    options = parser.parse_args()
    jobs = Jobs(options.types, options.backlog)
    server = grpc.aio.server(options=(("grpc.http2.min_ping_interval_without_data_ms", 1_000),))
    rpc.add_GatewayServicer_to_server(Gateway(jobs), server)
    server.add_insecure_port(f"127.0.0.1:{options.grpc_port}")
    await server.start()
    loop = asyncio.get_running_loop()
    await loop.create_server(lambda: Rest(jobs), "127.0.0.1", options.http_port)
    stop = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    marks: list[tuple[float, int, float]] = []
    loop.add_signal_handler(signal.SIGUSR1, lambda: marks.append((time.monotonic(), jobs.accepted, cpu())))
    feeding = asyncio.create_task(feed(jobs, options.rate)) if options.rate else None
    print("ready", flush=True)
    await stop.wait()
    if feeding is not None:
        feeding.cancel()
    (begun, before, cpu_before), (ended, after, cpu_after) = marks[0], marks[-1]
    report = {
        "seconds": ended - begun,
        "accepted": after - before,
        "cpu": cpu_after - cpu_before,
        "polls": jobs.polls,
        "failed": jobs.failed,
        "refused": jobs.refused,
        "handled_to_accepted_ms": jobs.handled_to_accepted,
    }
    print(json.dumps(report), flush=True)
    await server.stop(0)


if __name__ == "__main__":
    with contextlib.suppress(ImportError):
        import uvloop

        uvloop.install()
    asyncio.run(main())
