"""Values: literals, variables, contexts, functions and their calls, and what may follow a value."""

from __future__ import annotations

from . import grammar, grammar_tests
from .literals import number, string, temporal, unescape
from .rules import know, remembered, separated
from .scanner import Cursor, is_part, name, quoted, skip, token, word, words
from .tree import (
    Arguments,
    Call,
    ContextLiteral,
    Filter,
    Input,
    Lambda,
    ListLiteral,
    Literal,
    MemberCall,
    Name,
    Node,
    Path,
    RangeLiteral,
    TypeExpression,
    ValueCall,
)
from .types import type_expression

_CALLED_WORDS = ("and", "or", "date and time", "years and months duration", "get or else")
_CONTEXT_SIGNS = '"{}:,[]`'


@remembered
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
    condition = grammar.expression(cursor) if token(cursor, "[") else None
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


def _literal(cursor: Cursor) -> Node | None:
    for text, constant in grammar_tests.CONSTANTS:
        if word(cursor, text):
            return Literal(constant)
    return string(cursor) or number(cursor) or _list(cursor) or _context(cursor) or _input(cursor)


def _input(cursor: Cursor) -> Node | None:
    return Input() if token(cursor, "?") else None


def _list(cursor: Cursor) -> Node | None:
    start = cursor.pos
    if token(cursor, "["):
        items = separated(cursor, _element)
        if token(cursor, "]"):
            return ListLiteral(tuple(items))
    cursor.pos = start
    return None


def _element(cursor: Cursor) -> Node | None:
    """An item of a list or an argument; a range may stand there as a value."""
    if cursor.dialect.ranges_are_values:
        return grammar_tests.range_literal(cursor) or grammar.expression(cursor)
    return grammar.expression(cursor)


def _context(cursor: Cursor) -> Node | None:
    start, outer = cursor.pos, cursor.names
    if token(cursor, "{"):
        entries = separated(cursor, _entry)
        cursor.names = outer
        if token(cursor, "}"):
            if cursor.dialect.unique_keys and len({key for key, _ in entries}) < len(entries):
                return Literal(None)
            return ContextLiteral(tuple(entries))
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
    found = separated(cursor, _parameter)
    if not token(cursor, ")"):
        return None
    parameters = tuple(parameter for parameter, _ in found)
    start = cursor.pos
    if word(cursor, "external") and token(cursor, "{"):
        raise cursor.error("External functions are disabled", start)
    cursor.pos = start
    know(cursor, parameters)
    body = grammar.expression(cursor)
    cursor.names = outer
    types = tuple(declared for _, declared in found)
    return Lambda(parameters, body, types) if body is not None else None


def _parameter(cursor: Cursor) -> tuple[str, TypeExpression | None] | None:
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
    node = grammar.expression(cursor) if token(cursor, "(") else None
    if node is not None and token(cursor, ")"):
        return node
    cursor.pos = start
    return grammar_tests.range_literal(cursor) if cursor.dialect.ranges_are_values else None


def _open_range(cursor: Cursor) -> Node | None:
    """`(< 5)` as a value."""
    start = cursor.pos
    found = grammar_tests.COMPARISON.match(cursor.text, skip(cursor)) if token(cursor, "(") else None
    if found and found[0] != "!=":
        cursor.pos = found.end()
        operand = grammar.math(cursor)
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
    named = separated(cursor, _named_argument)
    if named:
        by_name = dict(named)
        found = Arguments(tuple(by_name.values()), tuple(by_name))
    else:
        found = Arguments(tuple(separated(cursor, _argument)))
    if token(cursor, ")"):
        return found
    cursor.pos = start
    return None


def _named_argument(cursor: Cursor) -> tuple[str, Node] | None:
    key = _parameter_name(cursor)
    found = _argument(cursor) if key is not None and token(cursor, ":") else None
    return (key, found) if key is not None and found is not None else None


def _argument(cursor: Cursor) -> Node | None:
    return grammar_tests.range_literal(cursor) or grammar.expression(cursor)
