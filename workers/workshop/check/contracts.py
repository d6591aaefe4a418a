"""What workers read, write, raise and are configured with, as shapes: read from the task registry, never repeated."""

from __future__ import annotations

import ast
import inspect
import types
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from pydantic.fields import FieldInfo

import workers.tasks  # noqa: F401 - declares the tasks
from workers.runtime import registry
from workers.runtime.definition import HeadersModel, TaskDefinition
from workers.workshop.check.shapes import (
    ANY,
    BOOLEAN,
    NULL,
    NUMBER,
    OPEN_CONTEXT,
    STRING,
    Shape,
    context,
    join_all,
    list_of,
    words,
)

FAULTS = frozenset({"TENANT_MISMATCH", "INVALID_TRANSITION", "NOT_FOUND", "ORDER_FROZEN"})
"""Faults of data or model, not of business: an incident shows them, a model may catch them but need not."""
SOURCES = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Field:
    """One variable of a contract."""

    shape: Shape
    required: bool


@dataclass(frozen=True, slots=True)
class Worker:
    """What a model has to know about the worker of one task type."""

    type: str
    inputs: Mapping[str, Field]
    outputs: Mapping[str, Shape]
    raises: frozenset[str]
    headers: HeadersModel | None
    module: str = field(default="")


@cache
def all_workers() -> dict[str, Worker]:
    """Every worker of the platform by its task type."""
    return {definition.type: worker(definition) for definition in registry.select()}


def worker(definition: TaskDefinition) -> Worker:
    """The contract of one task."""
    outputs = definition.output.model_fields if definition.output else {}
    return Worker(
        definition.type,
        {alias(n, i): Field(shape_of(i.annotation), i.is_required()) for n, i in definition.input.model_fields.items()},
        {alias(n, i): shape_of(i.annotation) for n, i in outputs.items()},
        frozenset(definition.error_codes),
        definition.headers[1] if definition.headers else None,
        definition.handler.__module__,
    )


def alias(name: str, info: FieldInfo) -> str:
    """The name of a field in the process."""
    found = info.validation_alias or info.serialization_alias or info.alias
    return found if isinstance(found, str) else name


PLAIN: Mapping[type, Shape] = {
    bool: BOOLEAN,
    int: NUMBER,
    float: NUMBER,
    Decimal: NUMBER,
    str: STRING,
    UUID: STRING,
    datetime: STRING,
    date: STRING,
    timedelta: STRING,
    type(None): NULL,
    dict: OPEN_CONTEXT,
    Mapping: OPEN_CONTEXT,
}
LISTS = (list, tuple, set, frozenset, Sequence, Iterable)


def shape_of(annotation: Any) -> Shape:
    """The shape of a value that a Python annotation describes, as it stands in the process."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return shape_of(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return join_all([shape_of(each) for each in arguments])
    if origin is typing.Literal:
        return words(*map(str, arguments))
    if origin in LISTS or annotation in LISTS:
        return list_of(shape_of(arguments[0]) if arguments else ANY)
    if origin in PLAIN:
        return PLAIN[origin]
    return _class(annotation)


def _class(annotation: Any) -> Shape:
    if annotation in PLAIN:
        return PLAIN[annotation]
    if not isinstance(annotation, type):
        return ANY
    if issubclass(annotation, Enum):
        return words(*(str(member.value) for member in annotation))
    if issubclass(annotation, BaseModel):
        return _model(annotation)
    return next((PLAIN[base] for base in annotation.__mro__ if base in PLAIN), ANY)


@cache
def _model(model: type[BaseModel]) -> Shape:
    return context({alias(n, i): shape_of(i.annotation) for n, i in model.model_fields.items()})


@cache
def required_parts(annotation: Any) -> frozenset[str]:
    """The entries that an object must have."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return frozenset(alias(n, i) for n, i in annotation.model_fields.items() if i.is_required())
    return frozenset()


@cache
def error_variables() -> dict[str, frozenset[str]]:
    """By error code what the catching event receives: the keywords its class is raised with, anywhere in the workers."""
    found: dict[str, set[str]] = {}
    codes = {e.__name__: e.code for d in registry.values() for e in d.options.raises}
    for path in (*(SOURCES / "tasks").glob("*.py"), *(SOURCES / "journey").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        if any(f"raise {name}(" in text for name in codes):
            for name, keywords in _raised(ast.parse(text)):
                if name in codes:
                    found.setdefault(codes[name], set()).update(keywords)
    for definition in registry.values():
        for error in definition.options.raises:
            found.setdefault(error.code, set()).update(_constructed(error))
    return {code: frozenset(names) for code, names in found.items()}


def _raised(module: ast.Module) -> Iterable[tuple[str, set[str]]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
            yield node.exc.func.id, {k.arg for k in node.exc.keywords if k.arg}


def _constructed(error: type[Exception]) -> set[str]:
    """What a class gives its own base, as `ScanNotUsable` does with `scanProblem`."""
    if "__init__" not in vars(error):
        return set()
    source = inspect.getsource(error)
    calls = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Call)]
    return {k.arg for call in calls for k in call.keywords if k.arg}
