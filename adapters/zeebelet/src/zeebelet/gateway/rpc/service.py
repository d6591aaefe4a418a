"""The handlers of the gateway's RPCs, made from the tables of requests and answers."""

from __future__ import annotations

import logging
from typing import Any

import grpc

from zeebelet.gateway.errors import GatewayError
from zeebelet.gateway.identity import CLUSTER_ID, VERSION
from zeebelet.gateway.jobs import ActivatedJob
from zeebelet.gateway.rpc.answers import ANSWERS, activated_job
from zeebelet.gateway.rpc.protocol import Method, message, methods
from zeebelet.gateway.rpc.requests import COMMANDS, check_tenants, job_batch
from zeebelet.gateway.security import Verify, admit
from zeebelet.gateway.services import Services

log = logging.getLogger(__name__)
_REQUEST_TIMEOUT_S = 15.0

_CODES = {
    "INVALID_ARGUMENT": grpc.StatusCode.INVALID_ARGUMENT,
    "NOT_FOUND": grpc.StatusCode.NOT_FOUND,
    "ALREADY_EXISTS": grpc.StatusCode.ALREADY_EXISTS,
    "INVALID_STATE": grpc.StatusCode.FAILED_PRECONDITION,
    "PROCESSING_ERROR": grpc.StatusCode.INTERNAL,
    "INTERNAL": grpc.StatusCode.INTERNAL,
    "UNAVAILABLE": grpc.StatusCode.UNAVAILABLE,
    "DEADLINE_EXCEEDED": grpc.StatusCode.DEADLINE_EXCEEDED,
    "UNAUTHENTICATED": grpc.StatusCode.UNAUTHENTICATED,
    "UNAUTHORIZED": grpc.StatusCode.PERMISSION_DENIED,
    "FORBIDDEN": grpc.StatusCode.PERMISSION_DENIED,
}


class Service:
    """Zeebe's gateway service."""

    def __init__(
        self,
        services: Services,
        verify: Verify | None = None,
    ) -> None:
        self._services = services
        self._verify = verify
        self._job = message("ActivatedJob")
        self._job_list = message("ActivateJobsResponse")

    def handlers(self) -> dict[str, grpc.RpcMethodHandler[Any, Any]]:
        """Returns the handler of every RPC."""
        special = {
            "Topology": self._topology,
            "ActivateJobs": self._activate,
            "StreamActivatedJobs": self._stream,
        }
        return {method.name: self._handler(method, special.get(method.name)) for method in methods()}

    def _handler(self, method: Method, special: Any) -> grpc.RpcMethodHandler[Any, Any]:
        make = grpc.unary_stream_rpc_method_handler if method.streams else grpc.unary_unary_rpc_method_handler
        return make(
            self._guarded(method.name, special or self._command(method)),
            request_deserializer=method.request.FromString,
            response_serializer=method.response.SerializeToString,
        )

    def _guarded(self, name: str, behaviour: Any) -> Any:
        async def call(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> Any:
            try:
                if self._verify is not None:
                    metadata = {key: str(value) for key, value in context.invocation_metadata() or ()}
                    admit(self._verify, metadata.get("authorization", ""))
                check_tenants(getattr(request, "request", request), name)
                return await behaviour(request, context)
            except GatewayError as error:
                await context.abort(_CODES.get(error.name, grpc.StatusCode.UNKNOWN), error.detail)
            except grpc.aio.AbortError:
                raise
            except Exception as error:
                log.exception("%s failed", name)
                await context.abort(
                    grpc.StatusCode.INTERNAL,
                    "Unexpected error occurred between gateway and broker (code: INTERNAL_ERROR) "
                    f"(message: {type(error).__name__}: {error})",
                )

        return call

    def _command(self, method: Method) -> Any:
        to_command, to_answer, response = COMMANDS[method.name], ANSWERS[method.name], method.response

        async def behaviour(request: Any, context: Any) -> Any:
            timeout_ms = getattr(request, "requestTimeout", 0)
            timeout = timeout_ms / 1000 if timeout_ms > 0 else _REQUEST_TIMEOUT_S
            return response(**to_answer(await self._services.commands.ask(to_command(request), timeout=timeout)))

        return behaviour

    async def _topology(self, request: Any, context: Any) -> Any:
        identity = self._services.identity()
        broker = {
            "nodeId": 0,
            "host": identity.host,
            "port": identity.grpc_port,
            "version": VERSION,
            "partitions": [{"partitionId": 1, "role": "LEADER", "health": "HEALTHY"}],
        }
        return message("TopologyResponse")(
            brokers=[broker],
            clusterSize=1,
            partitionsCount=1,
            replicationFactor=1,
            gatewayVersion=VERSION,
            clusterId=CLUSTER_ID,
        )

    def _message(self, job: ActivatedJob) -> Any:
        return self._job(**activated_job(job, self._services.user_task_of(job)))

    async def _activate(self, request: Any, context: Any) -> None:
        jobs = await self._services.polls.poll(job_batch(request), request.requestTimeout)
        if not jobs:
            return
        try:
            await context.write(self._job_list(jobs=[self._message(job) for job in jobs]))
        except BaseException:
            self._services.activation.give_back(jobs)
            raise

    async def _stream(self, request: Any, context: Any) -> None:
        stream = self._services.streams.open(job_batch(request))
        try:
            async for job in stream:
                await context.write(self._message(job))
        finally:
            self._services.streams.close(stream)
