"""`instance of`: the names of types, and which values are of them."""

from __future__ import annotations

from typing import Any

from .run import Run
from .tree import TypeExpression
from .values import Failure, type_name

# Older names that Camunda still knows.
_ALIASES = {
    "date time": "date and time",
    "year-month-duration": "years and months duration",
    "day-time-duration": "days and time duration",
}


def instance_of(_run: Run, value: Any, declared: TypeExpression) -> Any:
    """Whether a value is of a type; nothing but null is no `Any`."""
    if type(value) is Failure:
        return value
    if declared.name == "Any":
        return value is not None
    return _ALIASES.get(declared.name, declared.name) == type_name(value)
