"""How values print: as Camunda's warnings and `string()` show them, as JSON, and for a person."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from ..halves import whole
from ..nesting import MAX_DEPTH
from .errors import FeelLimitError
from .maporder import ordered
from .meter import charge, charge_text
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
    if kind is list or kind is dict:
        return _show_many(value)
    if value is None or kind is bool:
        return _CONSTANTS[value]
    if kind is float:
        return str(from_float(value))
    if kind in FORMATS:
        return str(FORMATS[kind](value))
    return _show_other(value)


def _show_many(value: Any) -> str:
    charge(len(value))
    if type(value) is list:
        text = "[" + ", ".join(map(show, value)) + "]"
    else:
        text = "{" + ", ".join(f"{key}:{show(item)}" for key, item in ordered(variables_of(value)).items()) + "}"
    charge_text(len(text))
    return text


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
    if kind is str:
        return value if value.isascii() else whole(value)
    if value is None or kind is bool or kind is int:
        return value
    if kind is float:
        return int(value) if value.is_integer() and abs(value) < _WHOLE else value
    if kind is Decimal:
        return _json_number(value)
    if kind is list or kind is dict:
        return _Storing().plain(value, MAX_DEPTH)
    return str(STORED[kind](value)) if kind in STORED else None


MAX_SIZE = 4 * 1024 * 1024  # characters of it, about: a cluster's limit for a message


class _Storing:
    """Counts what is stored: one list may stand in many places, and then is stored many times."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MAX_SIZE

    def plain(self, value: Any, depth: int) -> Any:
        """A list or context as JSON has it."""
        if depth <= 0:
            raise FeelLimitError(f"Expected at most {MAX_DEPTH} levels of lists and contexts, but the value has more")
        if type(value) is list:
            self._spend(16 * len(value) + 2)
            return [self._item(item, depth) for item in value]
        entries = variables_of(value)
        self._spend(16 * len(entries) + 2)
        return {whole(key): self._item(item, depth) for key, item in entries.items()}

    def _item(self, item: Any, depth: int) -> Any:
        kind = type(item)
        if kind is list or kind is dict:
            return self.plain(item, depth - 1)
        if kind is str:
            self._spend(len(item))
        return to_json(item)

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise FeelLimitError(f"Expected a value of at most {MAX_SIZE} characters, but it is larger")


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
