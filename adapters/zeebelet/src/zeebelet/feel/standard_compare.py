"""Equality, order and membership as the standard has them: values with zones meet on the time line, ranges are values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .calendar import day_nanos, instant
from .compare import ORDER, kind, sort_key
from .meter import charge
from .numbers import number
from .run import Run
from .show import variables_of
from .values import Failure, Function, Range, ZonedDateTime, ZonedTime

_ON_TIME_LINE: dict[type, Callable[[Any], int]] = {ZonedDateTime: instant, ZonedTime: day_nanos}


def equality(left: Any, right: Any) -> bool | None:
    """Whether two values are equal, or None when they are of different types."""
    if left is None or right is None:
        return left is right
    if kind(left) is not kind(right):
        return None
    found = type(left)
    if found is list:
        charge(len(left))
        return len(left) == len(right) and all(_equal(a, b) for a, b in zip(left, right, strict=True))
    if found is dict:
        charge(len(left))
        mine, other = variables_of(left), variables_of(right)
        return mine.keys() == other.keys() and all(_equal(item, other[key]) for key, item in mine.items())
    if found is Range:
        return left[2:] == right[2:] and _equal(left.start, right.start) and _equal(left.end, right.end)
    if found is Function:
        return left is right
    place = _ON_TIME_LINE.get(found)
    return bool(place(left) == place(right) if place else number(left) == number(right))


def _equal(left: Any, right: Any) -> bool:
    return equality(left, right) is True


def equal(_run: Run, left: Any, right: Any) -> Any:
    """left = right"""
    return equality(_null(left), _null(right))


def _null(value: Any) -> Any:
    return None if type(value) is Failure else value


def _ordered(left: Any, right: Any, holds: Callable[[Any, Any], bool]) -> bool | None:
    if kind(left) is not kind(right) or type(left) not in ORDER:
        return None
    place: Callable[[Any], Any] = _ON_TIME_LINE.get(type(left), sort_key)
    return holds(place(left), place(right))


def less(_run: Run, left: Any, right: Any) -> Any:
    """left < right"""
    return _ordered(left, right, lambda a, b: a < b)


def less_equal(_run: Run, left: Any, right: Any) -> Any:
    """left <= right"""
    return _ordered(left, right, lambda a, b: a <= b)


def greater(_run: Run, left: Any, right: Any) -> Any:
    """left > right"""
    return _ordered(left, right, lambda a, b: a > b)


def greater_equal(_run: Run, left: Any, right: Any) -> Any:
    """left >= right"""
    return _ordered(left, right, lambda a, b: a >= b)


def between(point: Any, span: Range) -> bool | None:
    """Whether a point lies in a range, which may have one end only."""
    holds: list[bool | None] = []
    if span.start is not None:
        holds.append(_ordered(span.start, point, (lambda a, b: a <= b) if span.start_closed else (lambda a, b: a < b)))
    if span.end is not None:
        holds.append(_ordered(point, span.end, (lambda a, b: a <= b) if span.end_closed else (lambda a, b: a < b)))
    return None if None in holds else all(holds)


def make_range(run: Run, start: Any, end: Any, start_closed: bool, end_closed: bool) -> Any:
    """A range of two values of one type that has an order; a start behind the end makes none."""
    if kind(start) is not kind(end) or type(start) not in ORDER:
        return None
    return Range(start, end, start_closed, end_closed)


def open_range(_run: Run, start: Any, end: Any, start_closed: bool, end_closed: bool) -> Any:
    """A range with one end."""
    bound = end if start is None else start
    return Range(start, end, start_closed, end_closed) if type(bound) in ORDER else None


def in_range(_run: Run, point: Any, start: Any, end: Any, closed: tuple[bool, bool]) -> Any:
    """Whether the input lies in a range."""
    if kind(start) is not kind(end):
        return None
    return between(point, Range(start, end, *closed))


def holds_for(test: Any, point: Any) -> Any:
    """What the value of a test says about the input: the same, in a list or range, or itself a boolean."""
    if isinstance(test, Range) and not isinstance(point, Range):
        return between(point, test)
    if type(test) is list:
        equals = equality(point, test)
        return equals is True or any(holds_for(item, point) is True for item in test)
    found = equality(point, test)
    if found is not True and type(test) is bool and type(point) is not bool:
        return test
    return found


def unary_test(_run: Run, point: Any, test: Callable[[Any], Any]) -> Any:
    """An expression as a test."""
    found = test(point)
    if found is True:
        return True
    return holds_for(_null(found), point)
