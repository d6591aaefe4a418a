"""How a built-in function is declared: its name, its parameters with the types that they accept, and a Python function.

    @builtin("substring", "string: string, start position: number")

A parameter without a type accepts anything; `a | b` accepts either; `list*: list` gathers a variable number of arguments.
Arguments of another type make the call fail with Camunda's "Illegal arguments", before the Python function sees them.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from ..calls import describe_arguments
from ..numbers import from_float
from ..run import Run
from ..values import (
    Date,
    DayTimeDuration,
    Failure,
    Function,
    LocalDateTime,
    LocalTime,
    Range,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)

Table = dict[str, tuple[Function, ...]]

_NUMBER = frozenset({int, Decimal})
KINDS: dict[str, frozenset[type]] = {
    "number": _NUMBER,
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "null": frozenset({type(None)}),
    "list": frozenset({list}),
    "context": frozenset({dict}),
    "function": frozenset({Function}),
    "range": frozenset({Range}),
    "date": frozenset({Date}),
    "local time": frozenset({LocalTime}),
    "zoned time": frozenset({ZonedTime}),
    "time": frozenset({LocalTime, ZonedTime}),
    "local date and time": frozenset({LocalDateTime}),
    "zoned date and time": frozenset({ZonedDateTime}),
    "date and time": frozenset({LocalDateTime, ZonedDateTime}),
    "years and months duration": frozenset({YearMonthDuration}),
    "days and time duration": frozenset({DayTimeDuration}),
}
Accepted = frozenset[type] | None


def illegal(*values: Any) -> Failure:
    """The failure of a call whose arguments no case of the function takes."""
    return Failure(f"Illegal arguments: {describe_arguments(values)}")


def _parameters(declaration: str) -> tuple[tuple[str, ...], tuple[Accepted, ...], bool]:
    """The names, accepted types and whether the last one gathers a variable number of arguments."""
    names: list[str] = []
    accepted: list[Accepted] = []
    for part in filter(None, (part.strip() for part in declaration.split(","))):
        name, _, kinds = part.partition(":")
        names.append(name.strip())
        wanted = [KINDS[kind.strip()] for kind in kinds.split("|") if kind.strip()]
        accepted.append(frozenset().union(*wanted) if wanted else None)
    var_args = bool(names) and names[-1].endswith("*")
    return tuple(name.rstrip("*") for name in names), tuple(accepted), var_args


def checked(body: Callable[..., Any], accepted: tuple[Accepted, ...]) -> Callable[..., Any]:
    """The Python function behind a check of its arguments' types; fractions from JSON become decimals."""

    def invoke(run: Run, *values: Any) -> Any:
        for value, kinds in zip(values, accepted, strict=True):
            if type(value) not in kinds if kinds is not None else type(value) is Failure:
                return retry(run, values)
        return body(run, *values)

    def retry(run: Run, values: tuple[Any, ...]) -> Any:
        failures = [value for value in values if type(value) is Failure]
        if failures:
            return next((failure for failure in failures if failure.fatal), failures[0])
        if float in map(type, values):
            return invoke(run, *(from_float(value) if type(value) is float else value for value in values))
        return illegal(*values)

    return _quick(body, accepted, retry) or invoke


def _quick(body: Callable[..., Any], accepted: tuple[Accepted, ...], retry: Callable[..., Any]) -> Callable[..., Any] | None:
    """The check without a loop, for one or two arguments that all have types."""
    if len(accepted) == 1 and accepted[0] is not None:
        (only,) = accepted

        def one(run: Run, value: Any) -> Any:
            return body(run, value) if type(value) in only else retry(run, (value,))

        return one
    if len(accepted) == 2 and accepted[0] is not None and accepted[1] is not None:
        first, second = accepted

        def two(run: Run, left: Any, right: Any) -> Any:
            return body(run, left, right) if type(left) in first and type(right) in second else retry(run, (left, right))

        return two
    return None


def declare(declaration: str, body: Callable[..., Any]) -> Function:
    """A function from its parameters' declaration and what it does."""
    names, accepted, var_args = _parameters(declaration)
    return Function(names, checked(body, accepted), var_args=var_args)


class Library:
    """The functions of one file, in the order in which their overloads are declared."""

    def __init__(self) -> None:
        self.functions: Table = {}

    def builtin(self, name: str, *declarations: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Adds a function, once for each of its declarations."""

        def add(body: Callable[..., Any]) -> Callable[..., Any]:
            found = tuple(declare(declaration, body) for declaration in declarations)
            self.functions[name] = self.functions.get(name, ()) + found
            return body

        return add
