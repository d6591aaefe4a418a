"""Filters: the operators of the API as predicates on a column's value."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from zeebelet.gateway.search.columns import Column
from zeebelet.gateway.search.kinds import Kind
from zeebelet.gateway.search.wildcards import wildcards

Test = Callable[[Any], bool]


def _present(kind: Kind, compare: Callable[[Any, Any], bool]) -> Callable[[Any], Test]:
    def make(operand: Any) -> Test:
        bound = kind.from_json(operand)
        return lambda value: not kind.missing(value) and compare(value, bound)

    return make


def _in(kind: Kind, operands: list[Any]) -> Test:
    allowed = {kind.from_json(operand) for operand in operands}
    return lambda value: value in allowed


def _test(kind: Kind, operator: str, operand: Any) -> Test:
    if operator == "$exists":
        return lambda value: kind.missing(value) is not operand
    if operator == "$in":
        return _in(kind, operand)
    if operator == "$notIn":
        allowed = _in(kind, operand)
        return lambda value: not allowed(value)
    if operator == "$neq":
        bound = kind.from_json(operand)
        return lambda value: value != bound
    if operator == "$like":
        pattern = wildcards(operand)
        return lambda value: not kind.missing(value) and pattern.matches(str(value))
    return _present(kind, _COMPARE[operator])(operand)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": lambda value, operand: bool(value == operand),
    "$gt": lambda value, operand: bool(value > operand),
    "$gte": lambda value, operand: bool(value >= operand),
    "$lt": lambda value, operand: bool(value < operand),
    "$lte": lambda value, operand: bool(value <= operand),
}


def every(tests: Iterable[Test]) -> Test:
    """Returns the test that holds where all hold."""
    listed = list(tests)
    if len(listed) == 1:
        return listed[0]
    return lambda row: all(test(row) for test in listed)


def value_test(kind: Kind, wanted: Any) -> Test:
    """Returns the test of a plain value (equality) or of an object of operators, all of which must hold.

    An empty list asks for nothing: the vendor's Java client sends `$in: []` with every filter.
    """
    if not isinstance(wanted, dict):
        wanted = {"$eq": wanted}
    tests = [_test(kind, operator, operand) for operator, operand in wanted.items() if operand != []]
    return every(tests)


def column_test(column: Column, wanted: Any) -> Test:
    """Returns the test of a row by one of its columns."""
    test, read = value_test(column.kind, wanted), column.read
    return lambda row: test(read(row))


def equal_to(column: Column, wanted: Any) -> Any:
    """Returns the one value a filter asks for, or None when it is not an equality."""
    if isinstance(wanted, dict):
        wanted = wanted.get("$eq")
    return None if wanted is None else column.kind.from_json(wanted)
