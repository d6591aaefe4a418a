"""Functions of booleans, and those that ask or assert something of any value."""

from __future__ import annotations

from typing import Any

from ..run import Run
from ..values import Failure
from .registry import Library, illegal

library = Library()
builtin = library.builtin


@builtin("not", "negand")
def negation(_run: Run, value: Any) -> Any:
    """The other boolean; null for anything else."""
    return not value if type(value) is bool else None


@builtin("is defined", "value")
def is_defined(_run: Run, value: Any) -> bool:
    """Whether a value is not null."""
    return value is not None


@builtin("get or else", "value, default")
def get_or_else(_run: Run, value: Any, default: Any) -> Any:
    """The value, or the default when it is null."""
    return default if value is None else value


@builtin("assert", "value, condition")
def assertion(_run: Run, value: Any, condition: Any) -> Any:
    """The value if the condition holds; else the evaluation fails."""
    return value if condition is True else Failure("The condition is not fulfilled")


@builtin("assert", "value, condition, cause")
def assertion_with_cause(_run: Run, value: Any, condition: Any, cause: Any) -> Any:
    """As `assert`, with the reason for the failure."""
    if condition is True:
        return value
    return Failure(cause) if type(cause) is str else illegal(value, condition, cause)
