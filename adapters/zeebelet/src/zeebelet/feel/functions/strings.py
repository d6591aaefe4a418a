"""Functions of strings; positions and lengths count UTF-16 units, as Java does."""

from __future__ import annotations

import base64
import secrets
import time
import uuid
from typing import Any

from ..errors import FeelEvaluationError
from ..numbers import Number, int_value
from ..regex import PatternError, compile_pattern, find_all, matches, replace_all, split
from ..run import Run
from ..values import Failure
from .registry import Library

library = Library(measured=True)
builtin = library.builtin


def to_units(text: str) -> str:
    """A string in which every character is one UTF-16 unit."""
    if text.isascii() or max(text) < "\U00010000":
        return text
    raw = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(raw[at] | raw[at + 1] << 8) for at in range(0, len(raw), 2))


def from_units(text: str) -> str:
    """The string of UTF-16 units, pairs of surrogates joined."""
    if text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _between(text: str, start: int, end: int) -> str:
    """The units from start to end; there must be such."""
    if not 0 <= start <= end <= len(text):
        raise FeelEvaluationError(f"begin {start}, end {end}, length {len(text)}")
    return from_units(text[start:end])


def _place(text: str, index: int) -> int:
    return index - 1 if index > 0 else len(text) + index


@builtin("substring", "string: string, start position: number")
def substring(_run: Run, text: str, start: Number) -> str:
    """The characters from a position on."""
    units = to_units(text)
    return _between(units, _place(units, int_value(start)), len(units))


@builtin("substring", "string: string, start position: number, length: number")
def substring_of_length(_run: Run, text: str, start: Number, length: Number) -> str:
    """So many characters from a position on."""
    units = to_units(text)
    first = _place(units, int_value(start))
    return _between(units, first, min(first + int_value(length), len(units)))


@builtin("string length", "string: string")
def string_length(_run: Run, text: str) -> int:
    """The number of characters."""
    return len(to_units(text))


@builtin("upper case", "string: string")
def upper_case(_run: Run, text: str) -> str:
    """In capital letters."""
    return text.upper()


@builtin("lower case", "string: string")
def lower_case(_run: Run, text: str) -> str:
    """In small letters."""
    return text.lower()


@builtin("substring before", "string: string, match: string")
def substring_before(_run: Run, text: str, match: str) -> str:
    """What stands before the first match; empty when there is none."""
    at = text.find(match)
    return text[:at] if at > 0 else ""


@builtin("substring after", "string: string, match: string")
def substring_after(_run: Run, text: str, match: str) -> str:
    """What stands after the first match; empty when there is none."""
    at = text.find(match)
    return text[at + len(match) :] if at >= 0 else ""


@builtin("contains", "string: string, match: string")
def contains(_run: Run, text: str, match: str) -> bool:
    """Whether a string is part of another."""
    return match in text


@builtin("starts with", "string: string, match: string")
def starts_with(_run: Run, text: str, match: str) -> bool:
    """Whether a string begins with another."""
    return text.startswith(match)


@builtin("ends with", "string: string, match: string")
def ends_with(_run: Run, text: str, match: str) -> bool:
    """Whether a string ends with another."""
    return text.endswith(match)


def _invalid(pattern: str, what: str = "pattern") -> Failure:
    return Failure(f"Invalid {what} '{pattern}'")


@builtin("replace", "input: string, pattern: string, replacement: string")
def replace(run: Run, text: str, pattern: str, replacement: str) -> Any:
    """Every match of a regular expression replaced."""
    return replace_flagged(run, text, pattern, replacement, "")


@builtin("replace", "input: string, pattern: string, replacement: string, flags: string")
def replace_flagged(run: Run, text: str, pattern: str, replacement: str, flags: str) -> Any:
    """As `replace`, with flags s, m, i and x."""
    try:
        return from_units(replace_all(run, compile_pattern(pattern, flags), text, replacement))
    except PatternError:
        return _invalid(pattern)


@builtin("matches", "input: string, pattern: string")
def matches_pattern(run: Run, text: str, pattern: str) -> Any:
    """Whether a regular expression is found in a string."""
    return matches_flagged(run, text, pattern, "")


@builtin("matches", "input: string, pattern: string, flags: string")
def matches_flagged(run: Run, text: str, pattern: str, flags: str) -> Any:
    """As `matches`, with flags s, m, i and x."""
    try:
        return matches(run, compile_pattern(pattern, flags), text)
    except PatternError:
        return _invalid(pattern)


@builtin("split", "string: string, delimiter: string")
def split_by(run: Run, text: str, delimiter: str) -> Any:
    """The parts between the matches of a regular expression."""
    try:
        return split(run, compile_pattern(delimiter, ""), text)
    except PatternError:
        return _invalid(delimiter, "pattern for delimiter")


@builtin("extract", "input: string, pattern: string")
def extract(run: Run, text: str, pattern: str) -> Any:
    """Every match of a regular expression."""
    try:
        return find_all(run, compile_pattern(pattern, ""), text)
    except PatternError:
        return _invalid(pattern)


_TRIMMED = "".join(map(chr, range(0x21)))
_BLANK = frozenset("\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \u1680\u2028\u2029\u205f\u3000") | frozenset(
    chr(code) for code in range(0x2000, 0x200B) if code != 0x2007
)


@builtin("trim", "string: string")
def trim(_run: Run, text: str) -> str:
    """Without white space at both ends."""
    return text.strip(_TRIMMED)


@builtin("is blank", "string: string")
def is_blank(_run: Run, text: str) -> bool:
    """Whether there is nothing but white space."""
    return all(char in _BLANK for char in text)


@builtin("to base64", "value: string")
def to_base64(_run: Run, text: str) -> str:
    """The string's UTF-8 bytes in base 64."""
    return base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")


@builtin("uuid", "")
def new_uuid(_run: Run) -> str:
    """A new UUID, version 7: a time stamp and random bits."""
    bits = (
        time.time_ns() // 1_000_000 << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    )
    return str(uuid.UUID(int=bits))
