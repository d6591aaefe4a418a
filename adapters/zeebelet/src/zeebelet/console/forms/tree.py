"""What a form shows for some data: fields that are not hidden, in rows, once for each item where lists repeat them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from zeebelet.console.forms.context import Scope, holds
from zeebelet.console.forms.paths import Path, get
from zeebelet.console.forms.schema import Field


@dataclass(frozen=True, slots=True)
class Node:
    """A field as it stands in the form: where its value lies, its scope, and what is inside, row by row."""

    field: Field
    path: Path
    scope: Scope
    indexes: tuple[int, ...] = ()
    rows: tuple[tuple[Node, ...], ...] = ()
    items: tuple[tuple[tuple[Node, ...], ...], ...] = ()

    @property
    def name(self) -> str:
        """What inputs of the page are called."""
        return ".".join((self.field.id, *map(str, self.indexes)))

    def walk(self) -> Iterator[Node]:
        """The node and everything inside."""
        yield self
        for rows in (self.rows, *self.items):
            for row in rows:
                for node in row:
                    yield from node.walk()


def build(root: Field, data: Mapping[str, Any], scope: Scope) -> Node:
    """Returns the form for some data."""
    return _Builder(data).node(root, (), scope, ())


class _Builder:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self._data = data

    def node(self, field: Field, prefix: Path, scope: Scope, indexes: tuple[int, ...]) -> Node:
        path = (*prefix, *field.path)
        if field.repeats:
            return Node(field, path, scope, indexes, items=self._items(field, path, scope, indexes))
        inner = prefix if field.kind.keyed else path
        return Node(field, path, scope, indexes, rows=self._rows(field, inner, scope, indexes))

    def _items(
        self, field: Field, path: Path, scope: Scope, indexes: tuple[int, ...]
    ) -> tuple[tuple[tuple[Node, ...], ...], ...]:
        values = get(self._data, path, None)
        return tuple(
            self._rows(field, (*path, index), scope.item(value, index), (*indexes, index))
            for index, value in enumerate(values if isinstance(values, list) else ())
        )

    def _rows(self, field: Field, prefix: Path, scope: Scope, indexes: tuple[int, ...]) -> tuple[tuple[Node, ...], ...]:
        rows: dict[str, list[Node]] = {}
        for child in field.children:
            if not holds(child.hide, scope):
                rows.setdefault(_row_of(child), []).append(self.node(child, prefix, scope, indexes))
        return tuple(tuple(row) for row in rows.values())


def _row_of(field: Field) -> str:
    """Fields of one row share its name; one without stands alone."""
    layout = field.get("layout", {})
    row = layout.get("row") if isinstance(layout, dict) else None
    return str(row) if row else f"alone {field.id}"
