"""The job gateway on pyzeebe's stubs (grpc.aio). Every gRPC status leaves as a port error."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import grpc
from pyzeebe.proto import gateway_pb2 as pb
from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

from adapters.camunda.channel import asyncio_channel
from adapters.camunda.errors import from_grpc
from adapters.camunda.listeners import denial, headers_of
from adapters.camunda.settings import CamundaSettings
from workers.ports.jobs import ActivatedJob, JobRequest

# The gateway ends a long poll itself; the client's own deadline only catches a gateway that forgets to.
_POLL_GRACE_SECONDS = 5.0


class ZeebeJobs:
    """Two connections: one for polls and streams, one for commands, so that neither can fill the other's window."""

    def __init__(self, settings: CamundaSettings) -> None:
        self._channels = (asyncio_channel(settings), asyncio_channel(settings))
        # The published type stubs describe the blocking calls only; on an asyncio channel every call is awaitable.
        self._intake: Any = GatewayStub(self._channels[0])
        self._commands: Any = GatewayStub(self._channels[1])
        self._tenants = settings.tenant_ids

    async def activate(self, request: JobRequest, *, limit: int, wait: int) -> AsyncIterator[Sequence[ActivatedJob]]:
        """One poll; a batch per answer of the gateway (one per partition)."""
        message = pb.ActivateJobsRequest(**self._filter(request), maxJobsToActivate=limit, requestTimeout=wait)
        call = self._intake.ActivateJobs(message, timeout=max(wait, 0) / 1000 + _POLL_GRACE_SECONDS)
        try:
            async for answer in call:
                yield [_job(job) for job in answer.jobs]
        except grpc.RpcError as error:
            raise from_grpc(error, reference=request.type) from error
        finally:
            call.cancel()

    async def stream(self, request: JobRequest) -> AsyncIterator[ActivatedJob]:
        """Pushed jobs, until either side ends it."""
        call = self._intake.StreamActivatedJobs(pb.StreamActivatedJobsRequest(**self._filter(request)))
        try:
            async for job in call:
                yield _job(job)
        except grpc.RpcError as error:
            raise from_grpc(error, reference=request.type) from error
        finally:
            call.cancel()

    async def complete(self, key: int, *, variables: str, within: float) -> None:
        """CompleteJob."""
        await _send(self._commands.CompleteJob, pb.CompleteJobRequest(jobKey=key, variables=variables), within)

    async def deny(self, key: int, *, reason: str, within: float) -> None:
        """CompleteJob with a result that says no."""
        await _send(self._commands.CompleteJob, denial(key, reason), within)

    async def fail(self, key: int, *, retries: int, message: str, backoff: int, within: float) -> None:
        """FailJob."""
        request = pb.FailJobRequest(jobKey=key, retries=retries, errorMessage=message, retryBackOff=backoff)
        await _send(self._commands.FailJob, request, within)

    async def throw_error(self, key: int, *, code: str, message: str, variables: str, within: float) -> None:
        """ThrowError."""
        request = pb.ThrowErrorRequest(jobKey=key, errorCode=code, errorMessage=message, variables=variables)
        await _send(self._commands.ThrowError, request, within)

    async def update_timeout(self, key: int, *, timeout: int, within: float) -> None:
        """UpdateJobTimeout."""
        await _send(self._commands.UpdateJobTimeout, pb.UpdateJobTimeoutRequest(jobKey=key, timeout=timeout), within)

    async def close(self) -> None:
        """Closes both connections."""
        for channel in self._channels:
            await channel.close(None)

    def _filter(self, request: JobRequest) -> dict[str, Any]:
        return {
            "type": request.type,
            "worker": request.worker,
            "timeout": request.timeout,
            "fetchVariable": request.fetch_variables,
            "tenantIds": request.tenant_ids or self._tenants,
        }


async def _send(call: Any, request: Any, within: float) -> None:
    try:
        await call(request, timeout=within)
    except grpc.RpcError as error:
        raise from_grpc(error, reference=str(request.jobKey)) from error


def _job(job: Any) -> ActivatedJob:
    return ActivatedJob(
        job.key,
        job.type,
        job.processInstanceKey,
        job.bpmnProcessId,
        job.processDefinitionVersion,
        job.processDefinitionKey,
        job.elementId,
        job.elementInstanceKey,
        headers_of(job),
        job.worker,
        job.retries,
        job.deadline,
        job.variables,
        job.tenantId,
    )
