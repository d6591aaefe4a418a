"""Camunda's refusals as port errors: one table for gRPC, one for REST."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import grpc

from workers.ports.errors import Conflict, Misconfigured, NotFound, PortError, Refused, Unavailable
from workers.ports.jobs import BackPressure, Unsupported

SYSTEM = "camunda"
_S = grpc.StatusCode
_GRPC: Mapping[grpc.StatusCode, type[PortError]] = {
    _S.RESOURCE_EXHAUSTED: BackPressure,
    _S.UNAVAILABLE: Unavailable,
    _S.DEADLINE_EXCEEDED: Unavailable,
    _S.ABORTED: Unavailable,
    _S.CANCELLED: Unavailable,
    _S.INTERNAL: Unavailable,
    _S.DATA_LOSS: Unavailable,
    _S.UNKNOWN: Unavailable,
    _S.NOT_FOUND: NotFound,
    _S.FAILED_PRECONDITION: Conflict,
    _S.ALREADY_EXISTS: Conflict,
    _S.INVALID_ARGUMENT: Refused,
    _S.OUT_OF_RANGE: Refused,
    _S.UNAUTHENTICATED: Misconfigured,
    _S.PERMISSION_DENIED: Misconfigured,
    _S.UNIMPLEMENTED: Unsupported,
}
# RESOURCE_EXHAUSTED and UNKNOWN also tell that a message is too large; sending it again would never help.
_TOO_LARGE = ("larger than max", "MESSAGE_SIZE", "BATCH_RECORD_SIZE", "message size")
_HTTP: Mapping[int, type[PortError]] = {
    HTTPStatus.UNAUTHORIZED: Misconfigured,
    HTTPStatus.FORBIDDEN: Misconfigured,
    HTTPStatus.NOT_FOUND: NotFound,
    HTTPStatus.CONFLICT: Conflict,
    HTTPStatus.TOO_MANY_REQUESTS: BackPressure,
    HTTPStatus.REQUEST_TIMEOUT: Unavailable,
}


def from_grpc(error: grpc.RpcError, *, reference: str = "") -> PortError:
    """The port error that says the same as a gRPC status."""
    code, details = error.code(), error.details() or ""
    kind = Refused if any(hint in details for hint in _TOO_LARGE) else _GRPC.get(code, Unavailable)
    return kind(f"{code.name}: {details}", system=SYSTEM, reference=reference)


def from_http(status: int, text: str, *, reference: str = "") -> PortError:
    """The port error that says the same as an HTTP status (5xx: try again; other 4xx: refused)."""
    default = Unavailable if status >= HTTPStatus.INTERNAL_SERVER_ERROR else Refused
    return _HTTP.get(status, default)(f"HTTP {status}: {text}", system=SYSTEM, reference=reference)
