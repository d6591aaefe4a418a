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
    TYPE_NAMES,
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


_ANY = frozenset(TYPE_NAMES) - {Failure}


def checked(body: Callable[..., Any], accepted: tuple[Accepted, ...]) -> Callable[..., Any]:
    """The Python function behind a check of its arguments' types; fractions from JSON become decimals."""
    kinds = tuple(_ANY if found is None else found for found in accepted)

    def retry(run: Run, *values: Any) -> Any:
        failures = [value for value in values if type(value) is Failure]
        if failures:
            return next((failure for failure in failures if failure.fatal), failures[0])
        known = [
            from_float(value) if type(value) is float and float not in wanted else value
            for value, wanted in zip(values, kinds, strict=True)
        ]
        if all(type(value) in wanted or wanted is _ANY for value, wanted in zip(known, kinds, strict=True)):
            return body(run, *known)
        return illegal(*values)

    return _BY_COUNT.get(len(kinds), _check_all)(body, kinds, retry)


Kinds = tuple[frozenset[type], ...]
Body = Callable[..., Any]


def _check_all(body: Body, kinds: Kinds, retry: Body) -> Body:
    def invoke(run: Run, *values: Any) -> Any:
        for value, wanted in zip(values, kinds, strict=True):
            if type(value) not in wanted:
                return retry(run, *values)
        return body(run, *values)

    return invoke


def _check_one(body: Body, kinds: Kinds, retry: Body) -> Body:
    (only,) = kinds

    def invoke(run: Run, value: Any) -> Any:
        return body(run, value) if type(value) in only else retry(run, value)

    return invoke


def _check_two(body: Body, kinds: Kinds, retry: Body) -> Body:
    first, second = kinds

    def invoke(run: Run, a: Any, b: Any) -> Any:
        return body(run, a, b) if type(a) in first and type(b) in second else retry(run, a, b)

    return invoke


def _check_three(body: Body, kinds: Kinds, retry: Body) -> Body:
    first, second, third = kinds

    def invoke(run: Run, a: Any, b: Any, c: Any) -> Any:
        fits = type(a) in first and type(b) in second and type(c) in third
        return body(run, a, b, c) if fits else retry(run, a, b, c)

    return invoke


_BY_COUNT = {1: _check_one, 2: _check_two, 3: _check_three}  # without a loop, for what is called most


def declare(declaration: str, body: Callable[..., Any]) -> Function:
    """A function from its parameters' declaration and what it does."""
    names, accepted, var_args = _parameters(declaration)
    return Function(names, checked(body, accepted), var_args=var_args)


def _counted(body: Callable[..., Any]) -> Callable[..., Any]:
    def counted(run: Run, *values: Any) -> Any:
        result = body(run, *values)
        if type(result) is list:
            run.spend(len(result))
        elif type(result) is str and len(result) > _LONG_TEXT:
            run.spend(len(result) // _LONG_TEXT)
        return result

    return counted


_LONG_TEXT = 1_000  # so many characters count as one step


class Library:
    """The functions of one file, in the order in which their overloads are declared."""

    def __init__(self, *, measured: bool = False) -> None:
        self.functions: Table = {}
        self.measured = (
            measured  # whether what a function makes counts as steps, a list by its items, a string by its length
        )

    def builtin(self, name: str, *declarations: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Adds a function, once for each of its declarations."""

        def add(body: Callable[..., Any]) -> Callable[..., Any]:
            counted = _counted(body) if self.measured else body
            found = tuple(declare(declaration, counted) for declaration in declarations)
            self.functions[name] = self.functions.get(name, ()) + found
            return body

        return add
