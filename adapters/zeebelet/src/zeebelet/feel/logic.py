"""Three-valued logic, conditions, and the tests of an input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .compare import ORDER, equal, expect_boolean, in_bounds, kind
from .run import INVALID_TYPE, NO_VARIABLE_FOUND, NOT_COMPARABLE, Run
from .show import show
from .values import Failure, Range

UNBOUND: Any = object()  # stands for an input or an item where there is none


def second_of_and(run: Run, left: Any, right: Any) -> Any:
    """`left and right`, where left is not false; anything but true counts as null."""
    if left is True:
        return right if right is True or right is False else boolean_or_null(run, right)
    return _unless(right, False)


def second_of_or(run: Run, left: Any, right: Any) -> Any:
    """`left or right`, where left is not true; anything but false counts as null."""
    if left is False:
        return right if right is True or right is False else boolean_or_null(run, right)
    return _unless(right, True)


def _unless(value: Any, decided: bool) -> Any:
    """What decides the result although the other operand is null; else null."""
    return value if value is decided or (type(value) is Failure and value.fatal) else None


def boolean_or_null(run: Run, value: Any) -> Any:
    """A boolean as it is; null, with a warning, for anything else."""
    if value is True or value is False:
        return value
    return None if expect_boolean(run, value) else value


def long_logic(run: Run, first: Any, rest: tuple[Callable[[], Any], ...], deciding: bool) -> Any:
    """A long chain of and (deciding False) or or (deciding True)."""
    second = second_of_or if deciding else second_of_and
    found = first
    for operand in rest:
        if found is deciding or (found is not (not deciding) and not expect_boolean(run, found)):
            return found
        found = second(run, found, operand())
    return found


def negation(run: Run, value: Any) -> Any:
    """not value"""
    if value is True or value is False:
        return not value
    return boolean_or_null(run, value)


def is_fatal(value: Any) -> bool:
    """Whether a value is a failure that nothing turns into null."""
    return type(value) is Failure and value.fatal


def any_of(run: Run, tests: tuple[Callable[[], Any], ...]) -> Any:
    """Whether one of the tests holds; they are asked in order, up to the first that does."""
    found: Any = False
    for test in tests:
        found = _unless(test(), True) if found is None else boolean_or_null(run, test())
        if found is True or is_fatal(found):
            return found
    return found


def input_of(run: Run, value: Any) -> Any:
    """The input that a test is about, or null with a warning."""
    if value is UNBOUND:
        run.warn(NO_VARIABLE_FOUND, "No input value found.")
        return None
    return value


NO_INPUT = "No input value available. '?' can only be used inside an unary-test expression."


def no_input(_run: Run) -> Any:
    """What `?` is where there is no input."""
    return Failure(NO_INPUT, fatal=True)


def unary_test(run: Run, value: Any, test: Callable[[Any], Any]) -> Any:
    """An expression with `?` as a test: asked without a value for it first, then with the input, as Camunda does."""
    value = input_of(run, value)
    found = test(UNBOUND)
    if is_fatal(found):
        found = test(value)
        return found if found is True or found is False else None
    return tested(run, value, found)


def tested(run: Run, value: Any, found: Any) -> Any:
    """What the value of an expression says as a test: it is true, it holds the input, or is the input."""
    if found is True or (type(found) is list and contains(found, value)):
        return True
    if is_fatal(found):
        return None
    equals = equal(run, value, found)
    if equals is True:
        return True
    if found is False or type(found) is list:
        return False
    return None if equals is None else False


def contains(items: list[Any], value: Any) -> bool:
    """Whether a list holds a value, compared as Camunda's `list contains` does."""
    return any(same_value(item, value) for item in items)


def same_value(left: Any, right: Any) -> bool:
    """Whether two values are the same: of one kind and equal, at every level."""
    if kind(left) is not kind(right):
        return False
    if type(left) is list:
        return len(left) == len(right) and all(map(same_value, left, right))
    if type(left) is dict:
        return left.keys() == right.keys() and all(same_value(item, right[key]) for key, item in left.items())
    if type(left) is float or type(right) is float:
        return ORDER[type(left)](left) == ORDER[type(right)](right)  # type: ignore[no-any-return]
    return bool(left == right)


def in_range(run: Run, value: Any, start: Any, end: Any, closed: tuple[bool, bool]) -> Any:
    """Whether the input lies in a range; null, with a warning, unless all three have one type with an order."""
    if type(value) is type(start) is type(end) is int:
        return (start <= value if closed[0] else start < value) and (value <= end if closed[1] else value < end)
    point = input_of(run, value)
    if type(point) is Failure:
        return point
    kinds = {kind(point), kind(start), kind(end)}
    if len(kinds) > 1 or type(point) not in ORDER:
        point = input_of(run, value)  # Camunda reads it again for the message, and so warns again when it is missing
        run.warn(NOT_COMPARABLE, f"Can't compare '{show(point)}' with '{show(start)}' and '{show(end)}'")
        return None
    return in_bounds(point, start, end, *closed)


def make_range(run: Run, start: Any, end: Any, start_closed: bool, end_closed: bool) -> Any:
    """A range of two values of one type that has an order."""
    for bound in (start, end):
        if type(bound) is Failure:
            return bound
    if kind(start) is not kind(end) or type(start) not in ORDER or type(start) is str:
        return run.fail(INVALID_TYPE, f"Invalid range definition '{show(Range(start, end, start_closed, end_closed))}'")
    return Range(start, end, start_closed, end_closed)
