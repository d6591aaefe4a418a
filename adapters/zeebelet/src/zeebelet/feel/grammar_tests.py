"""Tests of an input: `< 5`, `[1..5]`, `not("a", "b")`, `-`; and ranges, which are tests to Camunda."""

from __future__ import annotations

import re

from . import grammar
from .rules import remembered, separated
from .scanner import Cursor, skip, token, word
from .tree import AnyOf, InputInRange, InputTest, Literal, Node, Not, RangeLiteral, UnaryTest

COMPARISON = re.compile(r"<=|>=|<|>|!=|=")
CONSTANTS = (("null", None), ("true", True), ("false", False))
_ORDERS = ("<=", ">=", "<", ">")


def unary_tests(cursor: Cursor) -> Node | None:
    """`not(tests)`, tests with commas between, or `-` for any input."""
    start = skip(cursor)
    if word(cursor, "not") and token(cursor, "("):
        tests = positive_tests(cursor)
        if tests is not None and token(cursor, ")"):
            return Not(tests)
    cursor.pos = start
    found = positive_tests(cursor)
    if found is not None:
        return found
    return Literal(True) if token(cursor, "-") else None


def positive_tests(cursor: Cursor) -> Node | None:
    """Tests with commas between."""
    tests = separated(cursor, positive_test)
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))


def positive_test(cursor: Cursor) -> Node | None:
    """A boolean at the end of the text, a comparison with the input, a range, or any expression."""
    start = skip(cursor)
    for text, constant in CONSTANTS[1:]:
        if cursor.text.startswith(text, start):
            cursor.pos = start + len(text)
            if skip(cursor) == len(cursor.text):
                return InputTest("=", Literal(constant))
            cursor.pos = start
    found = simple_test(cursor)
    if found is not None:
        return found
    other = grammar.expression(cursor)
    return UnaryTest(other) if other is not None else None


def simple_test(cursor: Cursor) -> Node | None:
    """`< 5` or `[1..5]`"""
    start = cursor.pos
    found = COMPARISON.match(cursor.text, skip(cursor))
    if found and (found[0] in _ORDERS or cursor.dialect.equality_tests):
        cursor.pos = found.end()
        operand = grammar.math(cursor)
        if operand is not None:
            return Not(InputTest("=", operand)) if found[0] == "!=" else InputTest(found[0], operand)
    cursor.pos = start
    interval = range_literal(cursor)
    return InputInRange(interval) if isinstance(interval, RangeLiteral) else None


@remembered
def range_literal(cursor: Cursor) -> Node | None:
    """`[1..5]`, with round or turned brackets where an end does not belong to it."""
    start = cursor.pos
    opening = next((sign for sign in "([]" if token(cursor, sign)), None)
    low = grammar.math(cursor) if opening else None
    high = grammar.math(cursor) if low is not None and token(cursor, "..") else None
    closing = next((sign for sign in ")[]" if token(cursor, sign)), None) if high is not None else None
    if closing is None:
        cursor.pos = start
        return None
    return RangeLiteral(low, high, opening == "[", closing == "]")
