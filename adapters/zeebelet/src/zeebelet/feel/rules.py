"""What the rules of the grammar share: remembering what was read where, lists with commas, and names that come into scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeVar

from .scanner import MAX_DEPTH, Cursor, token
from .tree import Node

Rule = Callable[[Cursor], Node | None]
T = TypeVar("T")


def remembered(rule: Rule) -> Rule:
    """Reads a rule once for each place, and counts how deep rules nest."""

    @wraps(rule)
    def read(cursor: Cursor) -> Node | None:
        key = (rule, cursor.pos, cursor.names)
        known = cursor.memo.get(key)
        if known is None:
            cursor.depth += 1
            if cursor.depth > MAX_DEPTH * 3:
                raise cursor.error(f"Expected at most {MAX_DEPTH} levels of nesting")
            known = rule(cursor), cursor.pos
            cursor.depth -= 1
            cursor.memo[key] = known
        node, cursor.pos = known
        return node

    return read


def separated(cursor: Cursor, rule: Callable[[Cursor], T | None]) -> list[T]:
    """What the rule reads, once or more with commas between; empty when it reads nothing."""
    found: list[T] = []
    end = cursor.pos
    while True:
        item = rule(cursor)
        if item is None:
            cursor.pos = end
            return found
        found.append(item)
        end = cursor.pos
        if not token(cursor, ","):
            return found


def know(cursor: Cursor, names: Iterable[str]) -> None:
    """Adds names to those in scope, which the standard reads as one word even if they hold spaces or signs."""
    if cursor.dialect.names_with_spaces:
        odd = {known for known in names if not known.isidentifier()}
        if odd - cursor.names:
            cursor.names = cursor.names | odd
