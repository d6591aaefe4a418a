"""What can go wrong, by who has to act on it.

EngineError
 +-- Rejection     the client asked for something that cannot be done: answered, nothing changes
 +-- Failure       the model or its data is wrong: becomes an incident, waits for an operator
 +-- CorruptLog    the stored log cannot be trusted: the engine refuses to start
 +-- Misconfigured the server cannot be started as it was asked: a port is taken, a door would stand open
"""

from __future__ import annotations


class EngineError(Exception):
    """Something went wrong in the engine."""


class Rejection(EngineError):
    """The command cannot be executed."""

    def __init__(self, rejection_type: str, reason: str) -> None:
        super().__init__(reason)
        self.type = rejection_type
        self.reason = reason


def not_found(reason: str) -> Rejection:
    """The thing the command names does not exist (any more)."""
    return Rejection("NOT_FOUND", reason)


def invalid_argument(reason: str) -> Rejection:
    """The command is malformed."""
    return Rejection("INVALID_ARGUMENT", reason)


def invalid_state(reason: str) -> Rejection:
    """The thing exists, but its state forbids the command."""
    return Rejection("INVALID_STATE", reason)


class Failure(EngineError):
    """An element cannot go on until its data or the deployed resources change."""

    def __init__(
        self, error_type: str, message: str, *, variable_scope_key: int = -1, element_id: str = "", job_key: int = -1
    ) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.message = message
        self.variable_scope_key = variable_scope_key
        self.element_id = element_id
        self.job_key = job_key


class CorruptLog(EngineError):
    """A record in the middle of the log does not match its checksum."""


class Misconfigured(EngineError):
    """The server cannot run as it was asked to; the message says what to change."""
