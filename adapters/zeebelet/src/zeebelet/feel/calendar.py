"""Reckoning with dates, times and zones over FEEL's whole range of years.

Python's `date` ends at 9999; the Gregorian calendar repeats every 400 years, so a date is reckoned in the cycle that starts at
2000 and moved back by whole cycles. Zones are IANA's through `zoneinfo`; outside of Python's years a zone keeps the rules of
the same year in that cycle (or, before year 1, of year 1).
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .errors import FeelEvaluationError
from .values import DAY_NANOS, NANOS, Date, DayTimeDuration, LocalDateTime, YearMonthDuration, ZonedDateTime, ZonedTime

CYCLE_DAYS = 146_097  # days in 400 years
EPOCH = date(1970, 1, 1).toordinal()
_LAST = date.max.toordinal()
MAX_YEAR = 999_999_999
MAX_OFFSET = 18 * 3600
_new = tuple.__new__  # half the time of calling the named tuple
_MAX_ZONE_YEAR = 9998  # the day after must still be one that Python knows


def epoch_day(value: Date) -> int:
    """Days since 1970-01-01; raises ValueError when there is no such date."""
    if 0 < value[0] < 10_000:
        return date(*value).toordinal() - EPOCH
    cycle, year = divmod(value.year - 2000, 400)
    if abs(value.year) > MAX_YEAR:
        raise ValueError("year out of range")
    return date(2000 + year, value.month, value.day).toordinal() - EPOCH + cycle * CYCLE_DAYS


def from_epoch_day(days: int) -> Date:
    """The date that many days after 1970-01-01."""
    if 0 < days + EPOCH <= _LAST:
        known = date.fromordinal(days + EPOCH)
        return _new(Date, (known.year, known.month, known.day))
    cycle, rest = divmod(days + EPOCH - date(2000, 1, 1).toordinal(), CYCLE_DAYS)
    found = date.fromordinal(date(2000, 1, 1).toordinal() + rest)
    year = found.year + cycle * 400
    if abs(year) > MAX_YEAR:
        raise FeelEvaluationError(f"Expected a year within {MAX_YEAR}, but was {year}")
    return Date(year, found.month, found.day)


def weekday(value: Date) -> int:
    """1 for Monday to 7 for Sunday."""
    return (epoch_day(value) + 3) % 7 + 1


def days_in_month(year: int, month: int) -> int:
    """The number of the month's last day."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def add_months(value: Date, months: int) -> Date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    if abs(year) > MAX_YEAR:
        raise FeelEvaluationError(f"Expected a year within {MAX_YEAR}, but was {year}")
    day = value.day
    if day > 28:
        day = min(day, days_in_month(year, month + 1))
    return _new(Date, (year, month + 1, day))


def months_between(start: Date, end: Date) -> int:
    """Whole months from start to end, truncated towards zero."""
    months = (end.year * 12 + end.month) - (start.year * 12 + start.month)
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months


def shift(day: Date, nanos: int, by: int) -> tuple[Date, int]:
    """A local date and time of day moved by so many nanoseconds."""
    days, nanos = divmod(nanos + by, DAY_NANOS)
    return (day if not days else from_epoch_day(epoch_day(day) + days)), nanos


def local_nanos(day: Date, nanos: int) -> int:
    """Nanoseconds of a local date and time since 1970-01-01T00:00."""
    return epoch_day(day) * DAY_NANOS + nanos


def instant(value: ZonedDateTime) -> int:
    """Nanoseconds since the epoch of a date and time with zone."""
    return local_nanos(value.date, value.nanos) - value.offset * NANOS


def epoch_millis(value: ZonedDateTime | LocalDateTime) -> int:
    """Milliseconds since the epoch of a date and time; one without zone is meant by the machine's clock."""
    if isinstance(value, ZonedDateTime):
        return instant(value) // 1_000_000
    day = _python_day(value.date)
    seconds, fraction = divmod(value.nanos, NANOS)
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the machine's clock is meant
    return int((midnight + timedelta(seconds=seconds)).timestamp()) * 1000 + fraction // 1_000_000


def day_nanos(value: ZonedTime) -> int:
    """Nanoseconds since midnight UTC of a time with offset; not wrapped, so that offsets order."""
    return value.nanos - value.offset * NANOS


_PREFIXED = re.compile(r"(?:UTC|GMT|UT)([+-])(\d\d?)(?::(\d\d))?", re.ASCII)


@lru_cache(maxsize=512)
def zone_rules(zone: str) -> tzinfo | None:
    """The rules of a zone id (`Europe/Madrid`, or `UTC+1`), or None when there is no such zone."""
    prefixed = _PREFIXED.fullmatch(zone)
    if prefixed:
        offset = int(prefixed[2]) * 3600 + int(prefixed[3] or 0) * 60
        return timezone(timedelta(seconds=-offset if prefixed[1] == "-" else offset)) if offset <= MAX_OFFSET else None
    try:
        return ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of the database
        return None


def _rules(zone: str) -> tzinfo:
    rules = zone_rules(zone)
    if rules is None:
        raise FeelEvaluationError(f"Expected a time zone, but there is none with the id '{zone}'")
    return rules


def _python_day(day: Date) -> date:
    """A day in Python's range on which the zone's rules are the same."""
    year = day.year
    if year > _MAX_ZONE_YEAR:
        year = 2000 + year % 400
    elif year < 1:
        return date(1, 1, 2)
    return date(year, day.month, day.day) if (year, day.month, day.day) > (1, 1, 1) else date(1, 1, 2)


def at_zone(day: Date, nanos: int, zone: str, preferred: int | None = None) -> ZonedDateTime:
    """A local date and time in a zone: later by the gap inside a gap, the earlier offset (or the preferred) in an overlap."""
    rules = _rules(zone)
    naive = datetime.combine(_python_day(day), datetime.min.time()) + timedelta(seconds=nanos // NANOS)
    before = _seconds(naive.replace(tzinfo=rules, fold=0).utcoffset())
    after = _seconds(naive.replace(tzinfo=rules, fold=1).utcoffset())
    if before < after:  # a gap
        day, nanos = shift(day, nanos, (after - before) * NANOS)
        return ZonedDateTime(day, nanos, after, zone)
    return ZonedDateTime(day, nanos, after if preferred == after else before, zone)


def _seconds(offset: timedelta | None) -> int:
    return int(offset.total_seconds()) if offset is not None else 0


def at_instant(nanos: int, zone: str) -> ZonedDateTime:
    """The date and time that the zone's clocks show at an instant."""
    days, rest = divmod(nanos, DAY_NANOS)
    utc = datetime.combine(_python_day(from_epoch_day(days)), datetime.min.time(), UTC) + timedelta(
        seconds=rest // NANOS
    )
    offset = _seconds(utc.astimezone(_rules(zone)).utcoffset())
    return at_offset(nanos, offset, zone)


def at_offset(nanos: int, offset: int, zone: str | None = None) -> ZonedDateTime:
    """The date and time at an instant with a given offset."""
    days, rest = divmod(nanos + offset * NANOS, DAY_NANOS)
    return ZonedDateTime(from_epoch_day(days), rest, offset, zone)


def standard_offset(zone: str, moment: datetime) -> int:
    """The offset of a zone without daylight saving, which a time without a date gets."""
    local = moment.astimezone(_rules(zone))
    return _seconds(local.utcoffset()) - _seconds(local.dst())


def add_to_local(value: LocalDateTime, span: DayTimeDuration | YearMonthDuration, sign: int) -> LocalDateTime:
    """A local date and time plus (sign 1) or minus (sign -1) a duration."""
    if isinstance(span, YearMonthDuration):
        return LocalDateTime(add_months(value.date, sign * span.months), value.nanos)
    return LocalDateTime(*shift(value.date, value.nanos, sign * span.nanos))


def add_to_zoned(value: ZonedDateTime, span: DayTimeDuration | YearMonthDuration, sign: int) -> ZonedDateTime:
    """A date and time with zone plus a duration: months on the local calendar, days and time on the time line."""
    if isinstance(span, YearMonthDuration):
        day = add_months(value.date, sign * span.months)
        if value.zone is None:
            return value._replace(date=day)
        return at_zone(day, value.nanos, value.zone, value.offset)
    moved = instant(value) + sign * span.nanos
    return at_instant(moved, value.zone) if value.zone else at_offset(moved, value.offset)
