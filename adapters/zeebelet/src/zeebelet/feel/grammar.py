"""The grammar: each rule reads one construct at the cursor, or leaves the cursor where it was and returns None.

The order in which a rule tries its alternatives is part of the language (the first that fits wins, and is not reconsidered),
so it follows Camunda's; where the standard reads more, a switch of the dialect says so. This file holds operators and
statements; values are in `grammar_values`, tests of an input in `grammar_tests`; the three call each other.
"""

from __future__ import annotations

import re

from . import grammar_tests, grammar_values
from .rules import Rule, know, remembered, separated
from .scanner import Cursor, name, skip, token, word, words
from .tree import (
    And,
    Arithmetic,
    Between,
    Comparison,
    For,
    If,
    In,
    InstanceOf,
    Iteration,
    Negation,
    Node,
    Not,
    Or,
    Quantified,
)
from .types import type_expression

_MATH = re.compile(r"\*\*|[-+*/]")
_LEVELS = (("**",), ("*", "/"), ("+", "-"))


def parse_expression(cursor: Cursor) -> Node:
    """The whole text as an expression."""
    return _whole(cursor, expression)


def parse_unary_tests(cursor: Cursor) -> Node:
    """The whole text as unary tests."""
    return _whole(cursor, grammar_tests.unary_tests)


def _whole(cursor: Cursor, rule: Rule) -> Node:
    node = rule(cursor)
    if node is None or skip(cursor) < len(cursor.text):
        raise cursor.unexpected()
    return node


# ---- expressions


@remembered
def expression(cursor: Cursor) -> Node | None:
    """if, for, some, every, or a logical expression."""
    start = skip(cursor)
    for keyword, rule in _STATEMENTS:
        if cursor.text.startswith(keyword, start):
            node = rule(cursor)
            if node is not None:
                return node
            cursor.pos = start
    return _chain(cursor, "or", _conjunction, Or)


def _conjunction(cursor: Cursor) -> Node | None:
    return _chain(cursor, "and", comparison, And)


def _chain(cursor: Cursor, keyword: str, operand: Rule, build: type[And] | type[Or]) -> Node | None:
    first = operand(cursor)
    if first is None:
        return None
    items = [first]
    while True:
        before = cursor.pos
        following = operand(cursor) if word(cursor, keyword) else None
        if following is None:
            cursor.pos = before
            return build(tuple(items)) if len(items) > 1 else first
        items.append(following)


def _if(cursor: Cursor) -> Node | None:
    parts: list[Node] = []
    for keyword in ("if", "then", "else"):
        part = expression(cursor) if word(cursor, keyword) else None
        if part is None:
            return None
        parts.append(part)
    return If(*parts)


def _for(cursor: Cursor) -> Node | None:
    found = _iterated(cursor, "for", "return")
    return For(*found) if found else None


def _some(cursor: Cursor) -> Node | None:
    found = _iterated(cursor, "some", "satisfies")
    return Quantified(False, *found) if found else None


def _every(cursor: Cursor) -> Node | None:
    found = _iterated(cursor, "every", "satisfies")
    return Quantified(True, *found) if found else None


_STATEMENTS: tuple[tuple[str, Rule], ...] = (("if", _if), ("for", _for), ("some", _some), ("every", _every))

Iterators = tuple[tuple[str, Node], ...]


def _iterated(cursor: Cursor, opening: str, closing: str) -> tuple[Iterators, Node] | None:
    outer = cursor.names
    try:
        iterators = separated(cursor, _iterator) if word(cursor, opening) else None
        if not iterators or not word(cursor, closing):
            return None
        know(cursor, ["partial"])
        body = expression(cursor)
    finally:
        cursor.names = outer
    return (tuple(iterators), body) if body is not None else None


def _iterator(cursor: Cursor) -> tuple[str, Node] | None:
    start = cursor.pos
    variable = _declared(cursor)
    source = (
        (_iteration(cursor) or grammar_values.value(cursor)) if variable is not None and word(cursor, "in") else None
    )
    if variable is None or source is None:
        cursor.pos = start
        return None
    know(cursor, [variable])
    return variable, source


def _declared(cursor: Cursor) -> str | None:
    """A name that an iterator introduces."""
    start = skip(cursor)
    found = words(cursor) if cursor.dialect.names_with_spaces else None
    if found is None:
        cursor.pos = start
        found = name(cursor)
    return found


def _iteration(cursor: Cursor) -> Node | None:
    start = cursor.pos
    first = math(cursor)
    last = math(cursor) if first is not None and token(cursor, "..") else None
    if first is None or last is None:
        cursor.pos = start
        return None
    return Iteration(first, last)


def comparison(cursor: Cursor) -> Node | None:
    """A value, perhaps compared once; or a test of the input (`< 5`, `[1..5]`)."""
    left = math(cursor)
    if left is None:
        return grammar_tests.simple_test(cursor)
    for rule in (_compared, _between, _instance_of, _in):
        start = cursor.pos
        node = rule(cursor, left)
        if node is not None:
            return node
        cursor.pos = start
    return left


def _compared(cursor: Cursor, left: Node) -> Node | None:
    found = grammar_tests.COMPARISON.match(cursor.text, skip(cursor))
    if not found:
        return None
    cursor.pos = found.end()
    right = math(cursor)
    if right is None and cursor.dialect.ranges_are_values:
        right = grammar_tests.range_literal(cursor)
    if right is None:
        return None
    if found[0] == "!=":
        return Not(Comparison("=", left, right))
    return Comparison(found[0], left, right)


def _between(cursor: Cursor, left: Node) -> Node | None:
    low = math(cursor) if word(cursor, "between") else None
    high = math(cursor) if low is not None and word(cursor, "and") else None
    return Between(left, low, high) if low is not None and high is not None else None


def _instance_of(cursor: Cursor, left: Node) -> Node | None:
    found = type_expression(cursor) if word(cursor, "instance") and word(cursor, "of") else None
    return InstanceOf(left, found) if found is not None else None


def _in(cursor: Cursor, left: Node) -> Node | None:
    if not word(cursor, "in"):
        return None
    start = cursor.pos
    if token(cursor, "("):
        tests = grammar_tests.positive_tests(cursor)
        if tests is not None and token(cursor, ")"):
            return In(left, tests)
        cursor.pos = start
    test = grammar_tests.positive_test(cursor)
    return In(left, test) if test is not None else None


@remembered
def math(cursor: Cursor) -> Node | None:
    """Operands with arithmetic operators between them; operators of one level apply from the left."""
    first = _signed(cursor)
    if first is None:
        return None
    operands: list[Node] = [first]
    operators: list[str] = []
    while True:
        before = cursor.pos
        found = _MATH.match(cursor.text, skip(cursor))
        cursor.pos = found.end() if found else before
        following = _signed(cursor) if found else None
        if found is None or following is None:
            cursor.pos = before
            return _by_levels(operands, operators)
        operands.append(following)
        operators.append(found[0])


def _by_levels(operands: list[Node], operators: list[str]) -> Node:
    for level in _LEVELS:
        if not any(operator in level for operator in operators):
            continue
        groups: list[list[tuple[str, Node]]] = [[("", operands[0])]]
        kept: list[str] = []
        for operator, operand in zip(operators, operands[1:], strict=True):
            if operator in level:
                groups[-1].append((operator, operand))
            else:
                kept.append(operator)
                groups.append([("", operand)])
        operands = [Arithmetic(group[0][1], tuple(group[1:])) if len(group) > 1 else group[0][1] for group in groups]
        operators = kept
    return operands[0]


def _signed(cursor: Cursor) -> Node | None:
    start = cursor.pos
    if not token(cursor, "-"):
        return grammar_values.value(cursor)
    operand = grammar_values.value(cursor)
    if operand is None:
        cursor.pos = start
        return None
    return Negation(operand)
