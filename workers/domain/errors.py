"""Business errors: the model handles them. Each has a code that a BPMN error event catches.

The class *is* the definition: `code` is its BPMN error code, the docstring its default message, `variables` what the
catch event receives.
"""

from __future__ import annotations

from typing import Any, ClassVar


class DomainError(Exception):
    """A business rule was not met."""

    code: ClassVar[str] = "DOMAIN_ERROR"

    def __init__(self, message: str = "", **variables: Any) -> None:
        super().__init__(message or (self.__doc__ or "").strip().splitlines()[0])
        self.variables = variables


class TenantMismatch(DomainError):
    """The order belongs to another country or business unit than the job's variables say."""

    code = "TENANT_MISMATCH"


class InvalidTransition(DomainError):
    """The state machine has no such move."""

    code = "INVALID_TRANSITION"


class NotKnown(DomainError):
    """The order, visit, provider or document does not exist."""

    code = "NOT_FOUND"
