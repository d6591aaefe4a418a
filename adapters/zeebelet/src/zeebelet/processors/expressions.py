"""Evaluates expressions and holds their results against what is expected, in Zeebe's words."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from zeebelet import feel
from zeebelet.errors import Failure
from zeebelet.graph.expression import Expression
from zeebelet.halves import whole
from zeebelet.processors.context import Context
from zeebelet.processors.zeebe_functions import ZEEBE_FUNCTIONS

EXTRACT_VALUE = "EXTRACT_VALUE_ERROR"
Scope = int | Mapping[str, Any]


def evaluate(ctx: Context, expression: Expression, scope: Scope) -> feel.Result:
    """An expression's result in a scope (its key) or in a context; static text is its own result."""
    if expression.compiled is None:
        return feel.Result(expression.text, [])
    context = ctx.state.variables.context(scope) if isinstance(scope, int) else scope
    try:
        return expression.compiled.evaluate(context, clock=ctx.feel_clock, functions=ZEEBE_FUNCTIONS)
    except feel.FeelEvaluationError as error:
        raise Failure(EXTRACT_VALUE, str(error)) from error


def layered(first: dict[str, Any], then: Mapping[str, Any]) -> Mapping[str, Any]:
    """A context in which `first` hides `then`."""
    return ChainMap(first, then)  # type: ignore[arg-type]  # only ever read


def value(ctx: Context, expression: Expression, scope: Scope) -> Any:
    """Any result, as a plain JSON value."""
    return plain(evaluate(ctx, expression, scope).value)


def plain(result: Any) -> Any:
    """A result as it is stored; `Failure` when it is too large or too deep to be."""
    try:
        return feel.to_json(result)
    except feel.FeelLimitError as error:
        raise Failure(EXTRACT_VALUE, str(error)) from error


def string(ctx: Context, expression: Expression, scope: Scope) -> str:
    """A text."""
    if expression.compiled is None:
        return expression.text
    result = evaluate(ctx, expression, scope)
    if isinstance(result.value, str):
        return whole(result.value)
    raise unexpected(expression, result, "STRING")


def optional_string(ctx: Context, expression: Expression | None, scope: Scope) -> str:
    """A text, or nothing where there is no expression; null is no text."""
    return "" if expression is None else string(ctx, expression, scope)


def integer(ctx: Context, expression: Expression, scope: Scope) -> int:
    """A whole number."""
    result = evaluate(ctx, expression, scope)
    if expression.compiled is None:
        try:
            return int(float(expression.text))
        except ValueError:
            raise unexpected(expression, result, "NUMBER") from None
    number = plain(result.value)
    if type_name(result.value) == "NUMBER" and number is not None:
        if number != int(number):
            raise Failure(
                EXTRACT_VALUE,
                f"Expected result of the expression '{expression.text}' to be an integer, but was a decimal.",
            )
        return int(number)
    raise unexpected(expression, result, "NUMBER")


def boolean(ctx: Context, expression: Expression, scope: Scope) -> bool:
    """True or false; null is neither."""
    result = evaluate(ctx, expression, scope)
    if isinstance(result.value, bool):
        return result.value
    raise unexpected(expression, result, "BOOLEAN")


def array(ctx: Context, expression: Expression, scope: Scope) -> list[Any]:
    """A list."""
    result = evaluate(ctx, expression, scope)
    items = plain(result.value)
    if isinstance(items, list):
        return items
    raise unexpected(expression, result, "ARRAY")


def strings(ctx: Context, expression: Expression | None, scope: Scope) -> tuple[str, ...]:
    """A list of texts: static text separated by commas, or a FEEL list; null is no list."""
    if expression is None:
        return ()
    if expression.compiled is None:
        return tuple(part.strip() for part in expression.text.split(",") if part.strip())
    result = evaluate(ctx, expression, scope)
    items = plain(result.value)
    if isinstance(items, list) and all(isinstance(item, str) for item in items):
        return tuple(items)
    if not isinstance(items, list):
        raise unexpected(expression, result, "ARRAY")
    wrong = next(type_name(item) for item in items if not isinstance(item, str))
    raise Failure(
        EXTRACT_VALUE,
        f"Expected result of the expression '{expression.text}' to be 'ARRAY' containing 'STRING' items, "
        f"but was 'ARRAY' containing at least one non-'STRING' item: '{wrong}'.{warnings(result)}",
    )


def unexpected(expression: Expression, result: feel.Result, *expected: str) -> Failure:
    """The result has the wrong type."""
    wanted = f"'{expected[0]}'" if len(expected) == 1 else f"one of '[{', '.join(expected)}]'"
    return Failure(
        EXTRACT_VALUE,
        f"Expected result of the expression '{expression.text}' to be {wanted}, "
        f"but was '{type_name(result.value)}'.{warnings(result)}",
    )


def warnings(result: feel.Result) -> str:
    """What the evaluation had to say, as incident messages show it."""
    if not result.warnings:
        return ""
    lines = "\n".join(f"[{warning.type}] {warning.message}" for warning in result.warnings)
    return f" The evaluation reported the following warnings:\n{lines}"


_TYPE_NAMES = {
    "NoneType": "NULL",
    "bool": "BOOLEAN",
    "int": "NUMBER",
    "float": "NUMBER",
    "Decimal": "NUMBER",
    "str": "STRING",
    "list": "ARRAY",
    "tuple": "ARRAY",
    "dict": "OBJECT",
    "Date": "DATE",
    "LocalTime": "TIME",
    "ZonedTime": "TIME",
    "LocalDateTime": "DATE_TIME",
    "ZonedDateTime": "DATE_TIME",
    "YearMonthDuration": "PERIOD",
    "DayTimeDuration": "DURATION",
}


def type_name(result: Any) -> str:
    """Zeebe's name for the type of a FEEL value."""
    name = type(result).__name__
    return _TYPE_NAMES.get(name) or name.upper()
