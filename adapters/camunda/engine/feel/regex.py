"""Java's regular expressions, on Python's engine where the two mean the same."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from .run import Run


class PatternError(Exception):
    """The text is not a regular expression, or a replacement names a group that there is not."""


_FLAGS = {"s": re.DOTALL, "m": re.MULTILINE, "i": re.IGNORECASE, "x": re.VERBOSE}
_JAVA = (
    (re.compile(r"\(\?<(?=[A-Za-z])"), "(?P<"),
    (re.compile(r"\\k<(\w+)>"), r"(?P=\1)"),
    (re.compile(r"\\h"), r"[ \\t\\xA0]"),
    (re.compile(r"\\R"), r"(?:\\r\\n|[\\n-\\r\\x85\\u2028\\u2029])"),
    (re.compile(r"\\z"), r"\\Z"),
    (re.compile(r"\\p\{(?:L|IsAlphabetic|Alpha)\}"), r"[^\\W\\d_]"),
)


@lru_cache(maxsize=512)
def compile_pattern(pattern: str, flags: str, *, xpath: bool = False) -> re.Pattern[str]:
    """A compiled pattern; raises PatternError when it is none."""
    combined = re.ASCII
    for flag, meaning in _FLAGS.items():
        if flag in flags:
            combined |= meaning
    for java, python in _JAVA:
        pattern = java.sub(python, pattern)
    try:
        return re.compile(pattern, combined)
    except (re.error, RecursionError, OverflowError) as error:
        raise PatternError(str(error)) from error


def matches(_run: Run, pattern: re.Pattern[str], text: str) -> bool:
    """Whether the pattern is found."""
    return pattern.search(text) is not None


def find_all(_run: Run, pattern: re.Pattern[str], text: str) -> list[str]:
    """What the pattern matches, from the left."""
    return [found[0] for found in pattern.finditer(text)]


def split(_run: Run, pattern: re.Pattern[str], text: str) -> list[str]:
    """The parts between matches; an empty match at the start leaves no empty part."""
    parts: list[str] = []
    start = 0
    for found in pattern.finditer(text):
        if found.end() == 0:
            continue
        parts.append(text[start : found.start()])
        start = found.end()
    return [*parts, text[start:]]


_REFERENCE = re.compile(r"\\(.?)|\$(?:(\d)|\{([A-Za-z][A-Za-z0-9]*)\}|)", re.DOTALL)


def replace_all(_run: Run, pattern: re.Pattern[str], text: str, replacement: str) -> str:
    """Every match replaced, `$1` standing for a group."""
    return pattern.sub(lambda found: _expand(found, replacement), text)


def _expand(found: re.Match[str], replacement: str) -> str:
    out: list[str] = []
    at = 0
    while at < len(replacement):
        char = replacement[at]
        if char not in "\\$":
            out.append(char)
            at += 1
            continue
        text, at = _reference(found, replacement, at)
        out.append(text)
    return "".join(out)


def _reference(found: re.Match[str], replacement: str, at: int) -> tuple[str, int]:
    reference = _REFERENCE.match(replacement, at)
    assert reference is not None
    if replacement[at] == "\\":
        if not reference[1]:
            raise PatternError("character to be escaped is missing")
        return reference[1], reference.end()
    if reference[3]:
        return _group(found, reference[3]), reference.end()
    if not reference[2]:
        raise PatternError("Illegal group reference")
    number, end = int(reference[2]), reference.end()
    while end < len(replacement) and replacement[end] in "0123456789":
        longer = number * 10 + int(replacement[end])
        if longer > (found.re.groups or 0):
            break
        number, end = longer, end + 1
    return _group(found, number), end


def _group(found: re.Match[str], group: Any) -> str:
    try:
        return found[group] or ""
    except IndexError as error:
        raise PatternError(f"No group {group}") from error
