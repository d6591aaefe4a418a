"""Columns of the search tables, written as `name`, `name=attribute` or `name:kind`; the attribute defaults to snake case."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import attrgetter
from typing import Any, NamedTuple

from zeebelet.gateway.search.kinds import KINDS, Kind
from zeebelet.records import JsonObject

_HUMP = re.compile(r"(?<!^)(?=[A-Z])")


class Column(NamedTuple):
    """A column: its name in the API and how a row's value is read and shown."""

    name: str
    attribute: str
    read: Callable[[Any], Any]
    kind: Kind


Columns = dict[str, Column]


def _column(text: str) -> Column:
    declaration, _, kind = text.partition(":")
    if declaration.endswith("?"):
        declaration, kind = declaration[:-1], "?"
    name, _, attribute = declaration.partition("=")
    attribute = attribute or _HUMP.sub("_", name).lower()
    return Column(name, attribute, attrgetter(attribute), KINDS[kind])


def columns(text: str) -> Columns:
    """Returns the columns declared in a text, in its order."""
    return {column.name: column for column in map(_column, text.split())}


def show(row: Any, shown: Columns) -> JsonObject:
    """Returns a row as JSON."""
    return {name: column.kind.to_json(column.read(row)) for name, column in shown.items()}
