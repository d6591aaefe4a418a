"""Literals: numbers, strings with their escapes, and the temporal values that are written as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import temporal_text as text
from .calendar import epoch_day, from_epoch_day
from .scanner import Cursor, quoted, skip, token
from .tree import Literal
from .values import Date, LocalDateTime

MAX_DIGITS = 4_000  # of a number; Python refuses to read longer ones by default
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)", re.ASCII)
_EXPONENT = re.compile(r"[eE][+-]?\d{1,5}", re.ASCII)

# Camunda replaces one kind of escape after the other, each unless a backslash stands before it.
_CAMUNDA_ESCAPES = (
    (re.compile(r"(?<!\\)\\n"), "\n"),
    (re.compile(r"(?<!\\)\\r"), "\r"),
    (re.compile(r"(?<!\\)\\t"), "\t"),
    (re.compile(r"(?<!\\)\\b"), "\b"),
    (re.compile(r"(?<!\\)\\f"), "\f"),
    (re.compile(r"(?<!\\)\\'"), "'"),
    (re.compile(r'(?<!\\)\\"'), '"'),
    (re.compile(r"\\\\"), "\\"),
)
_DMN_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
_DMN_SIMPLE = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", "'": "'", '"': '"', "\\": "\\"}


def number(cursor: Cursor) -> Literal | None:
    """A number: whole ones are `int`, others keep the digits they are written with."""
    found = _NUMBER.match(cursor.text, cursor.pos)
    if not found:
        return None
    digits = found[0]
    if len(digits) > MAX_DIGITS:
        raise cursor.error(f"Expected a number of at most {MAX_DIGITS} digits", cursor.pos)
    cursor.pos = found.end()
    exponent = _EXPONENT.match(cursor.text, cursor.pos) if cursor.dialect.exponents else None
    if exponent:
        cursor.pos = exponent.end()
        return Literal(Decimal(digits + exponent[0]))
    return Literal(Decimal(digits) if "." in digits else int(digits))


def unescape(raw: str, *, unicode: bool) -> str:
    """The characters that a string literal stands for."""
    if "\\" not in raw:
        return raw
    if unicode:
        joined = _DMN_ESCAPE.sub(_dmn_character, raw)
        return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    for pattern, character in _CAMUNDA_ESCAPES:
        raw = pattern.sub(lambda _, found=character: found, raw)  # type: ignore[misc]
    return raw


def _dmn_character(found: re.Match[str]) -> str:
    code = found[1] or found[2]
    if code:
        point = int(code, 16)
        return chr(point) if point <= 0x10FFFF else found[0]
    return _DMN_SIMPLE.get(found[3], found[0])


def string(cursor: Cursor) -> Literal | None:
    """A string in double quotes."""
    raw = quoted(cursor)
    return None if raw is None else Literal(unescape(raw, unicode=cursor.dialect.unicode_escapes))


def date_and_time(value: str) -> Any:
    """A date, a date and time, with or without zone."""
    day = text.parse_date(value) if text.DATE.fullmatch(value) else None
    if day is not None:
        return LocalDateTime(day, 0)
    return text.parse_zoned_date_time(value) or text.parse_local_date_time(value)


def time(value: str) -> Any:
    """A time, with or without zone."""
    return text.parse_zoned_time(value) if text.ZONED_TIME.fullmatch(value) else text.parse_local_time(value)


def duration(value: str) -> Any:
    """A duration of either kind."""
    return text.parse_months(value) or text.parse_day_time(value)


def at_literal(value: str) -> Any:
    """What `@"..."` stands for: the first temporal form that the text has."""
    parsers: tuple[Callable[[str], Any], ...] = (
        text.parse_date,
        text.parse_zoned_time,
        text.parse_zoned_date_time,
        text.parse_local_date_time,
        text.parse_months,
        text.parse_day_time,
        text.parse_local_time,
    )
    return next((found for parse in parsers if (found := parse(value)) is not None), None)


def _date(value: str) -> Date | None:
    return text.parse_date(value)


# Longest names first: `date and time(` is not a call of `date`.
_CONSTRUCTORS: tuple[tuple[str, Callable[[str], Any]], ...] = (
    ("duration", duration),
    ("date and time", date_and_time),
    ("date", _date),
    ("time", time),
)


_TEMPORAL_STARTS = "@dt"


def temporal(cursor: Cursor) -> Literal | None:
    """`@"..."`, or the call of a temporal function with a literal, which is evaluated while parsing."""
    start = cursor.pos
    if cursor.text[skip(cursor) : cursor.pos + 1] not in _TEMPORAL_STARTS:
        return None
    if token(cursor, "@"):
        raw = quoted(cursor)
        if raw is not None:
            return Literal(_ending_at_24(cursor, raw) or at_literal(raw))
        cursor.pos = start
        return None
    for constructor, parse in _CONSTRUCTORS:
        if cursor.text.startswith(constructor, skip(cursor)):
            cursor.pos += len(constructor)
            raw = quoted(cursor) if token(cursor, "(") else None
            if raw is not None and token(cursor, ")"):
                return Literal((parse is date_and_time and _ending_at_24(cursor, raw)) or parse(raw))
            break
    cursor.pos = start
    return None


def _ending_at_24(cursor: Cursor, value: str) -> Any:
    """The next midnight for a date and time that ends a day, where the dialect has such."""
    if not cursor.dialect.day_may_end_at_24 or "T24:00:00" not in value:
        return None
    found = date_and_time(value.replace("T24:", "T00:"))
    return found and found._replace(date=from_epoch_day(epoch_day(found.date) + 1))
