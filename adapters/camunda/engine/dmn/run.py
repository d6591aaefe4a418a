"""What compiled logic is, and what goes along while a decision is evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .trace import EvaluatedDecisionTrace

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


Logic = Callable[[Scope, Run], Any]
