"""Java's regular expressions, matched by Python's engine where that is quick, else by one that can be stopped."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial

from ..run import Run
from .matcher import Match, Matcher
from .syntax import Flags, PatternError, Piece, read
from .translate import loops, to_python

__all__ = ["Pattern", "PatternError", "compile_pattern", "find_all", "matches", "replace_all", "split"]

MAX_LENGTH = 10_000  # characters of a pattern
_QUICK = 50_000_000  # steps that Python's engine may need at most


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern, its groups, and its translation if Python can match it."""

    piece: Piece
    groups: int
    names: dict[str, int]
    loops: int
    python: re.Pattern[str] | None


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str, *, xpath: bool = False) -> Pattern:
    """A compiled pattern; raises PatternError when it is none."""
    if len(pattern) > MAX_LENGTH:
        raise PatternError("The pattern is too long")
    if xpath and "x" in flags:
        pattern, flags = re.sub(r"\s", "", pattern), flags.replace("x", "")
    if xpath and "q" in flags:
        pattern = re.sub(r"([^\w\s])", r"\\\1", pattern)
    chosen = Flags("i" in flags, "s" in flags, "m" in flags, "x" in flags)
    piece, reader = read(pattern, chosen, xpath=xpath)
    try:
        python = re.compile(to_python(piece), re.ASCII)
    except (re.error, RecursionError, OverflowError):  # a look behind of any length, a reference to a later group
        python = None
    return Pattern(piece, reader.groups, reader.names, loops(piece), python)


def _searcher(pattern: re.Pattern[str], text: str) -> Callable[[int], Match | None]:
    """The search of Python's engine."""

    def search(at: int) -> Match | None:
        found = pattern.search(text, at)
        return found and Match(found.start(), found.end(), found.regs[1:])

    return search


def _found(run: Run, pattern: Pattern, text: str) -> Iterator[Match]:
    """The matches from the left, one after the other."""
    if pattern.python is not None and (len(text) + 1) ** (pattern.loops + 1) <= _QUICK:
        search = _searcher(pattern.python, text)
    else:
        search = partial(Matcher(run, text, pattern.groups).search, pattern.piece)
    at = 0
    while at <= len(text):
        match = search(at)
        if match is None:
            return
        yield match
        at = match.end if match.end > match.start else match.end + 1


def matches(run: Run, pattern: Pattern, text: str) -> bool:
    """Whether the pattern is found."""
    return next(_found(run, pattern, text), None) is not None


def find_all(run: Run, pattern: Pattern, text: str) -> list[str]:
    """What the pattern matches, from the left."""
    return [text[found.start : found.end] for found in _found(run, pattern, text)]


def split(run: Run, pattern: Pattern, text: str) -> list[str]:
    """The parts between matches; an empty match at the start leaves no empty part."""
    parts: list[str] = []
    start = 0
    for found in _found(run, pattern, text):
        if found.end == 0:
            continue
        parts.append(text[start : found.start])
        start = found.end
    return [*parts, text[start:]]


def replace_all(run: Run, pattern: Pattern, text: str, replacement: str) -> str:
    """Every match replaced, `$1` standing for a group and a backslash for the character behind it."""
    parts: list[str] = []
    start = 0
    for found in _found(run, pattern, text):
        run.spend(len(replacement))
        parts += (text[start : found.start], _expanded(pattern, text, found, replacement))
        start = found.end
    return "".join((*parts, text[start:]))


_REFERENCE = re.compile(r"\\(.)|\$(?:(\d)|\{([A-Za-z][A-Za-z0-9]*)\})|[^\\$]+", re.DOTALL)


def _expanded(pattern: Pattern, text: str, found: Match, replacement: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(replacement):
        reference = _REFERENCE.match(replacement, at)
        if reference is None:
            raise PatternError("Illegal group reference")
        at = reference.end()
        if reference[2]:
            number, at = _longest(int(reference[2]), replacement, at, pattern.groups)
            out.append(_group(text, found, number))
        elif reference[3]:
            out.append(_group(text, found, pattern.names.get(reference[3], -1)))
        else:
            out.append(reference[1] or reference[0])
    return "".join(out)


def _longest(number: int, replacement: str, at: int, groups: int) -> tuple[int, int]:
    """More digits belong to a group's number as long as there is such a group."""
    while at < len(replacement) and replacement[at] in "0123456789":
        longer = number * 10 + int(replacement[at])
        if longer > groups:
            break
        number, at = longer, at + 1
    return number, at


def _group(text: str, found: Match, number: int) -> str:
    if number == 0:
        return text[found.start : found.end]
    if not 0 < number <= len(found.groups):
        raise PatternError(f"No group {number}")
    start, end = found.groups[number - 1]
    return text[start:end] if start >= 0 else ""
