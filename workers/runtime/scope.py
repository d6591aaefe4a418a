"""What a job's input names, by the names of its fields: found once per contract, read for each job."""

from __future__ import annotations

import typing
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, TypeAlias

from pydantic import BaseModel

from workers.domain.callers import Kind
from workers.domain.scope import EVERYBODY, FIELDS, Named, Scope

Path: TypeAlias = tuple[str, ...]
_TENANT = ("country_code", "bu_code")


def scope_of(data: BaseModel) -> Scope:
    """The scope of an input. A contract that names no tenant is one of a task that looks after all of them."""
    kind = type(data)
    if not all(name in kind.model_fields for name in _TENANT):
        return EVERYBODY
    named = [
        Named(what, str(value)) for path, what in paths_of(kind) for value in _values([data], path) if value is not None
    ]
    country, unit = (getattr(data, name) for name in _TENANT)
    return Scope(getattr(data, "service_order_id", None), country, unit, tuple(dict.fromkeys(named)))


@cache
def paths_of(model: type[BaseModel]) -> tuple[tuple[Path, Kind], ...]:
    """Where ids stand in a contract, those of its parts included."""
    return tuple(_paths(model, ()))


def _paths(model: type[BaseModel], above: Path) -> Iterator[tuple[Path, Kind]]:
    for name, field in model.model_fields.items():
        if name in FIELDS:
            yield (*above, name), FIELDS[name]
        for part in _models(field.annotation):
            yield from _paths(part, (*above, name))


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in typing.get_args(annotation):
        yield from _models(inner)


def _values(found: Iterable[Any], path: Path) -> Iterator[Any]:
    """The values at a path; lists on the way are walked through."""
    for item in found:
        if isinstance(item, list | tuple):
            yield from _values(item, path)
        elif not path:
            yield item
        elif item is not None:
            yield from _values([getattr(item, path[0], None)], path[1:])
