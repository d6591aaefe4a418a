"""Calling functions: which one a name means, whether its arguments fit, and what becomes of its failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from .compare import expected
from .run import ASSERT_FAILURE, FUNCTION_INVOCATION_FAILURE, NO_FUNCTION_FOUND, Run
from .show import show
from .values import Failure, Function


def arity_fits(function: Function, count: int) -> bool:
    """Whether a function takes so many arguments by position."""
    wanted = len(function.params)
    return wanted == count or (function.var_args and wanted < count)


def names_fit(function: Function, names: Iterable[str]) -> bool:
    """Whether a function has parameters of these names."""
    return set(names) <= set(function.params)


def collect(function: Function, values: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments as a function takes them: those of a variable number gathered in a list."""
    if not function.var_args:
        return values
    fixed = len(function.params) - 1
    rest = values[fixed:]
    if fixed == 0 and len(rest) == 1 and type(rest[0]) is list:
        return (rest[0],)
    return (*values[:fixed], list(rest))


def invoke(run: Run, function: Function, values: tuple[Any, ...]) -> Any:
    """The result of a function, or its failure; failed arguments fail the call."""
    for value in values:
        if type(value) is Failure and value.fatal:
            return value
    for value in values:
        if type(value) is Failure:
            return value
    return function.invoke(run, *values)


def call(run: Run, name: str, function: Function, values: tuple[Any, ...]) -> Any:
    """A call by name: a failure is a warning and null, except that an assertion ends the evaluation."""
    result = invoke(run, function, values)
    return settle(run, name, result) if type(result) is Failure else result


def settle(run: Run, name: str, failure: Failure) -> Any:
    """What a failed call of a function leaves."""
    if failure.fatal:
        return failure
    if name == "assert":
        run.warn(ASSERT_FAILURE, failure.message)
        run.assertion = run.assertion or failure.message
    else:
        run.warn(FUNCTION_INVOCATION_FAILURE, f"Failed to invoke function '{name}': {failure.message}")
    return None


def _wanted(count: int, names: tuple[str, ...] | None) -> str:
    return f"{count} parameters" if names is None else f"parameters: {','.join(names)}"


def no_function(run: Run, name: str, count: int, names: tuple[str, ...] | None) -> Failure:
    """The failure for a name and arguments that no function has."""
    return run.fail(NO_FUNCTION_FOUND, f"No function found with name '{name}' and {_wanted(count, names)}")


def from_callable(function: Callable[..., Any], count: int) -> Function:
    """A Python function that the caller of the evaluation gave, as a function of FEEL."""
    return Function(tuple(f"argument{at}" for at in range(count)), lambda _run, *values: function(*values))


def _fits(candidate: Any, count: int, names: tuple[str, ...] | None) -> bool:
    if type(candidate) is not Function:
        return False
    return arity_fits(candidate, count) if names is None else names_fit(candidate, names)


def find(
    run: Run, name: str, candidates: Iterable[Any], count: int, names: tuple[str, ...] | None = None
) -> Function | None:
    """The first of the candidates that fits, else a function that the caller of the evaluation gave."""
    for candidate in candidates:
        if _fits(candidate, count, names):
            return candidate  # type: ignore[no-any-return]
        if callable(candidate) and type(candidate) is not Function:
            return from_callable(candidate, count)
    given: Mapping[str, Any] = run.functions or {}
    if name not in given:
        return None
    found = given[name]
    if type(found) is Function:
        return found if _fits(found, count, names) else None
    return from_callable(found, count)


def by_name(function: Function, names: tuple[str, ...], values: Mapping[str, Callable[[], Any]]) -> tuple[Any, ...]:
    """The values for the parameters of a function, evaluated in their order; null for those not given."""
    return tuple(values[param]() if param in names else None for param in function.params)


def call_found(
    run: Run,
    name: str,
    candidates: Iterable[Any],
    arguments: Callable[[], tuple[Any, ...]] | Mapping[str, Callable[[], Any]],
    count: int,
) -> Any:
    """A call of a name that is only known when it is evaluated; the arguments are evaluated once it is found."""
    names = None if callable(arguments) else tuple(arguments)
    function = find(run, name, candidates, count, names)
    if function is None:
        no_function(run, name, count, names)
        return None
    return call(run, name, function, _arguments(function, arguments))


def _arguments(
    function: Function, arguments: Callable[[], tuple[Any, ...]] | Mapping[str, Callable[[], Any]]
) -> tuple[Any, ...]:
    if callable(arguments):
        return collect(function, arguments())
    return by_name(function, tuple(arguments), arguments)


def call_member(
    run: Run,
    base: Any,
    name: str,
    arguments: Callable[[], tuple[Any, ...]] | Mapping[str, Callable[[], Any]],
    count: int,
) -> Any:
    """A call of a function that a context holds; without one, the whole expression fails."""
    if type(base) is not dict:
        return expected(run, "context", base)
    names = None if callable(arguments) else tuple(arguments)
    candidate = base.get(name)
    if type(candidate) is not Function or not _fits(candidate, count, names):
        return no_function(run, name, count, names)
    return invoke(run, candidate, _arguments(candidate, arguments))


def describe_arguments(values: Iterable[Any]) -> str:
    """Arguments as a warning lists them."""
    return ", ".join(f"'{show(value)}'" for value in values)
