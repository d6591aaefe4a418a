"""Cron expressions as Spring 5.3 reads them: six fields, macros, and the quartz-like `L`, `W`, `#`."""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
_MONTHS = {
    name: str(number) for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)
}
_DAYS = {name: str(number) for number, name in enumerate("MON TUE WED THU FRI SAT SUN".split(), 1)}
_HORIZON_DAYS = (
    366 * 8
)  # 29 February of a leap year with a given weekday needs up to 28 years, which Spring gives up on too

DayRule = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed cron expression."""

    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    day_of_month: tuple[DayRule, ...]
    day_of_week: tuple[DayRule, ...]

    def next_after(self, moment: int) -> int | None:
        """The first matching epoch millisecond after `moment`, by the system's zone; None when there is none in years."""
        start = datetime.fromtimestamp(moment // 1000) + timedelta(seconds=1)  # noqa: DTZ006 - the system zone is meant
        day = start.date()
        for offset in range(_HORIZON_DAYS):
            candidate = day + timedelta(days=offset)
            if self._matches(candidate):
                earliest = (start.hour, start.minute, start.second) if offset == 0 else (0, 0, 0)
                found = self._time_from(earliest)
                if found:
                    return int(datetime(candidate.year, candidate.month, candidate.day, *found).timestamp()) * 1000  # noqa: DTZ001
        return None

    def _matches(self, day: date) -> bool:
        return (
            day.month in self.months
            and any(rule(day) for rule in self.day_of_month)
            and any(rule(day) for rule in self.day_of_week)
        )

    def _time_from(self, earliest: tuple[int, int, int]) -> tuple[int, int, int] | None:
        candidates = (
            (hour, minute, second) for hour in self.hours for minute in self.minutes for second in self.seconds
        )
        return next((time for time in candidates if time >= earliest), None)


def parse_cron(text: str) -> Cron:
    """Read a cron expression; `ValueError` with Spring's kind of reason when it is none."""
    fields = MACROS.get(text.strip().lower(), text).split()
    if len(fields) != 6:
        raise ValueError(f'Cron expression must consist of 6 fields (found {len(fields)} in "{text}")')
    second, minute, hour, day, month, weekday = fields
    return Cron(
        seconds=_numbers(second, 0, 59),
        minutes=_numbers(minute, 0, 59),
        hours=_numbers(hour, 0, 23),
        months=frozenset(_numbers(_named(month, _MONTHS), 1, 12)),
        day_of_month=tuple(_day_of_month(part) for part in day.upper().split(",")),
        day_of_week=tuple(_day_of_week(part) for part in _named(weekday, _DAYS).split(",")),
    )


def _named(text: str, names: dict[str, str]) -> str:
    text = text.upper()
    for name, number in names.items():
        text = text.replace(name, number)
    return text


def _numbers(text: str, low: int, high: int) -> tuple[int, ...]:
    values: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, last = _span(span, low, high, open_ended=bool(step))
        if not (low <= first <= high and low <= last <= high and first <= last):
            raise ValueError(f"Range '{part}' is not within {low}-{high}")
        values.update(range(first, last + 1, int(step) if step else 1))
    return tuple(sorted(values))


def _span(text: str, low: int, high: int, *, open_ended: bool) -> tuple[int, int]:
    if text in ("*", "?"):
        return low, high
    first, dash, last = text.partition("-")
    if dash:
        return int(first), int(last)
    return int(first), high if open_ended else int(first)


def _day_of_month(text: str) -> DayRule:
    if text == "LW":
        return lambda day: day == _nearest_weekday(_last_day(day))
    if text.startswith("L"):
        back = int(text[2:]) if text.startswith("L-") else 0
        return lambda day: day == _last_day(day) - timedelta(days=back)
    if text.endswith("W"):
        target = int(text[:-1])
        return lambda day: target <= _last_day(day).day and day == _nearest_weekday(day.replace(day=target))
    days = frozenset(_numbers(text, 1, 31))
    return lambda day: day.day in days


def _day_of_week(text: str) -> DayRule:
    if "#" in text:
        weekday, _, ordinal = text.partition("#")
        return lambda day: day.isoweekday() % 7 == int(weekday) % 7 and (day.day - 1) // 7 + 1 == int(ordinal)
    if text.endswith("L"):
        target = int(text[:-1]) % 7
        return lambda day: day.isoweekday() % 7 == target and day + timedelta(days=7) > _last_day(day)
    days = frozenset(number % 7 for number in _numbers(text, 0, 7))
    return lambda day: day.isoweekday() % 7 in days


def _last_day(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _nearest_weekday(day: date) -> date:
    """Saturday becomes Friday, Sunday becomes Monday, but never in another month."""
    shift = {6: -1, 7: 1}.get(day.isoweekday(), 0)
    nearest = day + timedelta(days=shift)
    return nearest if nearest.month == day.month else day - timedelta(days=2 * shift)
