"""The grammar: each rule reads one construct at the cursor, or leaves the cursor where it was and returns None.

The order in which a rule tries its alternatives is part of the language (the first that fits wins, and is not reconsidered),
so it follows Camunda's; where the standard reads more, a switch of the dialect says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import wraps

from .literals import number, string, temporal, unescape
from .scanner import (
    MAX_DEPTH,
    Cursor,
    identifier,
    is_part,
    name,
    quoted,
    skip,
    token,
    word,
    words,
)
from .tree import (
    And,
    AnyOf,
    Arguments,
    Arithmetic,
    Between,
    Call,
    Comparison,
    ContextLiteral,
    Filter,
    For,
    If,
    In,
    Input,
    InputInRange,
    InputTest,
    InstanceOf,
    Iteration,
    Lambda,
    ListLiteral,
    Literal,
    MemberCall,
    Name,
    Negation,
    Node,
    Not,
    Or,
    Path,
    Quantified,
    RangeLiteral,
    UnaryTest,
    ValueCall,
)
from .types import type_expression

Rule = Callable[[Cursor], Node | None]

_COMPARISON = re.compile(r"<=|>=|<|>|!=|=")
_ORDERS = ("<=", ">=", "<", ">")
_MATH = re.compile(r"\*\*|[-+*/]")
_LEVELS = (("**",), ("*", "/"), ("+", "-"))
_CALLED_WORDS = ("and", "or", "date and time", "years and months duration", "get or else")
_CONTEXT_SIGNS = '"{}:,[]`'


def _remembered(rule: Rule) -> Rule:
    """Reads a rule once for each place, and counts how deep rules nest."""

    @wraps(rule)
    def read(cursor: Cursor) -> Node | None:
        key = (rule, cursor.pos, cursor.names)
        known = cursor.memo.get(key)
        if known is None:
            cursor.depth += 1
            if cursor.depth > MAX_DEPTH * 3:
                raise cursor.error(f"Expected at most {MAX_DEPTH} levels of nesting")
            known = rule(cursor), cursor.pos
            cursor.depth -= 1
            cursor.memo[key] = known
        node, cursor.pos = known
        return node

    return read


def parse_expression(cursor: Cursor) -> Node:
    """The whole text as an expression."""
    return _whole(cursor, expression)


def parse_unary_tests(cursor: Cursor) -> Node:
    """The whole text as unary tests."""
    return _whole(cursor, unary_tests)


def _whole(cursor: Cursor, rule: Rule) -> Node:
    node = rule(cursor)
    if node is None or skip(cursor) < len(cursor.text):
        raise cursor.unexpected()
    return node


# ---- expressions


@_remembered
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
        iterators = _separated(cursor, _iterator) if word(cursor, opening) else None
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
    source = (_iteration(cursor) or value(cursor)) if variable is not None and word(cursor, "in") else None
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


def know(cursor: Cursor, names: Iterable[str]) -> None:
    """Adds names to those in scope, which the standard reads as one word even if they hold spaces or signs."""
    if cursor.dialect.names_with_spaces:
        odd = {known for known in names if not known.isidentifier()}
        if odd - cursor.names:
            cursor.names = cursor.names | odd


def _iteration(cursor: Cursor) -> Node | None:
    start = cursor.pos
    first = math(cursor)
    last = math(cursor) if first is not None and token(cursor, "..") else None
    if first is None or last is None:
        cursor.pos = start
        return None
    return Iteration(first, last)


def _separated(cursor: Cursor, rule: Callable[[Cursor], object | None]) -> list[object]:
    """What the rule reads, once or more with commas between; empty when it reads nothing."""
    found: list[object] = []
    end = cursor.pos
    while True:
        item = rule(cursor)
        if item is None:
            cursor.pos = end
            return found
        found.append(item)
        end = cursor.pos
        if not token(cursor, ","):
            return found


def comparison(cursor: Cursor) -> Node | None:
    """A value, perhaps compared once; or a test of the input (`< 5`, `[1..5]`)."""
    left = math(cursor)
    if left is None:
        return simple_test(cursor)
    for rule in (_compared, _between, _instance_of, _in):
        start = cursor.pos
        node = rule(cursor, left)
        if node is not None:
            return node
        cursor.pos = start
    return left


def _compared(cursor: Cursor, left: Node) -> Node | None:
    found = _COMPARISON.match(cursor.text, skip(cursor))
    if not found:
        return None
    cursor.pos = found.end()
    right = math(cursor)
    if right is None and cursor.dialect.ranges_are_values:
        right = range_literal(cursor)
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
        tests = positive_tests(cursor)
        if tests is not None and token(cursor, ")"):
            return In(left, tests)
        cursor.pos = start
    test = positive_test(cursor)
    return In(left, test) if test is not None else None


@_remembered
def math(cursor: Cursor) -> Node | None:
    """Operands with arithmetic operators between them; operators of one level apply from the left."""
    first = _signed(cursor)
    if first is None:
        return None
    operands, operators = [first], []
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
        return value(cursor)
    operand = value(cursor)
    if operand is None:
        cursor.pos = start
        return None
    return Negation(operand)


# ---- values


@_remembered
def value(cursor: Cursor) -> Node | None:
    """A terminal with the properties, filters (and calls) that follow it."""
    node = _terminal(cursor)
    while node is not None:
        before = cursor.pos
        following = _property(cursor, node) or _filter(cursor, node) or _value_call(cursor, node)
        if following is None:
            cursor.pos = before
            return node
        node = following
    return None


def _property(cursor: Cursor, base: Node) -> Node | None:
    start = cursor.pos
    if token(cursor, ".") and not cursor.text.startswith(".", cursor.pos):
        key = _property_name(cursor)
        if key is not None:
            return Path(base, key)
    cursor.pos = start
    return None


def _property_name(cursor: Cursor) -> str | None:
    if cursor.text.startswith("time offset", skip(cursor)):
        cursor.pos += len("time offset")
        return "time offset"
    return name(cursor)


def _filter(cursor: Cursor, base: Node) -> Node | None:
    start = cursor.pos
    condition = expression(cursor) if token(cursor, "[") else None
    if condition is not None and token(cursor, "]"):
        return Filter(base, condition)
    cursor.pos = start
    return None


def _value_call(cursor: Cursor, base: Node) -> Node | None:
    if not cursor.dialect.calls_of_values:
        return None
    start = cursor.pos
    arguments = _arguments(cursor)
    if arguments is None:
        cursor.pos = start
        return None
    return ValueCall(base, arguments)


def _terminal(cursor: Cursor) -> Node | None:
    start = skip(cursor)
    for rule in (temporal, _call, _variable, _literal, _lambda, _parenthesised):
        node = rule(cursor)
        if node is not None:
            return node
        cursor.pos = start
    return None


def _variable(cursor: Cursor) -> Node | None:
    names = _qualified(cursor)
    return Name(names) if names else None


def _qualified(cursor: Cursor) -> tuple[str, ...]:
    """Names with dots between."""
    first = _property_name(cursor)
    if first is None:
        return ()
    names = [first]
    while True:
        before = cursor.pos
        following = _property_name(cursor) if token(cursor, ".") else None
        if following is None:
            cursor.pos = before
            return tuple(names)
        names.append(following)


_CONSTANTS = (("null", None), ("true", True), ("false", False))


def _literal(cursor: Cursor) -> Node | None:
    for text, constant in _CONSTANTS:
        if word(cursor, text):
            return Literal(constant)
    return string(cursor) or number(cursor) or _list(cursor) or _context(cursor) or _input(cursor)


def _input(cursor: Cursor) -> Node | None:
    return Input() if token(cursor, "?") else None


def _list(cursor: Cursor) -> Node | None:
    start = cursor.pos
    if token(cursor, "["):
        items = _separated(cursor, _element)
        if token(cursor, "]"):
            return ListLiteral(tuple(items))  # type: ignore[arg-type]
    cursor.pos = start
    return None


def _element(cursor: Cursor) -> Node | None:
    """An item of a list or an argument; a range may stand there as a value."""
    if cursor.dialect.ranges_are_values:
        return range_literal(cursor) or expression(cursor)
    return expression(cursor)


def _context(cursor: Cursor) -> Node | None:
    start, outer = cursor.pos, cursor.names
    if token(cursor, "{"):
        entries = _separated(cursor, _entry)
        cursor.names = outer
        if token(cursor, "}"):
            if cursor.dialect.unique_keys and len({key for key, _ in entries}) < len(entries):  # type: ignore[misc]
                return Literal(None)
            return ContextLiteral(tuple(entries))  # type: ignore[arg-type]
    cursor.pos = start
    return None


def _entry(cursor: Cursor) -> tuple[str, Node] | None:
    key = _context_key(cursor)
    found = _element(cursor) if key is not None and token(cursor, ":") else None
    if key is None or found is None:
        return None
    know(cursor, [key])
    return key, found


def _context_key(cursor: Cursor) -> str | None:
    """Any text up to a colon, or back-ticks, or a string."""
    start = end = skip(cursor)
    while skip(cursor) < len(cursor.text) and cursor.text[cursor.pos] not in _CONTEXT_SIGNS:
        cursor.pos += 1
        end = cursor.pos
    cursor.pos = end
    if end > start:
        return cursor.text[start:end]
    found = name(cursor)
    if found is not None:
        return found
    raw = quoted(cursor)
    return raw if raw is None or not cursor.dialect.unicode_escapes else unescape(raw, unicode=True)


def _lambda(cursor: Cursor) -> Node | None:
    outer = cursor.names
    if not word(cursor, "function") or not token(cursor, "("):
        return None
    found = _separated(cursor, _parameter)
    if not token(cursor, ")"):
        return None
    parameters = tuple(parameter for parameter, _ in found)  # type: ignore[misc]
    start = cursor.pos
    if word(cursor, "external") and token(cursor, "{"):
        raise cursor.error("External functions are disabled", start)
    cursor.pos = start
    know(cursor, parameters)
    body = expression(cursor)
    cursor.names = outer
    types = tuple(declared for _, declared in found)  # type: ignore[misc]
    return Lambda(parameters, body, types) if body is not None else None


def _parameter(cursor: Cursor) -> tuple[str, object] | None:
    found = _parameter_name(cursor)
    if found is None:
        return None
    start = cursor.pos
    declared = None
    if cursor.dialect.generic_types and token(cursor, ":"):
        declared = type_expression(cursor)
        if declared is None:
            cursor.pos = start
    return found, declared


def _parameter_name(cursor: Cursor) -> str | None:
    skip(cursor)
    return words(cursor) or name(cursor)


def _parenthesised(cursor: Cursor) -> Node | None:
    start = cursor.pos
    if cursor.dialect.open_ranges:
        found = _open_range(cursor)
        if found is not None:
            return found
    node = expression(cursor) if token(cursor, "(") else None
    if node is not None and token(cursor, ")"):
        return node
    cursor.pos = start
    return range_literal(cursor) if cursor.dialect.ranges_are_values else None


def _open_range(cursor: Cursor) -> Node | None:
    """`(< 5)` as a value."""
    start = cursor.pos
    found = _COMPARISON.match(cursor.text, skip(cursor)) if token(cursor, "(") else None
    if found and found[0] != "!=":
        cursor.pos = found.end()
        operand = math(cursor)
        if operand is not None and token(cursor, ")"):
            closed = "=" in found[0]
            low = None if "<" in found[0] else operand
            high = None if ">" in found[0] else operand
            return RangeLiteral(low, high, closed and low is not None, closed and high is not None)
    cursor.pos = start
    return None


# ---- calls


def _call(cursor: Cursor) -> Node | None:
    names = _called(cursor)
    arguments = _arguments(cursor) if names else None
    if arguments is None:
        return None
    if len(names) == 1:
        return Call(names[0], arguments)
    return MemberCall(Name(names[:-1]), names[-1], arguments)


def _called(cursor: Cursor) -> tuple[str, ...]:
    start = skip(cursor)
    for text in _CALLED_WORDS:  # of a name with spaces these are not the start: it is read whole below
        if cursor.text.startswith(text, start) and words(cursor) is None:
            cursor.pos = start + len(text)
            if cursor.dialect.keywords_are_words and is_part(cursor.text, cursor.pos):
                break
            return (text,)
        cursor.pos = start
    found = words(cursor)
    if found is not None:
        return (found,)
    return _qualified(cursor)


def _arguments(cursor: Cursor) -> Arguments | None:
    start = cursor.pos
    if not token(cursor, "("):
        return None
    named = _separated(cursor, _named_argument)
    if named:
        by_name = dict(named)  # type: ignore[call-overload]
        found = Arguments(tuple(by_name.values()), tuple(by_name))
    else:
        found = Arguments(tuple(_separated(cursor, _argument)))  # type: ignore[arg-type]
    if token(cursor, ")"):
        return found
    cursor.pos = start
    return None


def _named_argument(cursor: Cursor) -> tuple[str, Node] | None:
    key = _parameter_name(cursor)
    found = _argument(cursor) if key is not None and token(cursor, ":") else None
    return (key, found) if key is not None and found is not None else None


def _argument(cursor: Cursor) -> Node | None:
    return range_literal(cursor) or expression(cursor)


# ---- tests


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
    tests = _separated(cursor, positive_test)
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else AnyOf(tuple(tests))  # type: ignore[return-value, arg-type]


def positive_test(cursor: Cursor) -> Node | None:
    """A boolean at the end of the text, a comparison with the input, a range, or any expression."""
    start = skip(cursor)
    for text, constant in _CONSTANTS[1:]:
        if cursor.text.startswith(text, start):
            cursor.pos = start + len(text)
            if skip(cursor) == len(cursor.text):
                return InputTest("=", Literal(constant))
            cursor.pos = start
    found = simple_test(cursor)
    if found is not None:
        return found
    other = expression(cursor)
    return UnaryTest(other) if other is not None else None


def simple_test(cursor: Cursor) -> Node | None:
    """`< 5` or `[1..5]`"""
    start = cursor.pos
    found = _COMPARISON.match(cursor.text, skip(cursor))
    if found and (found[0] in _ORDERS or cursor.dialect.equality_tests):
        cursor.pos = found.end()
        operand = math(cursor)
        if operand is not None:
            return Not(InputTest("=", operand)) if found[0] == "!=" else InputTest(found[0], operand)
    cursor.pos = start
    interval = range_literal(cursor)
    return InputInRange(interval) if interval is not None else None


@_remembered
def range_literal(cursor: Cursor) -> Node | None:
    """`[1..5]`, with round or turned brackets where an end does not belong to it."""
    start = cursor.pos
    opening = next((sign for sign in "([]" if token(cursor, sign)), None)
    low = math(cursor) if opening else None
    high = math(cursor) if low is not None and token(cursor, "..") else None
    closing = next((sign for sign in ")[]" if token(cursor, sign)), None) if high is not None else None
    if closing is None:
        cursor.pos = start
        return None
    return RangeLiteral(low, high, opening == "[", closing == "]")
