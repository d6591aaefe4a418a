"""The bridge to FEEL: texts to functions of a scope, and values in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from .. import feel
from ..feel import Function
from ..feel.compare import equal_items as equal
from ..feel.numbers import Number, number, plus
from ..feel.show import show as render
from ..feel.values import NUMBERS, Failure
from .errors import DecisionError, LimitError
from .run import Logic, Run, Scope

__all__ = [
    "Function",
    "call",
    "compile_tests",
    "compile_text",
    "equal",
    "function",
    "is_number",
    "render",
    "to_json",
    "total",
]


def to_json(value: Any) -> Any:
    """A result as plain JSON; one that is too large is a failure of the decision."""
    try:
        return feel.to_json(value)
    except feel.FeelLimitError as error:
        raise LimitError(str(error)) from error


Conform = Callable[[Any], Any]


def compile_text(text: str, dialect: str, names: frozenset[str]) -> Logic:
    """A FEEL expression as a function of the variables it sees. Raises `FeelSyntaxError`."""
    return _text(feel.compile(text, dialect=dialect, names=names))


def compile_tests(text: str, dialect: str, names: frozenset[str]) -> Logic:
    """Unary tests as a function of the variables and `?`."""
    return _text(feel.unary_tests(text, dialect=dialect, names=names))


def _text(expression: feel.Expression) -> Logic:
    def evaluate(scope: Scope, run: Run) -> Any:
        try:
            return expression.evaluate(scope, clock=run.clock).value
        except feel.FeelLimitError as error:
            raise LimitError(str(error)) from error
        except feel.FeelEvaluationError as error:
            raise DecisionError(str(error)) from error

    return evaluate


def function(parameters: Mapping[str, Conform | None], body: Callable[[dict[str, Any]], Any]) -> Function:
    """A FEEL function; an argument that does not conform, or a body that fails, makes the call fail, which is a null."""

    def invoke(_run: Any, *arguments: Any) -> Any:
        try:
            bound = {
                name: argument if conform is None else conform(argument)
                for (name, conform), argument in zip(parameters.items(), arguments, strict=True)
            }
            return body(bound)
        except LimitError:
            raise
        except DecisionError as error:
            return Failure(str(error))

    return Function(tuple(parameters), invoke)


def call(called: Function, arguments: Mapping[str, Any], dialect: str, run: Run) -> Any:
    """Call a function by parameter names; a parameter without an argument is null."""
    unknown = set(arguments) - set(called.params)
    if unknown:
        raise DecisionError(f"the function has no parameter '{min(unknown)}'")
    slots = [f"argument{at}" for at in range(len(called.params))]
    scope = {slot: arguments.get(name) for slot, name in zip(slots, called.params, strict=True)}
    text = f"called({', '.join(slots)})"
    return compile_text(text, dialect, frozenset())({"called": called, **scope}, run)


def is_number(value: Any) -> bool:
    """Whether a value is a FEEL number."""
    return type(value) in NUMBERS


def total(numbers: list[Any]) -> Any:
    """The sum, with FEEL's precision."""
    zero: Number = 0
    return reduce(plus, map(number, numbers), zero)
