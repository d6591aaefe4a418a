"""A pattern's tree as a pattern of Python, and how long matching it may take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .syntax import Anchor, Back, Choice, Group, Look, One, Piece, Repeat, Sequence

_LINE_END = "[\\n\\r\\u0085\\u2028\\u2029]"
_AT_END = f"(?=(?:\\r\\n|{_LINE_END})?\\Z)(?!(?<=\\r)\\n)"
# Anchors, by whether each line counts.
_ANCHORS = {
    ("^", False): "\\A",
    ("^", True): "(?:\\A|(?<=[\\n\\u0085\\u2028\\u2029])(?!\\Z)|(?<=\\r)(?!\\n|\\Z))",
    ("$", False): _AT_END,
    ("$", True): "(?:(?=[\\r\\u0085\\u2028\\u2029]|\\Z)|(?<!\\r)(?=\\n))",
    ("A", False): "\\A",
    ("z", False): "\\Z",
    ("Z", False): _AT_END,
    ("b", False): "(?u:\\b)",
    ("B", False): "(?u:\\B)",
    ("G", False): "(?:)",
}


def to_python(piece: Piece) -> str:
    """The pattern as Python writes it."""
    return _WRITERS[type(piece)](piece)


def _choice(piece: Choice) -> str:
    return "(?:" + "|".join(map(to_python, piece.options)) + ")"


def _repeat(piece: Repeat) -> str:
    count = f"{{{piece.least},{'' if piece.most is None else piece.most}}}"
    return f"(?:{to_python(piece.part)}){count}{piece.mode}"


def _group(piece: Group) -> str:
    opening = "(?>" if piece.atomic else "(" if piece.number else "(?:"
    return f"{opening}{to_python(piece.part)})"


def _look(piece: Look) -> str:
    sign = ("" if piece.ahead else "<") + ("!" if piece.negative else "=")
    return f"(?{sign}{to_python(piece.part)})"


def _back(piece: Back) -> str:
    return f"(?i:(?:\\{piece.number}))" if piece.ignore_case else f"(?:\\{piece.number})"


_WRITERS: dict[type[Piece], Callable[[Any], str]] = {
    One: lambda piece: piece.chars.python(),
    Sequence: lambda piece: "".join(map(to_python, piece.parts)),
    Choice: _choice,
    Repeat: _repeat,
    Group: _group,
    Look: _look,
    Back: _back,
    Anchor: lambda piece: _ANCHORS[piece.kind, piece.multi_line],
}

_FEW = 8  # a part repeated at most so often counts as written out
RISKY = 99


def loops(piece: Piece) -> int:
    """How many loops follow each other: matching takes up to that power of the text's length; RISKY when they nest."""
    if isinstance(piece, Repeat):
        many = piece.most is None or piece.most > _FEW
        inside = loops(piece.part)
        if many and (inside or not _plain(piece.part)):
            return RISKY
        return inside * (piece.most or 1) + (1 if many else 0)
    if isinstance(piece, Sequence):
        return sum(map(loops, piece.parts))
    if isinstance(piece, Choice):
        return sum(map(loops, piece.options))
    return loops(piece.part) if isinstance(piece, (Group, Look)) else 0


def _plain(piece: Piece) -> bool:
    """Whether a part matches in one way only: characters one after the other."""
    if isinstance(piece, Sequence):
        return bool(piece.parts) and all(map(_plain, piece.parts))
    return isinstance(piece, One) or (isinstance(piece, Group) and _plain(piece.part))
