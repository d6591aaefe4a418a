"""What an expression sees, and how its parts are shown to people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from workers.workshop.check.shapes import Shape
from zeebelet.feel import tree
from zeebelet.feel.tree import Node

NamePath = tuple[str, ...]


class Problem(NamedTuple):
    """One thing wrong in an expression."""

    what: str
    why: str
    fix: str


@dataclass(frozen=True)
class Env:
    """The names an expression sees; `sure` are paths that were just tested not to be null; `loose` tolerates any name."""

    names: Mapping[str, Shape]
    sure: frozenset[NamePath] = frozenset()
    loose: bool = False

    def with_names(self, more: Mapping[str, Shape], *, loose: bool = False) -> Env:
        """The same with names of an inner scope."""
        return replace(self, names={**self.names, **more}, loose=self.loose or loose)

    def knowing(self, paths: Iterable[NamePath]) -> Env:
        """The same where some paths are known to be there."""
        return replace(self, sure=self.sure | set(paths))


def there(node: Node, *, truth: bool) -> set[NamePath]:
    """The paths that cannot be null when a condition gave `truth`."""
    if isinstance(node, tree.Not):
        return there(node.operand, truth=not truth)
    if isinstance(node, tree.And | tree.Or):
        if isinstance(node, tree.And) == truth:
            return {path for item in node.items for path in there(item, truth=truth)}
        return set()
    if isinstance(node, tree.Comparison) and isinstance(node.left, tree.Name):
        against_null = isinstance(node.right, tree.Literal) and node.right.value is None
        if truth != (node.operator == "=" and against_null):
            return {node.left.names[:k] for k in range(1, len(node.left.names) + 1)} if truth or against_null else set()
    if isinstance(node, tree.Call) and node.name == "is defined" and truth:
        return {v.names for v in node.arguments.values if isinstance(v, tree.Name)}
    return set()


def shown(node: Node) -> str:
    """An operand as an analyst wrote it, more or less."""
    if isinstance(node, tree.Name):
        return ".".join(node.names)
    if isinstance(node, tree.Literal):
        return str(node.value)
    if isinstance(node, tree.Path):
        return f"{shown(node.base)}.{node.key}"
    if isinstance(node, tree.Call):
        return f"{node.name}(...)"
    return "the expression"
