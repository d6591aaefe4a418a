"""The gRPC server: the gateway service and the standard health service, on the loop that owns the engine."""

from __future__ import annotations

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_health.v1._async import HealthServicer

from zeebelet.gateway.rpc.protocol import SERVICE
from zeebelet.gateway.rpc.service import Service

_OPTIONS = (("grpc.so_reuseport", 0), ("grpc.max_receive_message_length", 4 * 1024 * 1024))


async def start(service: Service, host: str, port: int) -> tuple[grpc.aio.Server, int]:
    """Returns the running server and the port it listens on (`port` 0 takes a free one)."""
    server = grpc.aio.server(options=_OPTIONS)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, service.handlers()),))
    checks = HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    for name in ("", SERVICE):
        await checks.set(name, health_pb2.HealthCheckResponse.SERVING)
    bound = server.add_insecure_port(f"{host}:{port}")
    await server.start()
    return server, bound
