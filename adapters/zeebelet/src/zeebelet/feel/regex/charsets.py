"""Sets of characters, as sorted ranges of code points: what classes and escapes of a pattern stand for."""

from __future__ import annotations

import sys
import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

Ranges = tuple[tuple[int, int], ...]
LAST = sys.maxunicode


@dataclass(frozen=True, slots=True)
class CharSet:
    """A set of characters; ranges are sorted, inclusive and do not touch."""

    ranges: Ranges

    def __contains__(self, char: str) -> bool:
        code = ord(char)
        at = bisect_right(self.ranges, (code, LAST)) - 1
        return at >= 0 and code <= self.ranges[at][1]

    def __or__(self, other: CharSet) -> CharSet:
        return of_ranges((*self.ranges, *other.ranges))

    def __and__(self, other: CharSet) -> CharSet:
        return ~(~self | ~other)

    def __sub__(self, other: CharSet) -> CharSet:
        return self & ~other

    def __invert__(self) -> CharSet:
        gaps, start = [], 0
        for low, high in self.ranges:
            if low > start:
                gaps.append((start, low - 1))
            start = high + 1
        return CharSet((*gaps, (start, LAST)) if start <= LAST else tuple(gaps))

    def any_case(self) -> CharSet:
        """The set with both cases of the ASCII letters in it: patterns ignore case in ASCII only."""
        letters = [code for code in (*range(65, 91), *range(97, 123)) if chr(code) in self]
        return self | of_ranges((code ^ 32, code ^ 32) for code in letters)

    def python(self) -> str:
        """The set as a class of Python's patterns."""
        if not self.ranges:
            return "(?!)"
        return "[" + "".join(f"{_escape(low)}-{_escape(high)}" for low, high in self.ranges) + "]"


def _escape(code: int) -> str:
    return f"\\U{code:08x}" if code > 0xFFFF else f"\\u{code:04x}"


def of_ranges(ranges: Iterable[tuple[int, int]]) -> CharSet:
    """A set of ranges in any order."""
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], high)
        else:
            merged.append((low, high))
    return CharSet(tuple(merged))


def of_chars(chars: str) -> CharSet:
    """A set of single characters."""
    return of_ranges((ord(char), ord(char)) for char in chars)


def _span(*bounds: str) -> CharSet:
    return of_ranges((ord(bound[0]), ord(bound[-1])) for bound in bounds)


DIGIT = _span("09")
WORD = _span("az", "AZ", "09", "_")
SPACE = of_chars(" \t\n\x0b\f\r")
LINE_ENDS = of_chars("\n\r\x85\u2028\u2029")
HORIZONTAL = of_chars(" \t\xa0\u1680\u180e\u202f\u205f\u3000") | of_ranges([(0x2000, 0x200A)])
VERTICAL = of_chars("\n\x0b\f\r\x85\u2028\u2029")
EVERYTHING = of_ranges([(0, LAST)])

# \d and the like, and what their capitals leave out.
ESCAPES = {"d": DIGIT, "w": WORD, "s": SPACE, "h": HORIZONTAL, "v": VERTICAL}

_PUNCTUATION = of_chars("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_POSIX = {
    "Lower": _span("az"),
    "Upper": _span("AZ"),
    "ASCII": of_ranges([(0, 127)]),
    "Alpha": _span("az", "AZ"),
    "Digit": DIGIT,
    "Alnum": _span("az", "AZ", "09"),
    "Punct": _PUNCTUATION,
    "Graph": _span("!~"),
    "Print": _span(" ~"),
    "Blank": of_chars(" \t"),
    "Cntrl": of_ranges([(0, 31), (127, 127)]),
    "XDigit": _span("09", "af", "AF"),
    "Space": SPACE,
}
_BLOCKS = {
    "BasicLatin": (0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "Greek": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
}


@lru_cache(maxsize=64)
def where(holds: Callable[[str], bool]) -> CharSet:
    """The characters for which something holds."""
    found, start = [], -1
    for code in range(LAST + 2):
        inside = code <= LAST and holds(chr(code))
        if inside and start < 0:
            start = code
        elif not inside and start >= 0:
            found.append((start, code - 1))
            start = -1
    return CharSet(tuple(found))


@lru_cache(maxsize=64)
def category(name: str) -> CharSet | None:
    """The characters of a general category (`L`, `Lu`), or None when there is no such."""
    found = where(lambda char: unicodedata.category(char).startswith(name))
    return found if found.ranges and len(name) <= 2 else None


_BINARY: dict[str, Callable[[str], bool]] = {
    "Alphabetic": str.isalpha,
    "Letter": str.isalpha,
    "Digit": str.isdecimal,
    "Uppercase": str.isupper,
    "Lowercase": str.islower,
    "WhiteSpace": str.isspace,
}


def named(name: str) -> CharSet | None:
    """The characters of `\\p{name}`, or None when that is not known."""
    if name in _POSIX:
        return _POSIX[name]
    plain = name[2:] if name.startswith(("Is", "In")) else name
    if plain in _BLOCKS and name.startswith("I"):
        return of_ranges([_BLOCKS[plain]])
    if plain in _BINARY and name.startswith("Is"):
        return where(_BINARY[plain])
    if name.startswith("Is") and plain.isalpha() and len(plain) > 2:
        return _script(plain.upper())
    return category(plain) if plain else None


@lru_cache(maxsize=16)
def _script(name: str) -> CharSet | None:
    """The letters whose names begin with a script's name."""
    found = where(lambda char: unicodedata.name(char, "").startswith(name + " ") and char.isalpha())
    return found if found.ranges else None
