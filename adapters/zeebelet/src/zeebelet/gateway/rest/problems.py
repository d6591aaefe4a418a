"""Problem details (RFC 9457) for everything that goes wrong."""

from __future__ import annotations

from zeebelet.gateway.errors import GatewayError
from zeebelet.records import JsonObject

STATUSES = {
    "INVALID_ARGUMENT": 400,
    "UNAUTHENTICATED": 401,
    "UNAUTHORIZED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "METHOD_NOT_ALLOWED": 405,
    "ALREADY_EXISTS": 409,
    "PAYLOAD_TOO_LARGE": 413,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "INVALID_STATE": 409,
    "INTERNAL": 500,
    "PROCESSING_ERROR": 500,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}


class MethodNotAllowedError(GatewayError):
    """The path exists, but not with this method."""

    name = "METHOD_NOT_ALLOWED"


class TooLargeError(GatewayError):
    """The request has more bytes than one may have."""

    name = "PAYLOAD_TOO_LARGE"


def problem(error: GatewayError, path: str) -> tuple[int, JsonObject]:
    """Returns the status and the problem detail of an error."""
    status = STATUSES.get(error.name, 500)
    detail = {
        "type": "about:blank",
        "title": error.title or error.name,
        "status": status,
        "detail": error.detail,
        "instance": path,
    }
    return status, detail
