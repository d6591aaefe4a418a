"""The arithmetic operators: which pairs of types have a result, and which."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import product
from typing import Any

from .calendar import add_months, add_to_local, add_to_zoned, day_nanos, epoch_day, instant, local_nanos, shift
from .compare import expected
from .errors import FeelEvaluationError, FeelLimitError
from .meter import charge_text
from .numbers import Number, divide, int_value, minus, negate, number, plus, power, times
from .run import INVALID_TYPE, Run
from .show import show
from .values import (
    DAY_NANOS,
    NUMBERS,
    Date,
    DayTimeDuration,
    Failure,
    LocalDateTime,
    LocalTime,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)

Pairs = dict[tuple[type, type], Callable[[Any, Any], Any]]
_EXACT: tuple[type, ...] = (int, Decimal)
_ALL: tuple[type, ...] = (*_EXACT, float)
_MILLI = 1_000_000
_MAX_MONTHS = 2**31 * 12
_MAX_NANOS = 2**63 * 10**9


def months(count: int) -> YearMonthDuration:
    """A years and months duration that is not longer than one can be."""
    if abs(count) >= _MAX_MONTHS:
        raise FeelEvaluationError("Expected a shorter years and months duration")
    return YearMonthDuration(count)


def nanos(count: int) -> DayTimeDuration:
    """A days and time duration that is not longer than one can be."""
    if abs(count) >= _MAX_NANOS:
        raise FeelEvaluationError("Expected a shorter days and time duration")
    return DayTimeDuration(count)


MAX_TEXT = 10_000_000  # characters of a string that an expression makes


def joined(left: str, right: str) -> str:
    """Two strings as one, which must not be too long."""
    if len(left) + len(right) > MAX_TEXT:
        raise FeelLimitError(f"Expected a string of at most {MAX_TEXT} characters")
    charge_text(len(left) + len(right))
    return left + right


def truncated(dividend: int, divisor: int) -> int:
    """Whole division towards zero."""
    quotient = abs(dividend) // abs(divisor)
    return quotient if (dividend < 0) == (divisor < 0) else -quotient


def _numeric(operation: Callable[[Number, Number], Any]) -> Pairs:
    """The operation for every pair of representations of a number."""
    pairs: Pairs = {}
    for pair in product(_EXACT, _EXACT):
        pairs[pair] = operation
    for pair in product(_ALL, _ALL):
        pairs.setdefault(pair, lambda a, b: operation(number(a), number(b)))
    return pairs


def _with_numbers(kind: type, operation: Callable[[Any, Number], Any], *, turned: bool = False) -> Pairs:
    """The operation of one other type with any representation of a number."""
    if turned:
        return {(other, kind): lambda a, b: operation(b, number(a)) for other in NUMBERS}
    return {(kind, other): lambda a, b: operation(a, number(b)) for other in NUMBERS}


def _add_date(day: Date, span: DayTimeDuration) -> Date:
    return shift(day, 0, span.nanos)[0]


def _subtract_date(day: Date, span: DayTimeDuration) -> Date:
    return shift(day, 0, -span.nanos)[0]


def _add_local_time(time: LocalTime, span: DayTimeDuration) -> LocalTime:
    return LocalTime((time.nanos + span.nanos) % DAY_NANOS)


def _add_time(time: ZonedTime, span: DayTimeDuration) -> ZonedTime:
    return time._replace(nanos=(time.nanos + span.nanos) % DAY_NANOS)


def _either_order(pairs: Pairs) -> Pairs:
    """The pairs, and each of them turned."""
    turned: Pairs = {(b, a): (lambda x, y, run=operation: run(y, x)) for (a, b), operation in pairs.items()}  # type: ignore[misc]
    return turned | pairs


ADD: Pairs = _numeric(plus) | {
    (str, str): joined,
    (YearMonthDuration, YearMonthDuration): lambda a, b: months(a.months + b.months),
    (DayTimeDuration, DayTimeDuration): lambda a, b: nanos(a.nanos + b.nanos),
    **_either_order(
        {
            (LocalTime, DayTimeDuration): _add_local_time,
            (ZonedTime, DayTimeDuration): _add_time,
            (LocalDateTime, YearMonthDuration): lambda a, b: add_to_local(a, b, 1),
            (LocalDateTime, DayTimeDuration): lambda a, b: add_to_local(a, b, 1),
            (ZonedDateTime, YearMonthDuration): lambda a, b: add_to_zoned(a, b, 1),
            (ZonedDateTime, DayTimeDuration): lambda a, b: add_to_zoned(a, b, 1),
            (Date, YearMonthDuration): lambda a, b: add_months(a, b.months),
            (Date, DayTimeDuration): _add_date,
        }
    ),
}
SUBTRACT: Pairs = _numeric(minus) | {
    (LocalTime, LocalTime): lambda a, b: nanos(a.nanos - b.nanos),
    (LocalTime, DayTimeDuration): lambda a, b: LocalTime((a.nanos - b.nanos) % DAY_NANOS),
    (ZonedTime, ZonedTime): lambda a, b: nanos(abs(day_nanos(a) - day_nanos(b))),
    (ZonedTime, DayTimeDuration): lambda a, b: a._replace(nanos=(a.nanos - b.nanos) % DAY_NANOS),
    (LocalDateTime, LocalDateTime): lambda a, b: nanos(local_nanos(*a) - local_nanos(*b)),
    (LocalDateTime, YearMonthDuration): lambda a, b: add_to_local(a, b, -1),
    (LocalDateTime, DayTimeDuration): lambda a, b: add_to_local(a, b, -1),
    (ZonedDateTime, ZonedDateTime): lambda a, b: nanos(instant(a) - instant(b)),
    (ZonedDateTime, YearMonthDuration): lambda a, b: add_to_zoned(a, b, -1),
    (ZonedDateTime, DayTimeDuration): lambda a, b: add_to_zoned(a, b, -1),
    (Date, Date): lambda a, b: nanos((epoch_day(a) - epoch_day(b)) * DAY_NANOS),
    (Date, YearMonthDuration): lambda a, b: add_months(a, -b.months),
    (Date, DayTimeDuration): _subtract_date,
    (YearMonthDuration, YearMonthDuration): lambda a, b: months(a.months - b.months),
    (DayTimeDuration, DayTimeDuration): lambda a, b: nanos(a.nanos - b.nanos),
}


def _times_months(span: YearMonthDuration, factor: Number) -> YearMonthDuration:
    return months(span.months * int_value(factor))


def _times_nanos(span: DayTimeDuration, factor: Number) -> DayTimeDuration:
    return nanos(span.nanos * int_value(factor))


MULTIPLY: Pairs = (
    _numeric(times)
    | _with_numbers(YearMonthDuration, _times_months)
    | _with_numbers(YearMonthDuration, _times_months, turned=True)
    | _with_numbers(DayTimeDuration, _times_nanos)
    | _with_numbers(DayTimeDuration, _times_nanos, turned=True)
)


class NoResultError(Exception):
    """A division by zero, which ends as one of types that have no quotient does."""


def _divided(left: Number, right: Number) -> Number:
    if not right:
        raise NoResultError
    return divide(left, right)


def _months_by_number(span: YearMonthDuration, divisor: Number) -> YearMonthDuration:
    return months(int_value(_divided(span.months, divisor)))


def _months_by_months(left: YearMonthDuration, right: YearMonthDuration) -> int:
    if not right.months:
        raise NoResultError
    return truncated(left.months, right.months)


def _millis(span: DayTimeDuration) -> int:
    return truncated(span.nanos, _MILLI)


def _nanos_by_number(span: DayTimeDuration, divisor: Number) -> DayTimeDuration:
    return DayTimeDuration(int_value(_divided(_millis(span), divisor)) * _MILLI)


def _nanos_by_nanos(left: DayTimeDuration, right: DayTimeDuration) -> int:
    if not right.nanos:
        raise NoResultError
    if not _millis(right):
        raise FeelEvaluationError("Expected a divisor of at least a millisecond")
    return truncated(_millis(left), _millis(right))


_BY_DURATION: Pairs = {
    (YearMonthDuration, YearMonthDuration): _months_by_months,
    (DayTimeDuration, DayTimeDuration): _nanos_by_nanos,
}
DIVIDE: Pairs = (
    _numeric(_divided)
    | _with_numbers(YearMonthDuration, _months_by_number)
    | _with_numbers(DayTimeDuration, _nanos_by_number)
    | _BY_DURATION
)


def _no_result(run: Run, left: Any, right: Any, message: str) -> Any:
    """Null with a warning; a failed operand needs none of its own, and a fatal one goes on."""
    for operand in (left, right):
        if type(operand) is Failure:
            return operand if operand.fatal else None
    run.warn(INVALID_TYPE, message)
    return None


def add(run: Run, left: Any, right: Any) -> Any:
    """left + right"""
    operation = ADD.get((type(left), type(right)))
    if operation is not None:
        return operation(left, right)
    return _no_result(run, left, right, f"Can't add '{show(right)}' to '{show(left)}'")


def subtract(run: Run, left: Any, right: Any) -> Any:
    """left - right"""
    operation = SUBTRACT.get((type(left), type(right)))
    if operation is not None:
        return operation(left, right)
    return _no_result(run, left, right, f"Can't subtract '{show(right)}' from '{show(left)}'")


def multiply(run: Run, left: Any, right: Any) -> Any:
    """left * right"""
    operation = MULTIPLY.get((type(left), type(right)))
    if operation is not None:
        return operation(left, right)
    return _no_result(run, left, right, f"Can't multiply '{show(left)}' by '{show(right)}'")


def divide_by(run: Run, left: Any, right: Any) -> Any:
    """left / right"""
    operation = DIVIDE.get((type(left), type(right)))
    if operation is not None:
        try:
            return operation(left, right)
        except NoResultError:
            pass  # a division by zero warns just as one of types that have no quotient
    return _no_result(run, left, right, f"Can't divide '{show(left)}' by '{show(right)}'")


def exponentiate(run: Run, left: Any, right: Any) -> Any:
    """left ** right"""
    for operand in (left, right):
        if type(operand) not in NUMBERS:
            return _or_null(expected(run, "number", operand))
    return power(number(left), number(right))


def negative(run: Run, operand: Any) -> Any:
    """-operand"""
    if type(operand) is int:
        return -operand
    if type(operand) not in NUMBERS:
        return _or_null(expected(run, "number", operand))
    return negate(number(operand))


def _or_null(failure: Any) -> Any:
    return failure if type(failure) is Failure and failure.fatal else None


def long_arithmetic(
    run: Run, first: Any, steps: tuple[tuple[Callable[[Run, Any, Any], Any], Callable[[], Any]], ...]
) -> Any:
    """A long chain of operators, from the left."""
    found = first
    for operation, operand in steps:
        found = operation(run, found, operand())
    return found
