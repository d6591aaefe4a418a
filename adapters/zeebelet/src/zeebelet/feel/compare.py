"""Equality and order: which values can be compared, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from operator import ge, gt, le, lt
from typing import Any

from .calendar import day_nanos, instant
from .errors import FeelEvaluationError
from .meter import charge
from .numbers import number
from .run import INVALID_TYPE, NOT_COMPARABLE, Run
from .show import show, variables_of
from .temporal_text import format_offset
from .values import (
    Date,
    DayTimeDuration,
    Failure,
    LocalDateTime,
    LocalTime,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)


def same(value: Any) -> Any:
    """A value of these types orders as it is."""
    return value


def _utf16(value: str) -> bytes:
    """Strings order by their UTF-16 units, which differs from Python's order only outside of the basic plane."""
    return value.encode("utf-16-be", "surrogatepass")


def _zoned(value: ZonedDateTime) -> Any:
    return instant(value), value.date, value.nanos, value.zone or format_offset(value.offset)


# What stands for a value when it is ordered among values of its own type; a type that is not here has no order.
ORDER: dict[type, Callable[[Any], Any]] = {
    int: same,
    Decimal: same,
    float: number,
    str: same,
    Date: same,
    LocalTime: same,
    ZonedTime: day_nanos,
    LocalDateTime: same,
    ZonedDateTime: _zoned,
    YearMonthDuration: same,
    DayTimeDuration: same,
}
# Types that count as one, so that two values of them can be compared.
KIND: dict[type, type] = {int: Decimal, float: Decimal}


def kind(value: Any) -> type:
    """The type of a value for comparisons: all numbers have one."""
    found = type(value)
    return KIND.get(found, found)


def is_comparable(value: Any) -> bool:
    """Whether a value has an order: any that `ORDER` knows, and a list of such of one type."""
    if type(value) is list:
        charge(len(value))
        return bool(value) and is_comparable(value[0]) and len({kind(item) for item in value}) == 1
    return type(value) in ORDER


def sort_key(value: Any) -> Any:
    """What to order a value by among others of its kind."""
    if type(value) is str:
        return _utf16(value)
    order = ORDER.get(type(value))
    if order is None:
        raise FeelEvaluationError(f"'{show(value)}' can not be compared")
    return order(value)


def _keys(left: Any, right: Any) -> tuple[Any, Any]:
    if type(left) is str and left.isascii() and right.isascii():
        return left, right
    return sort_key(left), sort_key(right)


def _ordered(run: Run, left: Any, right: Any, holds: Callable[[Any, Any], bool]) -> Any:
    found = type(left)
    if found is type(right) and found in _BY_THEMSELVES:
        return holds(left, right)
    if (found, type(right)) in _WITH_FLOATS and -_EXACT < left < _EXACT and -_EXACT < right < _EXACT:
        return holds(left, right)
    if found is Failure:
        return left
    if type(right) is Failure:
        return right
    if kind(left) is not kind(right) or not is_comparable(left) or not is_comparable(right):
        run.warn(NOT_COMPARABLE, f"Can't compare '{show(left)}' with '{show(right)}'")
        return None
    return holds(*_keys(left, right))


# Doubles and whole numbers below 2**53 order as the decimals do that they print as.
_WITH_FLOATS = frozenset({(float, int), (int, float), (float, float)})
_EXACT = 2**53
# Types whose values order as Python orders them; of strings this holds only within ASCII.
_BY_THEMSELVES = frozenset(found for found, order in ORDER.items() if order is same) - {str}


def less(run: Run, left: Any, right: Any) -> Any:
    """left < right"""
    return _ordered(run, left, right, lt)


def less_equal(run: Run, left: Any, right: Any) -> Any:
    """left <= right"""
    return _ordered(run, left, right, le)


def greater(run: Run, left: Any, right: Any) -> Any:
    """left > right"""
    return _ordered(run, left, right, gt)


def greater_equal(run: Run, left: Any, right: Any) -> Any:
    """left >= right"""
    return _ordered(run, left, right, ge)


_PLAIN_EQUALITY = frozenset({str, bool, *ORDER})


def equality(left: Any, right: Any) -> bool | None:
    """Whether two values are equal, or None when they can not be compared."""
    if left is None or right is None:
        return left is right
    if kind(left) is not kind(right):
        return None
    found = type(left)
    if found in _PLAIN_EQUALITY:
        if found is float or type(right) is float:
            return bool(number(left) == number(right))
        return bool(left == right)
    if found is list:
        charge(len(left))
        return len(left) == len(right) and all(equal_items(a, b) for a, b in zip(left, right, strict=True))
    if found is dict:
        return _equal_contexts(variables_of(left), variables_of(right))
    return None


def equal_items(left: Any, right: Any) -> bool:
    """Whether two values are equal; ones that can not be compared are not."""
    return equality(left, right) is True


def _equal_contexts(left: dict[str, Any], right: dict[str, Any]) -> bool:
    charge(len(left))
    return left.keys() == right.keys() and all(equal_items(item, right[key]) for key, item in left.items())


def equal(run: Run, left: Any, right: Any) -> Any:
    """left = right"""
    if type(left) is type(right) and (type(left) is int or type(left) is str):
        return left == right
    if type(left) is Failure:
        return left
    if type(right) is Failure:
        return right
    found = equality(left, right)
    if found is None:
        run.warn(NOT_COMPARABLE, f"Can't compare '{show(left)}' with '{show(right)}'")
    return found


def in_bounds(value: Any, start: Any, end: Any, start_closed: bool, end_closed: bool) -> bool:
    """Whether a value lies between two of its kind."""
    low, point = _keys(start, value)
    _, high = _keys(value, end)
    after = low <= point if start_closed else low < point
    return bool(after and (point <= high if end_closed else point < high))


def hashable(value: Any) -> Any:
    """A key under which equal values meet, for sets and dictionaries."""
    found = type(value)
    if found is list:
        charge(len(value))
        return (list, tuple(map(hashable, value)))
    if found is dict:
        charge(len(value))
        return (dict, frozenset((key, hashable(item)) for key, item in variables_of(value).items()))
    if found is float:
        return (Decimal, number(value))
    if found is bool or value is None or found in ORDER:
        return (kind(value), value)
    return (found, id(value))


def expect_boolean(run: Run, value: Any) -> bool:
    """Warns about a value that should have been a boolean; False when it is a fatal failure, which must go on."""
    if type(value) is Failure:
        return not value.fatal
    run.warn(INVALID_TYPE, f"Expected boolean but found '{show(value)}'")
    return True


def expected(run: Run, name: str, value: Any) -> Any:
    """The failure for a value that is not of the type that was expected."""
    if type(value) is Failure:
        return value
    return run.fail(INVALID_TYPE, f"Expected {name} but found '{show(value)}'")
