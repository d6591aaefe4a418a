"""Cursors: the sort values of a row as base64 text."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from zeebelet.gateway.errors import InvalidRequestError


def encode(values: list[Any]) -> str:
    """Returns the cursor of a row with these sort values."""
    return base64.b64encode(json.dumps(values, separators=(",", ":")).encode()).decode()


def unreadable(field: str, cursor: str) -> str:
    """Returns what is said of a cursor that no search like this one has given out."""
    return f"The provided cursor '{cursor}' of page.{field} cannot be decoded for this search."


def decode(cursor: str, *, field: str, length: int) -> list[Any]:
    """Returns the sort values of a cursor, which must have been made for the same number of sort fields."""
    try:
        values = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), validate=True))
    except (ValueError, binascii.Error):
        values = None
    if not isinstance(values, list) or len(values) != length:
        raise InvalidRequestError(unreadable(field, cursor))
    return values
