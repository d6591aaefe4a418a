"""What compiled logic is, and what goes along while a decision is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import thread_time
from typing import Any

from .errors import LimitError
from .trace import EvaluatedDecisionTrace

MAX_STEPS = 1_000_000  # items of boxed iterations and calls of functions in one evaluation
MAX_SECONDS = 1.0  # of work, not of waiting: everybody else waits meanwhile
CHECK_EVERY = 1024

Scope = Mapping[str, Any]  # FEEL values by variable name
Path = tuple[str, ...]  # names of imports
Clock = Callable[[], datetime]


@dataclass(slots=True)
class Run:
    """One evaluation: its clock, what was decided so far, and the trace of it."""

    clock: Clock | None = None
    results: dict[tuple[Path, int], Any] = field(default_factory=dict)  # each decision is made once
    deciding: str = ""  # id of the decision being made
    functions: dict[int, Any] = field(default_factory=dict)  # business knowledge models as functions
    traces: list[EvaluatedDecisionTrace] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)  # errors that became null (dialect `dmn`)
    steps: int = 0
    deadline: float = field(default_factory=lambda: thread_time() + MAX_SECONDS)

    def step(self) -> None:
        """Count a step; a model that needs too many, or too long, is stopped so that it cannot hold up the engine."""
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise LimitError(f"it needs more than {MAX_STEPS} steps")
        if self.steps % CHECK_EVERY == 0:
            self.check_time()

    def check_time(self) -> None:
        """Stop an evaluation that takes too long."""
        if thread_time() > self.deadline:
            raise LimitError(f"it needs more than {MAX_SECONDS:g} seconds")


Logic = Callable[[Scope, Run], Any]
CLOCKLESS = Run()  # for what is evaluated outside of an evaluation: types and allowed values
