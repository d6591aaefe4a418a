"""The in-memory broker behind the real protocol, so that real worker processes can be killed in front of it."""

from __future__ import annotations

import asyncio
from typing import Any

import grpc
from broker import Broker
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto import gateway_pb2_grpc as rpc

from workers.ports.errors import Conflict, NotFound
from workers.ports.jobs import ActivatedJob, JobRequest

CODES = {NotFound: grpc.StatusCode.NOT_FOUND, Conflict: grpc.StatusCode.FAILED_PRECONDITION}


def message(job: ActivatedJob) -> Any:
    return pb.ActivatedJob(
        key=job.key, type=job.type, processInstanceKey=job.process_instance_key, bpmnProcessId=job.process_id,
        processDefinitionVersion=1, processDefinitionKey=1, elementId=job.element_id,
        elementInstanceKey=job.element_instance_key, customHeaders=job.headers, worker=job.worker, retries=job.retries,
        deadline=job.deadline, variables=job.variables, tenantId=job.tenant_id,
    )  # fmt: skip


def request(message: Any) -> JobRequest:
    return JobRequest(type=message.type, worker=message.worker, timeout=message.timeout)


class Servicer(rpc.GatewayServicer):
    """Jobs over gRPC. `refuse` may name a status for a call, `about` its task type or key."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.refuse: Any = lambda call, about: None

    async def _check(self, call: str, about: Any, context: Any) -> None:
        status = self.refuse(call, about)
        if status is not None:
            await context.abort(status, "refused by the test")

    async def ActivateJobs(self, query: Any, context: Any) -> Any:
        await self._check("activate", query.type, context)
        until = self.broker.now + (query.requestTimeout / 1000 if query.requestTimeout else 10)
        while not (found := self.broker.activatable(query.type, query.maxJobsToActivate)) and self.broker.now < until:
            arrival = self.broker.arrivals.setdefault(query.type, asyncio.Event())
            arrival.clear()
            try:
                async with asyncio.timeout(until - self.broker.now):
                    await arrival.wait()
            except TimeoutError:
                return
        if found:
            yield pb.ActivateJobsResponse(jobs=[message(self.broker.hand_out(job, request(query))) for job in found])

    async def StreamActivatedJobs(self, query: Any, context: Any) -> Any:
        await self._check("stream", query.type, context)
        entry = (request(query), asyncio.Queue())
        self.broker.streams.append(entry)
        try:
            while True:
                yield message(await entry[1].get())
        finally:
            self.broker.streams.remove(entry)

    async def _apply(self, call: str, query: Any, context: Any, apply: Any) -> None:
        await self._check(call, query.jobKey, context)
        try:
            apply()
        except (NotFound, Conflict) as error:
            await context.abort(CODES[type(error)], str(error))

    async def CompleteJob(self, query: Any, context: Any) -> Any:
        await self._apply("complete", query, context, lambda: self.broker.complete(query.jobKey))
        return pb.CompleteJobResponse()

    async def FailJob(self, query: Any, context: Any) -> Any:
        apply = lambda: self.broker.fail(query.jobKey, query.retries, query.errorMessage, query.retryBackOff / 1000)  # noqa: E731
        await self._apply("fail", query, context, apply)
        return pb.FailJobResponse()

    async def ThrowError(self, query: Any, context: Any) -> Any:
        await self._apply("throw", query, context, lambda: self.broker.throw(query.jobKey))
        return pb.ThrowErrorResponse()

    async def UpdateJobTimeout(self, query: Any, context: Any) -> Any:
        await self._apply("extend", query, context, lambda: self.broker.extend(query.jobKey, query.timeout / 1000))
        return pb.UpdateJobTimeoutResponse()


async def serve(broker: Broker) -> tuple[grpc.aio.Server, Servicer, int]:
    server = grpc.aio.server()
    servicer = Servicer(broker)
    rpc.add_GatewayServicer_to_server(servicer, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    return server, servicer, port
