"""A matcher that can be stopped: for patterns whose loops nest, where Python's engine might not come back.

Each part of a pattern becomes a function that takes a place and what to do next, and returns the end of the whole match, or -1.
Every try is a step of the evaluation's budget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from ..errors import FeelLimitError
from ..run import Run
from . import charsets
from .syntax import Anchor, Back, Choice, Group, Look, One, Piece, Repeat, Sequence

Next = Callable[[int], int]
_COST = 4  # steps of the budget that one step here takes


class Match(NamedTuple):
    """What was found: start, end, and the span of each group (-1, -1 for one that took no part)."""

    start: int
    end: int
    groups: tuple[tuple[int, int], ...]


class Matcher:
    """One text that is searched for one pattern."""

    def __init__(self, run: Run, text: str, groups: int) -> None:
        self.run = run
        self.text = text
        self.spans: list[tuple[int, int]] = [(-1, -1)] * (groups + 1)

    def search(self, piece: Piece, start: int) -> Match | None:
        """The first match at or after a place."""
        try:
            for at in range(start, len(self.text) + 1):
                self.spans = [(-1, -1)] * len(self.spans)
                end = self.match(piece, at, lambda place: place)
                if end >= 0:
                    return Match(at, end, tuple(self.spans[1:]))
        except RecursionError as error:
            raise FeelLimitError("Expected a pattern that matches in fewer steps") from error
        return None

    def match(self, piece: Piece, at: int, then: Next) -> int:
        """The end of a match of a part at a place and of what comes then, or -1."""
        self.run.spend(_COST)
        kind = type(piece)
        if kind is One:
            return then(at + 1) if at < len(self.text) and self.text[at] in piece.chars else -1  # type: ignore[attr-defined]
        if isinstance(piece, Sequence):
            return self._sequence(piece.parts, 0, at, then)
        if isinstance(piece, Choice):
            ends = (self.match(option, at, then) for option in piece.options)
            return next((end for end in ends if end >= 0), -1)
        if isinstance(piece, Repeat):
            return self._repeat(piece, at, then)
        if isinstance(piece, Group):
            return self._group(piece, at, then)
        if isinstance(piece, Look):
            return self._look(piece, at, then)
        if isinstance(piece, Back):
            return self._back(piece, at, then)
        return then(at) if isinstance(piece, Anchor) and self._anchored(piece, at) else -1

    def _sequence(self, parts: tuple[Piece, ...], index: int, at: int, then: Next) -> int:
        if index == len(parts):
            return then(at)
        return self.match(parts[index], at, lambda place: self._sequence(parts, index + 1, place, then))

    def _repeat(self, piece: Repeat, at: int, then: Next) -> int:
        if isinstance(piece.part, One):
            return self._run_of(piece.part, piece, at, then)
        if piece.mode == "+":
            greedy = Repeat(piece.part, piece.least, piece.most, "")
            end = self._loop(greedy, 0, at, lambda place: place)
            return then(end) if end >= 0 else -1
        return self._loop(piece, 0, at, then)

    def _run_of(self, one: One, piece: Repeat, at: int, then: Next) -> int:
        """Characters of one set, without a call for each."""
        most = len(self.text) - at if piece.most is None else min(piece.most, len(self.text) - at)
        count = 0
        while count < most and self.text[at + count] in one.chars:
            count += 1
        self.run.spend(count + 1)
        if count < piece.least:
            return -1
        if piece.mode == "+":
            return then(at + count)
        counts = range(piece.least, count + 1)
        ends = (then(at + taken) for taken in (counts if piece.mode == "?" else reversed(counts)))
        return next((end for end in ends if end >= 0), -1)

    def _loop(self, piece: Repeat, count: int, at: int, then: Next) -> int:
        def again(place: int) -> int:
            if place == at and count >= piece.least:
                return -1  # an empty round more would go on for ever
            return self._loop(piece, count + 1, place, then)

        self.run.spend(_COST)
        more = piece.most is None or count < piece.most
        if count < piece.least:
            return self.match(piece.part, at, again)
        if piece.mode == "?":
            end = then(at)
            return end if end >= 0 or not more else self.match(piece.part, at, again)
        end = self.match(piece.part, at, again) if more else -1
        return end if end >= 0 else then(at)

    def _group(self, piece: Group, at: int, then: Next) -> int:
        if piece.atomic:
            end = self.match(piece.part, at, lambda place: place)
            return then(end) if end >= 0 else -1
        if not piece.number:
            return self.match(piece.part, at, then)
        before = self.spans[piece.number]

        def close(place: int) -> int:
            inner, self.spans[piece.number] = self.spans[piece.number], (at, place)
            end = then(place)
            if end < 0:
                self.spans[piece.number] = inner
            return end

        end = self.match(piece.part, at, close)
        if end < 0:
            self.spans[piece.number] = before
        return end

    def _look(self, piece: Look, at: int, then: Next) -> int:
        if piece.ahead:
            found = self.match(piece.part, at, lambda place: place) >= 0
        else:
            ends = (
                self.match(piece.part, start, lambda place: place if place == at else -1) for start in range(at, -1, -1)
            )
            found = any(end >= 0 for end in ends)
        return then(at) if found is not piece.negative else -1

    def _back(self, piece: Back, at: int, then: Next) -> int:
        start, end = self.spans[piece.number] if piece.number < len(self.spans) else (-1, -1)
        if start < 0:
            return -1
        wanted, found = self.text[start:end], self.text[at : at + end - start]
        same = wanted.lower() == found.lower() if piece.ignore_case else wanted == found
        return then(at + len(wanted)) if same else -1

    def _anchored(self, piece: Anchor, at: int) -> bool:
        return _ANCHORS[piece.kind](self.text, at, piece.multi_line)


def _is_word(text: str, at: int) -> bool:
    return 0 <= at < len(text) and (text[at].isalnum() or text[at] == "_")


def _at_start(text: str, at: int, lines: bool) -> bool:
    if at == 0:
        return True
    after_end = text[at - 1] in charsets.LINE_ENDS and not (text[at - 1] == "\r" and text[at : at + 1] == "\n")
    return lines and at < len(text) and after_end


def _at_end(text: str, at: int, lines: bool) -> bool:
    rest = text[at:]
    within_pair = at > 0 and text[at - 1] == "\r" and rest[:1] == "\n"
    if lines:
        return not rest or (rest[0] in charsets.LINE_ENDS and not within_pair)
    return not rest or rest == "\r\n" or (len(rest) == 1 and rest in charsets.LINE_ENDS and not within_pair)


_ANCHORS: dict[str, Callable[[str, int, bool], bool]] = {
    "^": _at_start,
    "$": _at_end,
    "A": lambda text, at, lines: at == 0,
    "z": lambda text, at, lines: at == len(text),
    "Z": lambda text, at, lines: _at_end(text, at, False),
    "b": lambda text, at, lines: _is_word(text, at - 1) != _is_word(text, at),
    "B": lambda text, at, lines: _is_word(text, at - 1) == _is_word(text, at),
    "G": lambda text, at, lines: True,
}
