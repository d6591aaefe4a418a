"""The text forms of FEEL's dates, times and durations: which texts are one, and how a value prints."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from .calendar import MAX_OFFSET, at_instant, at_zone, epoch_day, local_nanos, standard_offset, zone_rules
from .errors import FeelEvaluationError
from .values import (
    DAY_NANOS,
    NANOS,
    Date,
    DayTimeDuration,
    LocalDateTime,
    LocalTime,
    YearMonthDuration,
    ZonedDateTime,
    ZonedTime,
)

_DATE = r"(?P<year>-?(?:[1-9]\d{0,4})?\d{4})-(?P<month>[01]\d)-(?P<day>[0-3]\d)"
_TIME = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<fraction>\d{0,9}))?)?"
_ZONE = r"(?:(?P<offset>[+-]\d\d:\d\d|Z)(?:\[(?P<region>.+)\])?|@(?P<zone>.*))"

DATE = re.compile(_DATE, re.ASCII)
LOCAL_TIME = re.compile("T?" + _TIME, re.ASCII)
ZONED_TIME = re.compile("T?" + _TIME + _ZONE, re.ASCII)
LOCAL_DATE_TIME = re.compile(_DATE + "T" + _TIME, re.ASCII)
ZONED_DATE_TIME = re.compile(_DATE + "T" + _TIME + _ZONE, re.ASCII)
MONTHS = re.compile(r"(?P<sign>[-+]?)P(?:(?P<years>[-+]?\d+)Y)?(?:(?P<months>[-+]?\d+)M)?", re.ASCII)
SECONDS = re.compile(
    r"(?P<sign>[-+]?)P(?:(?P<days>[-+]?\d+)D)?"
    r"(?P<time>T(?:(?P<hours>[-+]?\d+)H)?(?:(?P<minutes>[-+]?\d+)M)?(?:(?P<seconds>[-+]?\d+)(?:[.,](?P<fraction>\d{0,9}))?S)?)?",
    re.ASCII,
)
_OFFSET = re.compile(r"([+-])(\d\d?)(?::(\d\d)(?::(\d\d))?|(?<=\d\d)(\d\d)(\d\d)?)?", re.ASCII)
_INT = 2**31
_LONG = 2**63


def parse_date(text: str) -> Date | None:
    """A date, or None when the text is not one."""
    found = DATE.fullmatch(text)
    return _date(found) if found else None


def _date(found: re.Match[str]) -> Date | None:
    if found["year"].startswith("-") and not int(found["year"]):
        return None
    value = Date(int(found["year"]), int(found["month"]), int(found["day"]))
    try:
        epoch_day(value)
    except ValueError:
        return None
    return value


def _nanos(found: re.Match[str], *, midnight: bool = False) -> int | None:
    """Nanoseconds of the day; 24:00 is the next midnight only where the form allows it."""
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    fraction = int((found["fraction"] or "0").ljust(9, "0"))
    if midnight and (hour, minute, second, fraction) == (24, 0, 0, 0):
        return 0
    if hour > 23 or minute > 59 or second > 59:
        return None
    return ((hour * 60 + minute) * 60 + second) * NANOS + fraction


def parse_local_time(text: str) -> LocalTime | None:
    """A time without zone."""
    found = LOCAL_TIME.fullmatch(text)
    nanos = _nanos(found, midnight=True) if found else None
    return None if nanos is None else LocalTime(nanos)


def parse_offset(text: str) -> int | None:
    """The seconds of an offset such as +02:00, at most 18 hours."""
    if text == "Z":
        return 0
    found = _OFFSET.fullmatch(text)
    if not found:
        return None
    hours, minutes, seconds = (int(part or 0) for part in (found[2], found[3] or found[5], found[4] or found[6]))
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > MAX_OFFSET:
        return None
    return -total if found[1] == "-" else total


def _zone_or_offset(text: str) -> tuple[int | None, str | None] | None:
    """What stands behind an @: an offset, or the id of a zone."""
    offset = parse_offset(text)
    if offset is not None:
        return offset, None
    return (None, text) if zone_rules(text) is not None else None


def parse_zoned_time(text: str, now: datetime | None = None) -> ZonedTime | None:
    """A time with an offset or a zone; the zone's standard offset is the one of the present."""
    found = ZONED_TIME.fullmatch(text)
    nanos = _nanos(found, midnight=True) if found else None
    if found is None or nanos is None:
        return None
    if found["offset"]:
        offset = parse_offset(found["offset"])
        region = found["region"]
        if offset is None or (region and zone_rules(region) is None):
            return None
        return ZonedTime(nanos, offset, region)
    place = _zone_or_offset(found["zone"])
    if place is None:
        return None
    offset, zone = place
    if zone is not None:
        offset = standard_offset(zone, now or datetime.now(UTC))
    return ZonedTime(nanos, offset or 0, zone)


def parse_local_date_time(text: str) -> LocalDateTime | None:
    """A date and time without zone."""
    found = LOCAL_DATE_TIME.fullmatch(text)
    if not found:
        return None
    day, nanos = _date(found), _nanos(found)
    return None if day is None or nanos is None else LocalDateTime(day, nanos)


def parse_zoned_date_time(text: str) -> ZonedDateTime | None:
    """A date and time with an offset or a zone."""
    found = ZONED_DATE_TIME.fullmatch(text)
    if not found:
        return None
    day, nanos = _date(found), _nanos(found)
    if day is None or nanos is None:
        return None
    if found["offset"]:
        return _with_offset(day, nanos, found["offset"], found["region"])
    place = _zone_or_offset(found["zone"])
    if place is None:
        return None
    offset, zone = place
    return at_zone(day, nanos, zone) if zone else ZonedDateTime(day, nanos, offset or 0)


def _with_offset(day: Date, nanos: int, offset_text: str, region: str | None) -> ZonedDateTime | None:
    offset = parse_offset(offset_text)
    if offset is None:
        return None
    if region is None:
        return ZonedDateTime(day, nanos, offset)
    if zone_rules(region) is None:
        return None
    return at_instant(local_nanos(day, nanos) - offset * NANOS, region)


def parse_months(text: str) -> YearMonthDuration | None:
    """A years and months duration."""
    found = MONTHS.fullmatch(text)
    if not found or (found["years"] is None and found["months"] is None):
        return None
    months = int(found["years"] or 0) * 12 + int(found["months"] or 0)
    if abs(months) >= _INT * 12 or max(abs(int(found["years"] or 0)), abs(int(found["months"] or 0))) >= _INT:
        return None
    return YearMonthDuration(-months if found["sign"] == "-" else months)


def parse_day_time(text: str) -> DayTimeDuration | None:
    """A days and time duration."""
    found = SECONDS.fullmatch(text.upper())
    if not found or found["time"] == "T" or (found["days"] is None and found["time"] is None):
        return None
    seconds = int(found["days"] or 0) * 86400 + int(found["hours"] or 0) * 3600
    seconds += int(found["minutes"] or 0) * 60 + int(found["seconds"] or 0)
    fraction = int((found["fraction"] or "0").ljust(9, "0"))
    nanos = seconds * NANOS + (-fraction if (found["seconds"] or "").startswith("-") else fraction)
    if abs(nanos) >= _LONG * NANOS:
        return None
    return DayTimeDuration(-nanos if found["sign"] == "-" else nanos)


def format_date(value: Date, *, plus: bool = True) -> str:
    """yyyy-mm-dd; a date alone shows a + before years of more than four digits."""
    year = f"{abs(value.year):04d}"
    sign = "-" if value.year < 0 else "+" if plus and value.year > 9999 else ""
    return f"{sign}{year}-{value.month:02d}-{value.day:02d}"


def format_nanos(nanos: int) -> str:
    """hh:mm:ss with the fraction as short as it is."""
    seconds, fraction = divmod(nanos, NANOS)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{fraction:09d}".rstrip("0") if fraction else text


def format_offset(offset: int) -> str:
    """Z, +hh:mm or +hh:mm:ss."""
    if not offset:
        return "Z"
    seconds = abs(offset)
    text = f"{'-' if offset < 0 else '+'}{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    return f"{text}:{seconds % 60:02d}" if seconds % 60 else text


def format_zone(value: ZonedTime | ZonedDateTime) -> str:
    """The zone as @id, or the offset."""
    return f"@{value.zone}" if value.zone else format_offset(value.offset)


def format_months(value: YearMonthDuration) -> str:
    """P1Y2M"""
    years, months = divmod(abs(value.months), 12)
    if not value.months:
        return "P0Y"
    text = "P" + (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return "-" + text if value.months < 0 else text


def duration_parts(value: DayTimeDuration) -> tuple[int, int, int, int]:
    """Days, hours, minutes, seconds of a duration, each with its sign, fractions of a second rounded down."""
    seconds = value.nanos // NANOS
    sign, seconds = (-1, -seconds) if seconds < 0 else (1, seconds)
    return sign * (seconds // 86400), sign * (seconds // 3600 % 24), sign * (seconds // 60 % 60), sign * (seconds % 60)


def format_day_time(value: DayTimeDuration) -> str:
    """P1DT2H3M4S"""
    days, hours, minutes, seconds = (abs(part) for part in duration_parts(value))
    if not (days or hours or minutes or seconds):
        return "P0D"
    time = "".join(f"{part}{unit}" for part, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if part)
    text = "P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")
    return "-" + text if value.nanos < 0 else text


FORMATS: dict[type, Any] = {
    Date: format_date,
    LocalTime: lambda value: format_nanos(value.nanos),
    ZonedTime: lambda value: format_nanos(value.nanos) + format_zone(value),
    LocalDateTime: lambda value: f"{format_date(value.date, plus=False)}T{format_nanos(value.nanos)}",
    ZonedDateTime: lambda value: (
        f"{format_date(value.date, plus=False)}T{format_nanos(value.nanos)}{format_zone(value)}"
    ),
    YearMonthDuration: format_months,
    DayTimeDuration: format_day_time,
}


def _stored_time(value: LocalTime) -> str:
    """As Java's LocalTime writes itself: no seconds where there are none, a fraction of three, six or nine digits."""
    seconds, fraction = divmod(value.nanos, NANOS)
    text = f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"
    if seconds % 60 or fraction:
        text += f":{seconds % 60:02d}"
    return f"{text}.{_thousands(fraction)}" if fraction else text


def _thousands(fraction: int) -> str:
    digits = f"{fraction:09d}"
    return digits[:3] if digits.endswith("000000") else digits[:6] if digits.endswith("000") else digits


def _stored_date_time(value: ZonedDateTime) -> str:
    """ISO_ZONED_DATE_TIME: offset, then the zone in brackets."""
    text = f"{format_date(value.date, plus=False)}T{format_nanos(value.nanos)}{format_offset(value.offset)}"
    return f"{text}[{value.zone}]" if value.zone else text


# What a value becomes in a variable: not the text that FEEL's string() gives.
STORED: dict[type, Any] = FORMATS | {LocalTime: _stored_time, ZonedDateTime: _stored_date_time}


def of_datetime(moment: datetime) -> ZonedDateTime:
    """A Python date and time with zone as a value of FEEL."""
    if moment.tzinfo is None:
        raise FeelEvaluationError("Expected a date and time with zone from the clock, but it has none")
    nanos = ((moment.hour * 60 + moment.minute) * 60 + moment.second) * NANOS + moment.microsecond * 1000
    zone = getattr(moment.tzinfo, "key", None)
    offset = moment.utcoffset()
    seconds = int(offset.total_seconds()) if offset is not None else 0
    return ZonedDateTime(Date(moment.year, moment.month, moment.day), nanos % DAY_NANOS, seconds, zone)
