"""Times as models write them: ISO intervals, repetitions, date-times, as the classes of zeebe-bpmn-model read them.

A duration with a calendar part (`P1M`, `P14D`) is added by the calendar of a zone (the system's, or the one a repetition
starts in), a pure time part (`PT15S`) to the millisecond. What Java's `Period`, `Duration` and `ZonedDateTime` refuse is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_PERIOD = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<years>[+-]?\d+)Y)?(?:(?P<months>[+-]?\d+)M)?(?:(?P<weeks>[+-]?\d+)W)?(?:(?P<days>[+-]?\d+)D)?",
    re.IGNORECASE | re.ASCII,
)
_DURATION = re.compile(
    r"(?P<sign>[+-]?)PT(?:(?P<hours>[+-]?\d+)H)?(?:(?P<minutes>[+-]?\d+)M)?"
    r"(?:(?P<seconds>[+-]?\d+)(?:[.,](?P<fraction>\d{0,9}))?S)?",
    re.IGNORECASE | re.ASCII,
)
_DATE_TIME = re.compile(
    r"(?P<year>\d{4}|\+\d{5,10}|-\d{4,10})-(?P<month>\d\d)-(?P<day>\d\d)T(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d)"
    r"(?:\.(?P<fraction>\d{0,9}))?)?(?P<offset>Z|[+-]\d\d(?::\d\d(?::\d\d)?)?)(?:\[(?P<zone>[^\]]+)\])?",
    re.IGNORECASE | re.ASCII,
)
_OFFSET = re.compile(r"(?P<sign>[+-])(?P<hours>\d\d)(?::(?P<minutes>\d\d)(?::(?P<seconds>\d\d))?)?", re.ASCII)
_NAMED_OFFSET = re.compile(r"(?:UTC|GMT|UT)?(?P<offset>[+-]\d\d:\d\d)?", re.ASCII)
_INT = range(-(2**31), 2**31)
_LONG = range(-(2**63), 2**63)
_ERA_YEARS, _ERA_DAYS = 400, 146_097  # the calendar repeats itself
_MAX_OFFSET_S = 18 * 3600
_MS_A_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class Interval:
    """An ISO 8601 duration: calendar part and exact part."""

    months: int = 0
    days: int = 0
    milliseconds: int = 0

    def after(self, moment: int, zone: tzinfo | None = None) -> int:
        """The epoch milliseconds this long after `moment`, by the calendar of `zone` or the system.

        `ValueError` beyond the years 1 to 9999.
        """
        if not self.months and not self.days:
            return moment + self.milliseconds
        seconds, rest = divmod(moment, 1000)
        try:
            start = datetime.fromtimestamp(seconds, zone)
            target = _plus_months(start.replace(fold=0), self.months) + timedelta(days=self.days)
            return int(_settled(target, start).timestamp()) * 1000 + rest + self.milliseconds
        except (OverflowError, OSError) as error:
            raise ValueError(f"{self} after {moment}") from error


def _settled(target: datetime, start: datetime) -> datetime:
    """Where the clocks go back, the hour that has the offset `start` had; in a gap the time after it."""
    other = target.replace(fold=1)
    offset = start.astimezone().utcoffset() if start.tzinfo is None else start.utcoffset()
    theirs = other.astimezone().utcoffset() if other.tzinfo is None else other.utcoffset()
    return other if theirs == offset else target


@dataclass(frozen=True, slots=True)
class Repetition:
    """`R3/<start>/PT10S`: how often (-1 for ever), from when (or now), in which interval; `zone` is that of the start."""

    repetitions: int
    interval: Interval
    start: int | None = None
    zone: tzinfo | None = None


def _plus_months(moment: datetime, months: int) -> datetime:
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    first = moment.replace(year=year, month=month + 1, day=1)
    last_day = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(moment.day, last_day.day))


def parse_interval(text: str) -> Interval:
    """Read an ISO period and/or duration; `ValueError` when it is none."""
    text = text.strip()
    period, mark, duration = text.partition("T")
    sign = text[:1] if text[:1] in ("+", "-") else ""
    if not mark:
        return _period(text)
    if len(period) == len(sign) + 1:
        return _duration(text)
    date_part, time_part = _period(period), _duration(f"{sign}PT{duration}")
    return Interval(date_part.months, date_part.days, time_part.milliseconds)


def _period(text: str) -> Interval:
    found = _PERIOD.fullmatch(text)
    if found is None or not any(found[name] for name in ("years", "months", "weeks", "days")):
        raise ValueError(text)
    sign = -1 if found["sign"] == "-" else 1
    years, months, weeks, days = (sign * int(found[name] or 0) for name in ("years", "months", "weeks", "days"))
    if any(number not in _INT for number in (years, months, weeks * 7, weeks * 7 + days)):
        raise ValueError(text)
    return Interval(months=years * 12 + months, days=weeks * 7 + days)


def _duration(text: str) -> Interval:
    found = _DURATION.fullmatch(text)
    if found is None or not any(found[name] for name in ("hours", "minutes", "seconds")):
        raise ValueError(text)
    seconds = found["seconds"] or "0"
    nanos = int((found["fraction"] or "").ljust(9, "0")) * (-1 if seconds.startswith("-") else 1)
    whole = int(found["hours"] or 0) * 3600 + int(found["minutes"] or 0) * 60 + int(seconds)
    total = (whole * 10**9 + nanos) * (-1 if found["sign"] == "-" else 1)
    if total // 10**9 not in _LONG or total // 10**6 not in _LONG:
        raise ValueError(text)
    return Interval(milliseconds=total // 10**6)


def parse_date_time(text: str) -> int:
    """Read an ISO date-time with an offset, and perhaps a zone, into epoch milliseconds; `ValueError` when it is none."""
    return _date_time(text.strip())[0]


def _date_time(text: str) -> tuple[int, tzinfo]:
    """The instant, and the zone that the text names."""
    found = _DATE_TIME.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"] or 0)
    offset = _offset(found["offset"])
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError(text)
    days = _epoch_day(int(found["year"]), int(found["month"]), int(found["day"]))
    seconds = hour * 3600 + minute * 60 + second - offset
    moment = days * _MS_A_DAY + seconds * 1000 + int((found["fraction"] or "").ljust(9, "0")) // 10**6
    return moment, _zone(found["zone"]) if found["zone"] else timezone(timedelta(seconds=offset))


def _epoch_day(year: int, month: int, day: int) -> int:
    eras = (year - 2000) // _ERA_YEARS
    return date(year - eras * _ERA_YEARS, month, day).toordinal() - date(1970, 1, 1).toordinal() + eras * _ERA_DAYS


def _offset(text: str) -> int:
    """Seconds east of Greenwich, at most eighteen hours."""
    if text in ("Z", "z"):
        return 0
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hours, minutes, seconds = (int(found[name] or 0) for name in ("hours", "minutes", "seconds"))
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > _MAX_OFFSET_S:
        raise ValueError(text)
    return -total if found["sign"] == "-" else total


def _zone(name: str) -> tzinfo:
    if name in ("Z", "z"):
        return UTC
    found = _NAMED_OFFSET.fullmatch(name)
    if found is not None:
        return timezone(timedelta(seconds=_offset(found["offset"]))) if found["offset"] else UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(name) from error


def parse_repetition(text: str) -> Repetition:
    """Read `R[n]/[start/]interval`; `ValueError` when it is none."""
    head, slash, rest = text.strip().partition("/")
    begin, _, interval = rest.rpartition("/")  # from the right: the zone of the start may have a slash
    if not head.startswith("R") or not slash:
        raise ValueError(text)
    count = -1 if head == "R" else _count(head[1:])
    start, zone = _date_time(begin) if begin else (None, None)
    return Repetition(count, parse_interval(interval), start, zone)


def _count(text: str) -> int:
    if re.fullmatch(r"[+-]?\d+", text, re.ASCII) is None or int(text) not in _INT:
        raise ValueError(text)
    return int(text)
