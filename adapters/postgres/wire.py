"""Rows to aggregates and back. A field is a column of the same name; nested values are JSON documents."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import JSONB

from workers.ports.events import Event

T = TypeVar("T")
Row = dict[str, Any]
_CAMEL = re.compile(r"_([a-z0-9])")
_SNAKE = re.compile(r"(?<=[a-z0-9])([A-Z])")


@cache
def adapter_of(kind: type[Any]) -> TypeAdapter[Any]:
    """The converter of a type; made once, it is the expensive part."""
    return TypeAdapter(kind)


def to_json(value: Any, kind: Any) -> Any:
    """A value as JSON, its own field names kept."""
    return adapter_of(kind).dump_python(value, mode="json")


def camel_keys(value: Any) -> Any:
    """JSON with the first level of keys in camelCase, as the client's documents have them."""
    if isinstance(value, list):
        return [camel_keys(item) for item in value]
    return {_CAMEL.sub(lambda m: m[1].upper(), key): item for key, item in value.items()}


def snake_keys(value: Any) -> Any:
    """The way back."""
    if isinstance(value, list):
        return [snake_keys(item) for item in value]
    return {_SNAKE.sub(lambda m: "_" + m[1].lower(), key): item for key, item in value.items()}


class Mapper(Generic[T]):
    """Between one kind of aggregate and the columns of one table."""

    def __init__(self, kind: type[T], table: sa.Table) -> None:
        self.kind = kind
        self.table = table
        self._adapter: TypeAdapter[T] = TypeAdapter(kind)
        columns = {column.name for column in table.columns}
        self.fields = tuple(f.name for f in dataclasses.fields(cast(Any, kind)) if f.name in columns)
        self._documents = {column.name for column in table.columns if isinstance(column.type, JSONB)}

    def row(self, item: T) -> Row:
        """The column values of an aggregate."""
        plain = self._adapter.dump_python(item)
        if self._documents:
            plain |= self._adapter.dump_python(item, mode="json", include=cast(Any, self._documents))
        return {name: plain[name] for name in self.fields}

    def item(self, row: Mapping[Any, Any]) -> T:
        """The aggregate of a row."""
        return self._adapter.validate_python({name: row[name] for name in self.fields})


def event_to_json(event: Event) -> Row:
    """An event as the ledger keeps it until the bus has accepted it."""
    return {**{f.name: getattr(event, f.name) for f in dataclasses.fields(event)}, "event_id": str(event.event_id)}


def event_from_json(document: Mapping[str, Any]) -> Event:
    """The way back."""
    return Event(**{**document, "event_id": UUID(document["event_id"])})
