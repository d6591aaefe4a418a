"""Arithmetic as the standard has it: durations times fractions, dates minus dates with a time, null where there is no result."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, Overflow
from typing import Any

from .arithmetic import ADD, DIVIDE, MULTIPLY, SUBTRACT, NoResultError, Pairs, months, nanos
from .calendar import epoch_day, instant
from .errors import FeelEvaluationError, FeelLimitError
from .numbers import MATH, Number, negate, number, power
from .run import Run
from .values import (
    DAY_NANOS,
    NUMBERS,
    Date,
    DayTimeDuration,
    YearMonthDuration,
    ZonedDateTime,
)


def _whole(count: Decimal) -> int:
    if count.adjusted() > _DIGITS:
        raise FeelEvaluationError("Expected a shorter duration")
    return int(count)


_DIGITS = 40  # of the nanoseconds of the longest duration there are fewer


def _scaled(count: int, factor: Number) -> int:
    return _whole(MATH.multiply(Decimal(count), Decimal(factor)))


def _divided(count: int, divisor: Number) -> int:
    return _whole(MATH.divide(Decimal(count), Decimal(divisor)))


def _midnight(day: Date) -> int:
    return epoch_day(day) * DAY_NANOS


_DATES: Pairs = {
    (ZonedDateTime, Date): lambda a, b: nanos(instant(a) - _midnight(b)),
    (Date, ZonedDateTime): lambda a, b: nanos(_midnight(a) - instant(b)),
}


def _with_factor(kind: type, build: Callable[[int], Any], scale: Callable[[int, Number], int]) -> Pairs:
    return {(kind, other): lambda span, factor: build(scale(span[0], number(factor))) for other in NUMBERS}


def _turned(pairs: Pairs) -> Pairs:
    return {(b, a): (lambda x, y, run=operation: run(y, x)) for (a, b), operation in pairs.items()}  # type: ignore[misc]


_FACTORS = _with_factor(YearMonthDuration, months, _scaled) | _with_factor(DayTimeDuration, nanos, _scaled)
_QUOTIENTS = _with_factor(YearMonthDuration, months, _divided) | _with_factor(DayTimeDuration, nanos, _divided)
_RATIOS: Pairs = {
    (kind, kind): lambda a, b: MATH.divide(Decimal(a[0]), Decimal(b[0]))
    for kind in (YearMonthDuration, DayTimeDuration)
}

STANDARD_ADD = ADD
STANDARD_SUBTRACT = SUBTRACT | _DATES
STANDARD_MULTIPLY = MULTIPLY | _FACTORS | _turned(_FACTORS)
STANDARD_DIVIDE = DIVIDE | _QUOTIENTS | _RATIOS

_NO_RESULT = (NoResultError, FeelEvaluationError, InvalidOperation, DivisionByZero, Overflow, ValueError, OverflowError)


def or_null(operation: Callable[..., Any], *operands: Any) -> Any:
    """The result of an operation, or null when it has none."""
    try:
        return operation(*operands)
    except FeelLimitError:
        raise
    except _NO_RESULT:
        return None


def _operator(pairs: Pairs) -> Callable[[Run, Any, Any], Any]:
    def apply(_run: Run, left: Any, right: Any) -> Any:
        operation = pairs.get((type(left), type(right)))
        return None if operation is None else or_null(operation, left, right)

    return apply


add = _operator(STANDARD_ADD)
subtract = _operator(STANDARD_SUBTRACT)
multiply = _operator(STANDARD_MULTIPLY)
divide_by = _operator(STANDARD_DIVIDE)


def exponentiate(_run: Run, left: Any, right: Any) -> Any:
    """left ** right"""
    if type(left) not in NUMBERS or type(right) not in NUMBERS:
        return None
    return or_null(power, number(left), number(right))


def negative(_run: Run, operand: Any) -> Any:
    """-operand, of numbers and durations"""
    if type(operand) in NUMBERS:
        return negate(number(operand))
    if isinstance(operand, (YearMonthDuration, DayTimeDuration)):
        return type(operand)(-operand[0])
    return None
