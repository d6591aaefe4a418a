"""The standard's functions, where it defines one that Camunda lacks or defines otherwise."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from typing import Any

from ..compare import kind
from ..dialect import DMN
from ..errors import FeelError
from ..grammar_tests import range_literal
from ..numbers import EXACT, Number, bounded, shrink
from ..regex import PatternError, compile_pattern, matches, replace_all
from ..run import Run
from ..scanner import Cursor, skip
from ..show import show
from ..standard_compare import equality
from ..temporal_text import format_date
from ..tree import Call, Literal, Negation, Node, RangeLiteral
from ..values import Date, Failure, Function, Range
from . import numbers
from .registry import Library, Table

library = Library()
builtin = library.builtin
Items = list[Any]


@builtin("is", "value1, value2")
def is_same(_run: Run, left: Any, right: Any) -> bool:
    """Whether two values are of one type and the same, zones included."""
    if kind(left) is not kind(right):
        return False
    return bool(left == right) if isinstance(left, tuple) else equality(left, right) is True


@builtin("list replace", "list: list, position: number, newItem", "list: list, match: function, newItem")
def list_replace(run: Run, items: Items, at: Any, new: Any) -> Any:
    """The list with the item at a position replaced, or all items that a function matches."""
    if isinstance(at, Function):
        return [new if at.invoke(run, item, new) is True else item for item in items]
    place = bounded(at) - 1 if at > 0 else len(items) + bounded(at)
    if not 0 <= place < len(items) or at == 0:
        return Failure(f"There is no position {show(at)}")
    return [*items[:place], new, *items[place + 1 :]]


_LITERALS = frozenset({"date", "time", "date and time", "duration"})


def _is_literal(node: Node | None) -> bool:
    if isinstance(node, Call):
        return node.name in _LITERALS and all(map(_is_literal, node.arguments.values))
    return isinstance(node, Literal) or (isinstance(node, Negation) and _is_literal(node.operand))


@builtin("range", "from: string")
def to_range(_run: Run, text: str) -> Any:
    """The range of a text with literal ends."""
    cursor = Cursor(text, DMN)
    try:
        found = range_literal(cursor)
    except FeelError:
        found = None
    if not isinstance(found, RangeLiteral) or skip(cursor) < len(text):
        return Failure(f"Expected a range, but was '{text}'")
    return _range_of(found)


def _range_of(found: RangeLiteral) -> Any:
    if not (_is_literal(found.start) and _is_literal(found.end)):
        return Failure("Expected a range with literal ends")
    low, high = (_literal(bound) for bound in (found.start, found.end))
    if low is None or kind(low) is not kind(high) or low > high:
        return Failure("Expected a range from a smaller to a greater value")
    return Range(low, high, found.start_closed, found.end_closed)


def _literal(node: Any) -> Any:
    if isinstance(node, Negation):
        inner = _literal(node.operand)
        return -inner if isinstance(inner, (int, decimal.Decimal)) else type(inner)(-inner[0])
    return node.value if isinstance(node, Literal) else None


# ---- numbers: a scale of the standard lies from -6111 to 6176

_SCALES = range(-6111, 6177)


def _rounding(mode: str) -> Callable[..., Any]:
    def rounded(_run: Run, value: Number, scale: Number = 0) -> Any:
        digits = bounded(scale)
        if digits not in _SCALES:
            return Failure(f"Expected a scale from {_SCALES[0]} to {_SCALES[-1]}, but was {digits}")
        if digits == 0 and type(value) is int:
            return value
        exponent = decimal.Decimal((0, (1,), -digits))
        return shrink(decimal.Decimal(value).quantize(exponent, rounding=mode, context=EXACT))

    return rounded


_SCALED = "n: number, scale: number"
for _name, _mode, _declarations in (
    ("decimal", decimal.ROUND_HALF_EVEN, (_SCALED,)),
    ("floor", decimal.ROUND_FLOOR, ("n: number", _SCALED)),
    ("ceiling", decimal.ROUND_CEILING, ("n: number", _SCALED)),
    ("round up", decimal.ROUND_UP, (_SCALED,)),
    ("round down", decimal.ROUND_DOWN, (_SCALED,)),
    ("round half up", decimal.ROUND_HALF_UP, (_SCALED,)),
    ("round half down", decimal.ROUND_HALF_DOWN, (_SCALED,)),
):
    builtin(_name, *_declarations)(_rounding(_mode))

builtin("abs", "n: number | years and months duration | days and time duration")(numbers.absolute)


# ---- strings: characters, not UTF-16 units; flags must be known


@builtin("string length", "string: string")
def string_length(_run: Run, text: str) -> int:
    """The number of characters."""
    return len(text)


@builtin(
    "substring", "string: string, start position: number", "string: string, start position: number, length: number"
)
def substring(_run: Run, text: str, start: Number, length: Number | None = None) -> Any:
    """Characters from a position on."""
    place = bounded(start) - 1 if start > 0 else len(text) + bounded(start)
    count = len(text) if length is None else bounded(length)
    if start == 0 or not 0 <= place <= len(text) or count < 0:
        return Failure("Expected a position within the string")
    return text[place : place + count]


_FLAGS = frozenset("smixq")


def _pattern(text: str, flags: str) -> Any:
    if not set(flags) <= _FLAGS:
        raise PatternError(f"Unknown flag in '{flags}'")
    return compile_pattern(text, flags, xpath=True)


@builtin("matches", "input: string, pattern: string", "input: string, pattern: string, flags: string | null")
def matches_pattern(run: Run, text: str, pattern: str, flags: str | None = None) -> Any:
    """Whether a regular expression is found in a string."""
    try:
        return matches(run, _pattern(pattern, flags or ""), text)
    except PatternError as error:
        return Failure(str(error))


@builtin(
    "replace",
    "input: string, pattern: string, replacement: string",
    "input: string, pattern: string, replacement: string, flags: string | null",
)
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str | None = None) -> Any:
    """Every match of a regular expression replaced."""
    try:
        return replace_all(run, _pattern(pattern, flags or ""), text, replacement)
    except PatternError as error:
        return Failure(str(error))


@builtin("string join", "list: list", "list: list, delimiter: string | null")
def string_join(_run: Run, items: Items, delimiter: str | None = None) -> Any:
    """The strings of a list with a delimiter between, nulls left out."""
    if any(item is not None and type(item) is not str for item in items):
        return Failure("Expected strings")
    return (delimiter or "").join(item for item in items if item is not None)


@builtin("string", "from")
def to_string(_run: Run, value: Any) -> str | None:
    """The text of a value; a year is never signed with a plus."""
    if isinstance(value, Date):
        return format_date(value, plus=False)
    return value if value is None or type(value) is str else show(value)


# ---- contexts


@builtin("context", "entries: list")
def to_context(_run: Run, entries: Items) -> Any:
    """A context of entries with `key` and `value`, of which no two have the same key."""
    found: dict[str, Any] = {}
    for entry in entries:
        if (
            type(entry) is not dict
            or type(entry.get("key")) is not str
            or "value" not in entry
            or entry["key"] in found
        ):
            return Failure("Expected entries with a key of their own and a value")
        found[entry["key"]] = entry["value"]
    return found


@builtin("context put", "context: context, keys: string | list, value", "context: context, key: string, value")
def context_put(_run: Run, context: dict[str, Any], key: str | Items, value: Any) -> Any:
    """The context with an entry set; a list of keys is a path through contexts that exist."""
    if type(key) is str:
        return {**context, key: value}
    if not isinstance(key, list) or not key or any(type(part) is not str for part in key):
        return Failure("Expected keys")
    first, *rest = key
    if not rest:
        return {**context, first: value}
    inner = context.get(first)
    if type(inner) is not dict:
        return Failure(f"Expected a context at '{first}'")
    changed = context_put(_run, inner, rest, value)
    return changed if type(changed) is Failure else {**context, first: changed}


# ---- conversion: a singleton list is its item, a single value the list of it


def _coerced(function: Function, accepts_lists: bool) -> Function:
    def invoke(run: Run, *values: Any) -> Any:
        found = function.invoke(run, *values)
        if type(found) is not Failure or not found.message.startswith("Illegal arguments"):
            return found
        retry = tuple([value] if value is not None and type(value) is not list else value for value in values[:1])
        return function.invoke(run, *retry, *values[1:]) if accepts_lists else found

    return Function(function.params, invoke, function.types, var_args=function.var_args)


def standard_table(camunda: Table) -> Table:
    """The functions of the standard's dialect: Camunda's, with those of this file in their place."""
    merged = camunda | library.functions
    return {
        name: tuple(_coerced(function, function.params[:1] in (("list",), ("entries",))) for function in overloads)
        for name, overloads in merged.items()
    }
