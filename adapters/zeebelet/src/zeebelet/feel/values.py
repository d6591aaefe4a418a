"""The values of FEEL that Python has no type for.

Numbers are `int` or `Decimal` (a `float` from JSON counts as the decimal that it prints as), strings `str`, lists `list`,
contexts `dict`, null `None`. Dates and times have types of their own because FEEL's years reach from -999,999,999 to
999,999,999, its seconds have nine digits, and a time may carry a zone id; durations because they come in two kinds.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

NANOS = 1_000_000_000
DAY_NANOS = 86_400 * NANOS


class Date(NamedTuple):
    """A calendar date."""

    year: int
    month: int
    day: int


class LocalTime(NamedTuple):
    """A time of day without zone: nanoseconds since midnight."""

    nanos: int


class ZonedTime(NamedTuple):
    """A time of day with an offset in seconds, and perhaps the zone that the offset was taken from."""

    nanos: int
    offset: int
    zone: str | None = None


class LocalDateTime(NamedTuple):
    """A date and a time of day without zone."""

    date: Date
    nanos: int


class ZonedDateTime(NamedTuple):
    """A date and a time of day with an offset in seconds, and perhaps the zone that the offset follows from."""

    date: Date
    nanos: int
    offset: int
    zone: str | None = None


class YearMonthDuration(NamedTuple):
    """A years and months duration, in months."""

    months: int


class DayTimeDuration(NamedTuple):
    """A days and time duration, in nanoseconds."""

    nanos: int


class Range(NamedTuple):
    """A range; `None` at an end that the dialect leaves open (`< 5` as a value)."""

    start: Any
    end: Any
    start_closed: bool
    end_closed: bool


class Function:
    """A function value: parameter names and what runs when it is called with the run and one value for each parameter."""

    __slots__ = ("invoke", "params", "types", "var_args")

    def __init__(
        self,
        params: tuple[str, ...],
        invoke: Callable[..., Any],
        types: tuple[Any, ...] = (),
        *,
        var_args: bool = False,
    ) -> None:
        self.params = params
        self.types = types
        self.invoke = invoke
        self.var_args = var_args


class Failure:
    """A failed operation on its way to the place that turns it into null; a fatal one is not turned into null."""

    __slots__ = ("fatal", "message")

    def __init__(self, message: str, *, fatal: bool = False) -> None:
        self.message = message
        self.fatal = fatal


NUMBERS = frozenset({int, Decimal, float})

# The name of a value's type as `instance of`, the warnings and `describe` say it.
TYPE_NAMES: dict[type, str] = {
    type(None): "null",
    int: "number",
    Decimal: "number",
    float: "number",
    str: "string",
    bool: "boolean",
    Date: "date",
    LocalTime: "time",
    ZonedTime: "time",
    LocalDateTime: "date and time",
    ZonedDateTime: "date and time",
    YearMonthDuration: "years and months duration",
    DayTimeDuration: "days and time duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
    Failure: "error",
}


def type_name(value: object) -> str:
    """The FEEL name of a value's type."""
    return TYPE_NAMES.get(type(value), "unknown")
