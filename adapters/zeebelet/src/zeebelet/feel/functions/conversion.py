"""Functions that make one kind of value of another."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .. import temporal_text as text
from ..calendar import MAX_OFFSET, at_instant, at_offset, at_zone, epoch_day, instant, months_between, zone_rules
from ..errors import FeelEvaluationError
from ..maporder import ordered
from ..numbers import Number, int_value, number
from ..run import Run
from ..show import show, variables_of
from ..values import (
    NANOS,
    NUMBERS,
    Date,
    DayTimeDuration,
    Failure,
    LocalDateTime,
    LocalTime,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)
from .registry import Library

library = Library()
builtin = library.builtin
Moment = LocalDateTime | ZonedDateTime


@builtin("date", "from: string | date and time | date")
def to_date(_run: Run, value: Any) -> Any:
    """The date of a text, or of a date and time."""
    if type(value) is str:
        return text.parse_date(value) or Failure(f"Failed to parse date from '{value}'")
    return value if isinstance(value, Date) else value.date


@builtin("date", "year: number, month: number, day: number")
def make_date(_run: Run, year: Number, month: Number, day: Number) -> Any:
    """The date of a year, month and day."""
    found = Date(int_value(year), int_value(month), int_value(day))
    try:
        epoch_day(found)
    except ValueError:
        return Failure(f"Failed to parse date from: year={show(year)}, month={show(month)}, day={show(day)}")
    return found


@builtin("date and time", "from: string")
def to_date_and_time(_run: Run, value: str) -> Any:
    """The date and time of a text."""
    if text.DATE.fullmatch(value):
        day = text.parse_date(value)
        return LocalDateTime(day, 0) if day else Failure(f"Failed to parse date(-time) from '{value}'")
    found = text.parse_zoned_date_time(value) or text.parse_local_date_time(value)
    return found or Failure(f"Failed to parse date-time from '{value}'")


def _on(day: Date, time: LocalTime | ZonedTime) -> Moment:
    if isinstance(time, LocalTime):
        return LocalDateTime(day, time.nanos)
    return at_zone(day, time.nanos, time.zone) if time.zone else ZonedDateTime(day, time.nanos, time.offset)


@builtin("date and time", "date: date | date and time, time: time | string")
def make_date_and_time(_run: Run, day: Any, time: Any) -> Any:
    """A date with a time, or a date and time in a zone."""
    if type(time) is str:
        return _in_zone(day, time)
    return _on(day if isinstance(day, Date) else day.date, time)


def _in_zone(moment: Any, zone: str) -> Any:
    if isinstance(moment, Date):
        return Failure(f"Illegal arguments: '{show(moment)}', '{show(zone)}'")
    offset = text.parse_offset(zone)
    if offset is None and zone_rules(zone) is None:
        raise FeelEvaluationError(f"Invalid ID for region-based ZoneId: {zone}")
    if isinstance(moment, ZonedDateTime):
        return at_instant(instant(moment), zone) if offset is None else at_offset(instant(moment), offset)
    return (
        at_zone(moment.date, moment.nanos, zone) if offset is None else ZonedDateTime(moment.date, moment.nanos, offset)
    )


@builtin("time", "from: string | date and time | date")
def to_time(_run: Run, value: Any) -> Any:
    """The time of a text, or of a date and time; midnight UTC of a date."""
    if type(value) is str:
        return _parse_time(value)
    if isinstance(value, Date):
        return ZonedTime(0, 0)
    return LocalTime(value.nanos) if isinstance(value, LocalDateTime) else ZonedTime(*value[1:])


def _parse_time(value: str) -> Any:
    if text.ZONED_TIME.fullmatch(value):
        return text.parse_zoned_time(value) or Failure(f"Failed to parse time from '{value}'")
    return text.parse_local_time(value) or Failure(f"Failed to parse local-time from '{value}'")


_DIGITS = 1_000  # a number with more digits before the point has no fraction that could be computed


def _day_nanos(hour: Number, minute: Number, second: Number) -> int | None:
    hours, minutes, seconds = int_value(hour), int_value(minute), int_value(second)
    fraction = 0 if isinstance(second, int) or second.adjusted() > _DIGITS else int((second - int(second)) * NANOS)
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds < 60 and fraction >= 0):
        return None
    return ((hours * 60 + minutes) * 60 + seconds) * NANOS + fraction


@builtin("time", "hour: number, minute: number, second: number")
def make_time(_run: Run, hour: Number, minute: Number, second: Number) -> Any:
    """The time of an hour, minute and second."""
    found = _day_nanos(hour, minute, second)
    if found is None:
        return Failure(
            f"Failed to parse local-time from: hour={show(hour)}, minute={show(minute)}, second={show(second)}"
        )
    return LocalTime(found)


@builtin("time", "hour: number, minute: number, second: number, offset: days and time duration | null")
def make_zoned_time(_run: Run, hour: Number, minute: Number, second: Number, offset: DayTimeDuration | None) -> Any:
    """The time of an hour, minute and second with an offset; null for none."""
    if offset is None:
        return make_time(_run, hour, minute, int_value(second))
    found = _day_nanos(hour, minute, second)
    seconds = offset.nanos // NANOS
    if found is None or abs(seconds) > MAX_OFFSET:
        return Failure(
            f"Failed to parse time from: hour={show(hour)}, minute={show(minute)}, second={show(second)},"
            f" offset={show(offset)}"
        )
    return ZonedTime(found, seconds)


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,9})?")


def parse_number(value: str) -> Any:
    """The number that a text is; exponents are allowed, white space is not."""
    if not _NUMBER.fullmatch(value) or len(value) > 4_000:
        return Failure(f"Can't parse '{value}' as a number")
    found = Decimal(value)
    return int(found) if found.as_tuple().exponent == 0 else found


@builtin("number", "from: string")
def to_number(_run: Run, value: str) -> Any:
    """The number of a text."""
    return parse_number(value)


GROUPING = (" ", ",", ".")
DECIMAL = (",", ".")


@builtin("number", "from: string, grouping separator: string")
def to_number_grouped(_run: Run, value: str, grouping: str) -> Any:
    """The number of a text with a sign between groups of digits."""
    if grouping not in GROUPING:
        return Failure("illegal argument for grouping. Must be one of ' ', ',' or '.'")
    return parse_number(value.replace(grouping, ""))


@builtin("number", "from: string, grouping separator: string | null, decimal separator: string | null")
def to_number_separated(_run: Run, value: str, grouping: str | None, decimal: str | None) -> Any:
    """The number of a text with a sign between groups of digits and one before the fraction."""
    if grouping is None and decimal is None:
        return Failure(f"Illegal arguments: '{show(value)}', 'null', 'null'")
    known = grouping in (None, *GROUPING) and decimal in (None, *DECIMAL)
    if not known or grouping == decimal:
        return Failure("illegal arguments for grouping or decimal. Must be one of ' ' (grouping only), ',' or '.'")
    plain = value.replace(grouping, "") if grouping else value
    return parse_number(plain.replace(decimal, ".") if decimal else plain)


@builtin("string", "from")
def to_string(_run: Run, value: Any) -> str | None:
    """The text of a value."""
    return value if value is None or type(value) is str else show(value)


@builtin("duration", "from: string")
def to_duration(_run: Run, value: str) -> Any:
    """The duration of a text."""
    found: Any = text.parse_months(value) if _MONTHS.fullmatch(value) else None
    if found is None and _DAY_TIME.fullmatch(value):
        found = text.parse_day_time(value)
    return Failure(f"Failed to parse duration from '{value}'") if found is None else found


# What Camunda takes for a duration before it parses it.
_MONTHS = re.compile(r"-?P-?(\d+Y)?-?(\d+M)?", re.ASCII)
_DAY_TIME = re.compile(r"-?P(-?(\d+D)?(T-?(\d+H)?-?(\d+M)?-?(\d+(.\d*)?S)?)?)?", re.ASCII)


@builtin("years and months duration", "from: date | date and time, to: date | date and time")
def months_from_to(_run: Run, start: Any, end: Any) -> YearMonthDuration:
    """The whole months from one date to another."""
    days = [moment if isinstance(moment, Date) else moment.date for moment in (start, end)]
    return YearMonthDuration(months_between(*days))


@builtin("from json", "json: string | null")
def from_json(_run: Run, value: str | None) -> Any:
    """The value of a JSON text."""
    if value is None:
        return None
    text = value.lstrip(" \t\r\n")
    try:
        found, end = _JSON.raw_decode(text)
    except (ValueError, RecursionError):
        found, end = None, -1
    if end < 0 or (text[end : end + 1].strip(" \t\r\n") and type(found) not in (str, list, dict)):
        return Failure(f"Failed to parse JSON from '{value}'")
    return found  # what follows the first value is not looked at


def _finite(digits: str) -> float | None:
    """A fraction; null when it is beyond what a double holds."""
    found = float(digits)
    return None if found in (float("inf"), float("-inf")) else found


def _no_constant(name: str) -> Any:
    raise ValueError(name)


_JSON = json.JSONDecoder(parse_float=_finite, parse_constant=_no_constant)
_ESCAPES = re.compile(r'["\\\x00-\x1f]')
_NAMED_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def _json_string(value: str) -> str:
    return '"' + _ESCAPES.sub(lambda found: _NAMED_ESCAPES.get(found[0], f"\\u{ord(found[0]):04X}"), value) + '"'


def _json_moment(value: ZonedDateTime) -> str:
    zone = f"[{value.zone}]" if value.zone else ""
    return f"{_json_local(LocalDateTime(value.date, value.nanos))}{text.format_offset(value.offset)}{zone}"


def _json_local(value: LocalDateTime) -> str:
    return f"{text.format_date(value.date)}T{text.format_nanos(value.nanos)}"


def _json_months(value: YearMonthDuration) -> str:
    sign = -1 if value.months < 0 else 1
    years, months = (sign * part for part in divmod(abs(value.months), 12))
    return "P0D" if not value.months else "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")


def _json_duration(value: DayTimeDuration) -> str:
    """As java.time.Duration prints: hours, minutes and seconds, each with its sign."""
    if not value.nanos:
        return "PT0S"
    sign = -1 if value.nanos < 0 else 1
    seconds, fraction = divmod(abs(value.nanos), NANOS)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    parts = "".join(f"{sign * part}{unit}" for part, unit in ((hours, "H"), (minutes, "M")) if part)
    if rest or fraction:
        decimals = f".{fraction:09d}".rstrip("0") if fraction else ""
        parts += f"{'-' if sign < 0 else ''}{rest}{decimals}S"
    return "PT" + parts


_JSON_TEXTS: dict[type, Callable[[Any], str]] = {
    Date: text.format_date,
    LocalTime: lambda value: text.format_nanos(value.nanos),
    ZonedTime: lambda value: text.format_nanos(value.nanos) + text.format_offset(value.offset),
    LocalDateTime: _json_local,
    ZonedDateTime: _json_moment,
    YearMonthDuration: _json_months,
    DayTimeDuration: _json_duration,
}


def json_text(value: Any) -> str:
    """A value as JSON."""
    kind = type(value)
    if kind is list:
        return "[" + ",".join(map(json_text, value)) + "]"
    if kind is dict:
        entries = ordered(variables_of(value)).items()
        return "{" + ",".join(f"{_json_string(key)}:{json_text(item)}" for key, item in entries) + "}"
    if kind in NUMBERS:
        return str(number(value))
    if value is None or kind is bool:
        return show(value)
    return _json_string(value if kind is str else _JSON_TEXTS.get(kind, show)(value))


@builtin("to json", "value")
def to_json(_run: Run, value: Any) -> str:
    """A value as a JSON text."""
    return json_text(value)
