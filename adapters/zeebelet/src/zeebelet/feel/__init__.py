"""FEEL: expressions and unary tests, compiled once and evaluated as Camunda's feel-engine 1.21 does.

    expression = feel.compile("order.total > 100 and order.customer.vip")
    expression.evaluate({"order": {...}}).value

A text comes without its leading `=`. Context values are plain JSON; a result is turned into plain JSON by `to_json`. What
fails is null with a warning, as in Camunda; only a failed `assert` (and what Camunda gives up on) raises.
"""

from __future__ import annotations

from .calendar import epoch_millis
from .errors import FeelError, FeelEvaluationError, FeelLimitError, FeelSyntaxError
from .expression import Expression, Result, compile, unary_tests
from .run import Warning
from .show import describe, to_json
from .values import (
    Date,
    DayTimeDuration,
    Function,
    LocalDateTime,
    LocalTime,
    Range,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
    type_name,
)

__all__ = [
    "Date",
    "DayTimeDuration",
    "Expression",
    "FeelError",
    "FeelEvaluationError",
    "FeelLimitError",
    "FeelSyntaxError",
    "Function",
    "LocalDateTime",
    "LocalTime",
    "Range",
    "Result",
    "Warning",
    "YearMonthDuration",
    "ZonedDateTime",
    "ZonedTime",
    "compile",
    "describe",
    "epoch_millis",
    "to_json",
    "type_name",
    "unary_tests",
]
