"""`instance of` of the standard: types made of types, and which values conform to them."""

from __future__ import annotations

from typing import Any

from .run import Run
from .tree import TypeExpression
from .values import Failure, Function, Range, type_name


def conforms(_run: Run, value: Any, declared: TypeExpression) -> bool:
    """Whether a value is of a type; null is of the type Null alone."""
    return is_of(None if type(value) is Failure else value, declared)


def is_of(value: Any, declared: TypeExpression) -> bool:
    """Whether a value conforms to a type."""
    name = declared.name
    if value is None:
        return name == "Null"
    if name == "Any":
        return True
    if type_name(value) != name:
        return False
    if name == "list":
        return not declared.parameters or all(item is None or is_of(item, declared.parameters[0]) for item in value)
    if name == "range":
        return not declared.parameters or _range_of(value, declared.parameters[0])
    if name == "context":
        return all(
            key in value and (value[key] is None or is_of(value[key], wanted)) for key, wanted in declared.members
        )
    return name != "function" or not declared.parameters or _function_of(value, declared.parameters)


def _range_of(value: Range, wanted: TypeExpression) -> bool:
    return all(bound is None or is_of(bound, wanted) for bound in (value.start, value.end))


def _function_of(value: Function, signature: tuple[TypeExpression, ...]) -> bool:
    """A function takes at least what the type says that it takes, when its parameters declare their types."""
    *wanted, _result = signature
    declared = value.types or (None,) * len(value.params)
    if len(declared) != len(wanted):
        return False
    return all(
        mine is None or mine == other or mine.name == "Any" for mine, other in zip(declared, wanted, strict=True)
    )
