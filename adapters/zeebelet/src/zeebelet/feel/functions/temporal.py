"""Functions of dates, and those that ask the clock."""

from __future__ import annotations

from datetime import date
from typing import Any

from ..calendar import days_in_month, epoch_day, weekday
from ..run import Run
from ..temporal_text import of_datetime
from ..values import Date, ZonedDateTime
from .registry import Library

library = Library()
builtin = library.builtin

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_WHEN = "date: date | date and time"


def _day(value: Any) -> Date:
    return value if isinstance(value, Date) else value.date


@builtin("now", "")
def now(run: Run) -> ZonedDateTime:
    """The clock's date and time."""
    return of_datetime(run.clock())


@builtin("today", "")
def today(run: Run) -> Date:
    """The clock's date."""
    return of_datetime(run.clock()).date


@builtin("day of year", _WHEN)
def day_of_year(_run: Run, value: Any) -> int:
    """1 for the first of January."""
    day = _day(value)
    return epoch_day(day) - epoch_day(Date(day.year, 1, 1)) + 1


@builtin("day of week", _WHEN)
def day_of_week(_run: Run, value: Any) -> str:
    """The English name of the weekday."""
    return _DAYS[weekday(_day(value)) - 1]


@builtin("month of year", _WHEN)
def month_of_year(_run: Run, value: Any) -> str:
    """The English name of the month."""
    return _MONTHS[_day(value).month - 1]


@builtin("week of year", _WHEN)
def week_of_year(_run: Run, value: Any) -> int:
    """The ISO week."""
    day = _day(value)
    return date(2000 + day.year % 400, day.month, day.day).isocalendar().week


@builtin("last day of month", _WHEN)
def last_day_of_month(_run: Run, value: Any) -> Date:
    """The last date of the month."""
    day = _day(value)
    return Date(day.year, day.month, days_in_month(day.year, day.month))
