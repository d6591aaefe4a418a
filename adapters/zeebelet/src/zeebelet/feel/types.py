"""The types behind `instance of`: Camunda knows plain names, the standard also types made of types."""

from __future__ import annotations

from .scanner import Cursor, name, skip, token, word, words
from .tree import TypeExpression

_SPECIAL = ("years and months duration", "days and time duration", "date and time", "function")


def type_expression(cursor: Cursor) -> TypeExpression | None:
    """A type at the cursor."""
    start = cursor.pos
    found = _generic(cursor) if cursor.dialect.generic_types else _plain(cursor)
    if found is None:
        cursor.pos = start
    return found


def _plain(cursor: Cursor) -> TypeExpression | None:
    pos = skip(cursor)
    for special in _SPECIAL:
        if cursor.text.startswith(special, pos):
            cursor.pos += len(special)
            return TypeExpression(special)
    names: list[str] = []
    while True:
        before = cursor.pos
        found = name(cursor) if not names or token(cursor, ".") else None
        if found is None:
            cursor.pos = before
            return TypeExpression(".".join(names)) if names else None
        names.append(found)


def _generic(cursor: Cursor) -> TypeExpression | None:
    pos = skip(cursor)
    for special in (*_SPECIAL[:3],):
        if cursor.text.startswith(special, pos):
            cursor.pos += len(special)
            return TypeExpression(special)
    if word(cursor, "function"):
        return _function(cursor)
    found = words(cursor) or name(cursor)
    if found is None:
        return None
    if not token(cursor, "<"):
        return TypeExpression(found)
    if found == "context":
        return _context(cursor)
    inner = type_expression(cursor)
    return TypeExpression(found, (inner,)) if inner is not None and token(cursor, ">") else None


def _function(cursor: Cursor) -> TypeExpression | None:
    if not token(cursor, "<"):
        return TypeExpression("function")
    parameters: list[TypeExpression] = []
    while not token(cursor, ">"):
        found = type_expression(cursor)
        if found is None or (not token(cursor, ",") and not cursor.text.startswith(">", skip(cursor))):
            return None
        parameters.append(found)
    result = type_expression(cursor) if token(cursor, "->") else None
    return TypeExpression("function", (*parameters, result)) if result is not None else None


def _context(cursor: Cursor) -> TypeExpression | None:
    members: list[tuple[str, TypeExpression]] = []
    while not token(cursor, ">"):
        key = words(cursor) or name(cursor)
        found = type_expression(cursor) if key is not None and token(cursor, ":") else None
        if key is None or found is None or (not token(cursor, ",") and not cursor.text.startswith(">", skip(cursor))):
            return None
        members.append((key, found))
    return TypeExpression("context", (), tuple(members))
