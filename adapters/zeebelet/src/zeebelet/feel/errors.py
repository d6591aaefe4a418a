"""What can go wrong with a FEEL text: it does not parse, its evaluation fails, or it costs more than is allowed.

FeelError
├── FeelSyntaxError       the text is not FEEL (in this dialect); `position` is the offset in the text
└── FeelEvaluationError   the evaluation as a whole failed; most failures are a null with a warning instead
    └── FeelLimitError    the evaluation was stopped because it took too much time, depth or memory
"""

from __future__ import annotations

from collections.abc import Sequence


class FeelError(Exception):
    """The root of every error that this package raises."""


class FeelSyntaxError(FeelError):
    """The text is not an expression of the dialect; `position` points at the place, `line` and `column` start at 1."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        self.text = text
        self.position = position
        self.reason = reason
        self.line = text.count("\n", 0, position) + 1
        self.column = position - (text.rfind("\n", 0, position) + 1) + 1
        super().__init__(f"failed to parse expression '{text}': {reason} at {self.line}:{self.column}")


class FeelEvaluationError(FeelError):
    """The evaluation failed as a whole: a failed `assert`, `?` without an input, an operation that has no result."""

    def __init__(self, message: str, warnings: Sequence[object] = ()) -> None:
        self.warnings = tuple(warnings)
        super().__init__(message)


class FeelLimitError(FeelEvaluationError):
    """The evaluation was stopped at a limit, so that one expression cannot take a worker down."""
