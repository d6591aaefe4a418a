"""One evaluation: the warnings it has left so far, its clock, the functions it was given, and what it may still cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from .dialect import CAMUNDA, Dialect
from .errors import FeelLimitError
from .values import Failure

MAX_STEPS = 1_000_000  # iterations of loops, filters and list functions in one evaluation
MAX_SECONDS = 0.15  # of work, not of waiting: everybody else waits meanwhile
_CHECK_EVERY = 1024

NO_VARIABLE_FOUND = "NO_VARIABLE_FOUND"
NO_CONTEXT_ENTRY_FOUND = "NO_CONTEXT_ENTRY_FOUND"
NO_PROPERTY_FOUND = "NO_PROPERTY_FOUND"
NOT_COMPARABLE = "NOT_COMPARABLE"
INVALID_TYPE = "INVALID_TYPE"
NO_FUNCTION_FOUND = "NO_FUNCTION_FOUND"
FUNCTION_INVOCATION_FAILURE = "FUNCTION_INVOCATION_FAILURE"
ASSERT_FAILURE = "ASSERT_FAILURE"


class Warning(NamedTuple):
    """A failure that the evaluation went on without: its type and what happened, in Camunda's words."""

    type: str
    message: str

    def __str__(self) -> str:
        """As Camunda's incidents print it."""
        return f"[{self.type}] {self.message}"


class Run:
    """What one evaluation carries along. Most evaluations need only the list of warnings; the rest has defaults."""

    dialect: Dialect = CAMUNDA
    functions: Mapping[str, Callable[..., Any]] | None = None
    assertion: str | None = None  # the reason of the first assertion that failed
    steps: int = MAX_STEPS
    deadline: float = 0.0

    def __init__(self) -> None:
        self.warnings: list[Warning] = []

    @staticmethod
    def clock() -> datetime:
        """The present, unless the evaluation was given a clock."""
        return datetime.now(UTC)

    def warn(self, kind: str, message: str) -> None:
        """Leaves a warning."""
        self.warnings.append(Warning(kind, message))

    def fail(self, kind: str, message: str) -> Failure:
        """Leaves a warning, and the failure that it is about."""
        self.warnings.append(Warning(kind, message))
        return Failure(message)

    def spend(self, steps: int = 1) -> None:
        """Counts steps; stops the evaluation when there were too many, or they took too long."""
        before = self.steps
        self.steps = left = before - steps
        if left < 0:
            raise FeelLimitError(f"Expected at most {MAX_STEPS} steps, but the evaluation needs more")
        if before // _CHECK_EVERY != left // _CHECK_EVERY:
            self._check_time()

    def _check_time(self) -> None:
        now = time.thread_time()
        if not self.deadline:
            self.deadline = now + MAX_SECONDS
        elif now > self.deadline:
            raise FeelLimitError(f"Expected the evaluation to end within {MAX_SECONDS:g} seconds of work")
