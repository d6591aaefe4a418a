"""How values print: as Camunda's warnings and `string()` show them, as JSON, and for a person."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from .maporder import ordered
from .numbers import from_float, is_whole
from .temporal_text import FORMATS, STORED
from .values import Function, Range, type_name

_LONG = 10**4000  # Python refuses to print a longer int; as a Decimal it prints
_CONSTANTS = {None: "null", True: "true", False: "false"}


def show(value: Any) -> str:
    """The text of a value, strings in quotes."""
    kind = type(value)
    if kind is str:
        return f'"{value}"'
    if kind is int and -_LONG < value < _LONG:
        return str(value)
    if kind is list:
        return "[" + ", ".join(map(show, value)) + "]"
    if kind is dict:
        return "{" + ", ".join(f"{key}:{show(item)}" for key, item in ordered(variables_of(value)).items()) + "}"
    if value is None or kind is bool:
        return _CONSTANTS[value]
    if kind is float:
        return str(from_float(value))
    if kind in FORMATS:
        return str(FORMATS[kind](value))
    return _show_other(value)


def _show_other(value: Any) -> str:
    if isinstance(value, Range):
        opening, closing = "[" if value.start_closed else "(", "]" if value.end_closed else ")"
        return f"{opening}{show(value.start)}..{show(value.end)}{closing}"
    if isinstance(value, Function):
        return f"function({', '.join(value.params)})"
    if isinstance(value, int) and abs(value) >= _LONG:
        return str(Decimal(value))
    return str(value)


def variables_of(context: dict[str, Any]) -> dict[str, Any]:
    """The entries of a context that are no functions: those that can be listed, compared and printed."""
    if Function in map(type, context.values()):
        return {key: item for key, item in context.items() if type(item) is not Function}
    return context


def to_json(value: Any) -> Any:
    """The plain JSON value that Zeebe stores: whole numbers as int, others as float, temporal values as text."""
    kind = type(value)
    if value is None or kind in (str, bool, int):
        return value
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < _WHOLE else value
    if kind is Decimal:
        return _json_number(value)
    if kind is list:
        return [to_json(item) for item in value]
    if kind is dict:
        return {key: to_json(item) for key, item in variables_of(value).items()}
    return str(STORED[kind](value)) if kind in STORED else None


_WHOLE = 2**63  # Zeebe keeps whole numbers in 64 bits, others as doubles


def _json_number(value: Decimal) -> int | float | None:
    """A whole number as int, another as float; null when a double cannot hold it."""
    if -_WHOLE < value < _WHOLE and is_whole(value):
        return int(value)
    found = float(value)
    return found if -_INFINITY < found < _INFINITY else None


_INFINITY = float("inf")


def describe(value: Any) -> tuple[str, str]:
    """The type's name and the text of a value, for a person to read."""
    if isinstance(value, (list, dict)):
        return type_name(value), json.dumps(to_json(value), ensure_ascii=False)
    return type_name(value), show(value)
