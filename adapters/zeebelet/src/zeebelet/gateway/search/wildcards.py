"""Patterns of searches: `*` is any text, `?` any character, a backslash takes the next character as it is.

The text between two stars has a fixed length, so its first place is the best one: no pattern takes more than linear time.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PART = re.compile(r"\\.|[*?]|[^*?\\]+|\\", re.DOTALL)


class Wildcards:
    """A pattern, taken apart at its stars."""

    def __init__(self, pattern: str) -> None:
        pieces: list[list[str]] = [[]]
        for part in _PART.findall(pattern):
            if part == "*":
                pieces.append([])
            else:
                pieces[-1].append(part)
        self._pieces = [_Piece(piece) for piece in pieces]

    def matches(self, text: str) -> bool:
        """Whether the whole text is as the pattern says."""
        first, *middle = self._pieces
        if not middle:
            return len(text) == first.length and first.stands_at(text, 0)
        last = middle.pop()
        place, end = first.length, len(text) - last.length
        if end < place or not first.stands_at(text, 0) or not last.stands_at(text, end):
            return False
        for piece in middle:
            place = piece.after(text, place, end)
            if place < 0:
                return False
        return True


class _Piece:
    """What stands between two stars."""

    def __init__(self, parts: list[str]) -> None:
        plain = ["" if part == "?" else part[1:] if part[0] == "\\" and part[1:] else part for part in parts]
        self.length = sum(len(part) or 1 for part in plain)
        self._expression = re.compile("".join(re.escape(part) or "." for part in plain), re.DOTALL)

    def stands_at(self, text: str, place: int) -> bool:
        return self._expression.match(text, place) is not None

    def after(self, text: str, place: int, end: int) -> int:
        """Where its first occurrence ends, -1 when there is none."""
        found = self._expression.search(text, place, end)
        return found.end() if found else -1


@lru_cache(maxsize=256)
def wildcards(pattern: str) -> Wildcards:
    """A pattern, read once."""
    return Wildcards(pattern)
