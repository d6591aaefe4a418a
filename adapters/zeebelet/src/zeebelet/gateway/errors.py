"""Why the gateway refuses a request. Each error knows its name (Zeebe's own); the transports map names to their codes."""

from __future__ import annotations

from zeebelet.records import Record


class GatewayError(Exception):
    """A request that gets an error as its answer. `name` is the rejection or status name, as Zeebe spells it."""

    name = "INTERNAL"
    title = ""  # of the problem detail; the name where there is none

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class RejectedError(GatewayError):
    """The engine rejected the command."""

    def __init__(self, record: Record) -> None:
        super().__init__(
            f"Command '{record.intent}' rejected with code '{record.rejection_type}': {record.rejection_reason}"
        )
        self.name = record.rejection_type
        self.reason = record.rejection_reason


class InvalidRequestError(GatewayError):
    """The request is malformed: nothing was asked of the engine."""

    name = "INVALID_ARGUMENT"


class BadRequestError(InvalidRequestError):
    """The request cannot even be read: REST answers it under another title."""

    title = "Bad Request"


class UnsupportedMediaTypeError(GatewayError):
    """The body is not of the type that is taken."""

    name = "UNSUPPORTED_MEDIA_TYPE"
    title = "Unsupported Media Type"


class NotFoundError(GatewayError):
    """Nothing of that key is known."""

    name = "NOT_FOUND"


class WrongStateError(GatewayError):
    """The thing exists, but what is asked cannot be done to it now."""

    name = "INVALID_STATE"


class UnavailableError(GatewayError):
    """Nobody answers for this key: its partition does not exist."""

    name = "UNAVAILABLE"


class TimedOutError(GatewayError):
    """The engine did not answer in the time the client gives it."""

    name = "DEADLINE_EXCEEDED"


class UnauthenticatedError(GatewayError):
    """The request carries no valid bearer token."""

    name = "UNAUTHENTICATED"


class ForbiddenError(GatewayError):
    """What is asked is switched off in this engine."""

    name = "FORBIDDEN"
