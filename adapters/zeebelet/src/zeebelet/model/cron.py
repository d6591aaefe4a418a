"""Cron as Zeebe reads it (cron-utils, the kind called SPRING53): six fields, macros, and the quartz-like `L`, `W`, `#`.

The clock is the system's. An hour that is skipped has no times; in an hour that comes twice a cycle of an hour or less fires
in both, a rarer one in the first alone.
"""

from __future__ import annotations

import calendar
import re
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
_MONTHS = {name: number for number, name in enumerate("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC".split(), 1)}
_DAYS = {name: number for number, name in enumerate("MON TUE WED THU FRI SAT SUN".split(), 1)}
_HORIZON_YEARS = 100
_RARE_S = 2 * 3600  # what fires no oftener than this fires once where the clocks go back
_ITEM = re.compile(r"(?P<first>\*|\w+)(?:-(?P<last>\w+))?(?:/(?P<step>\d+))?", re.ASCII)

DayRule = Callable[[date], bool]
Falling = Callable[[int, int, int | None], list[int]]


@dataclass(frozen=True, slots=True)
class Field:
    """What a field may hold: its numbers, names for them, and what a range gives that falls instead of rising."""

    low: int
    high: int
    names: dict[str, int]
    falling: Falling | None = None
    any_sign: bool = False

    def numbers(self, text: str) -> frozenset[int]:
        """The numbers of a field's text; `ValueError` when it is none."""
        return frozenset(number for item in text.split(",") for number in self._item(item))

    def number(self, text: str) -> int:
        """One number, or its name."""
        number = self.names.get(text.upper())
        if number is None:
            number = int(text) if text.isascii() and text.isdigit() else -1
        if not self.low <= number <= self.high:
            raise ValueError(f"Expected a number from {self.low} to {self.high}, but it is '{text}'")
        return number

    def _item(self, text: str) -> range | list[int]:
        if text == "?" and self.any_sign:
            return range(self.low, self.high + 1)
        found = _ITEM.fullmatch(text)
        if found is None or (found["first"] == "*" and found["last"]):
            raise ValueError(f"Expected numbers, a range or a step, but it is '{text}'")
        step = int(found["step"] or 1)
        if not 1 <= step <= self.high:
            raise ValueError(f"Expected a step from 1 to {self.high}, but it is '{text}'")
        if found["first"] == "*":
            return range(self.low, self.high + 1, step)
        first = self.number(found["first"])
        if not found["last"]:
            return range(first, self.high + 1, step) if found["step"] else [first]
        return self._span(first, self.number(found["last"]), step if found["step"] else None)

    def _span(self, first: int, last: int, step: int | None) -> range | list[int]:
        if first <= last:
            return range(first, last + 1, step or 1)
        if self.falling is None:
            raise ValueError(f"Expected a range that rises, but it is {first}-{last}")
        return self.falling(first, last, step)


def _first_alone(first: int, _last: int, _step: int | None) -> list[int]:
    """What the vendor's library makes of `25-5` in days of the month and months."""
    return [first]


def _over_the_week(first: int, last: int, step: int | None) -> list[int]:
    """`FRI-MON`; with a step the vendor's library finds no day in it and refuses."""
    if step is not None:
        raise ValueError(f"Expected no step in a range over the end of the week, but it is {first}-{last}/{step}")
    return [number % 7 for number in range(first % 7, last % 7 + (8 if last % 7 < first % 7 else 1))]


_SECOND = Field(0, 59, {})
_HOUR = Field(0, 23, {})
_DAY_OF_MONTH = Field(1, 31, {}, _first_alone, any_sign=True)
_MONTH = Field(1, 12, _MONTHS, _first_alone)
_DAY_OF_WEEK = Field(0, 7, _DAYS, _over_the_week, any_sign=True)


@dataclass(frozen=True, slots=True)
class Cron:
    """A parsed cron expression."""

    seconds: frozenset[int]
    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    day_of_month: DayRule
    day_of_week: DayRule

    def next_after(self, moment: int) -> int | None:
        """The first matching epoch millisecond after `moment`; None when there is none in a hundred years."""
        seconds, rest = divmod(moment, 1000)
        found = self._from(seconds)
        if found == seconds:
            found = self._unrepeated(seconds, self._from(seconds + 1))
        if found is None:
            return None
        return found * 1000 + (rest if found == seconds + 1 else 0)

    def _unrepeated(self, fired: int, found: int | None) -> int | None:
        """The time after one that has just fired: where the clocks went back, a rare cycle does not fire in that hour again."""
        if found is None or _offset(found) >= _offset(fired):
            return found
        after = self._from(found + 1)
        return self._from(fired + 1 + 3600) if after is not None and after - found >= _RARE_S else found

    def _from(self, seconds: int) -> int | None:
        """The first matching second from here on."""
        local = datetime.fromtimestamp(seconds)  # noqa: DTZ006 - the system's clock is meant
        last = local.year + _HORIZON_YEARS
        while local.year <= last:
            if not self._is_day(local.date()):
                local = _midnight(self._next_day(local.date(), last) or date.max)
            elif local.hour not in self.hours:
                local = self._onward(local, 3600, minute=0, second=0)
            elif local.minute not in self.minutes:
                local = self._onward(local, 60, second=0)
            elif local.second not in self.seconds:
                local = self._onward(local, 1)
            else:
                return int(local.timestamp())
        return None

    def _onward(self, local: datetime, step: int, **truncated: int) -> datetime:
        moved = datetime.fromtimestamp(local.timestamp() + step)  # noqa: DTZ006
        start = datetime.fromtimestamp(moved.replace(**truncated).timestamp())  # type: ignore[arg-type]  # noqa: DTZ006
        # Where the clocks go back by half an hour, an hour can begin before the moment it is reached from.
        return start if start.timestamp() > local.timestamp() else moved

    def _is_day(self, day: date) -> bool:
        return day.month in self.months and self.day_of_month(day) and self.day_of_week(day)

    def _next_day(self, day: date, last_year: int) -> date | None:
        day += timedelta(days=1)
        while day.year <= last_year:
            if day.month not in self.months:
                day = _first_of_next_month(day)
            elif self.day_of_month(day) and self.day_of_week(day):
                return day
            else:
                day += timedelta(days=1)
        return None


def _midnight(day: date) -> datetime:
    """The first moment of a day, also where the clocks skip it."""
    start = datetime(day.year, day.month, day.day)  # noqa: DTZ001
    return start if day.year >= date.max.year else datetime.fromtimestamp(start.timestamp())  # noqa: DTZ006


def _offset(seconds: int) -> timedelta:
    return datetime.fromtimestamp(seconds).astimezone().utcoffset() or timedelta()


def _first_of_next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def parse_cron(text: str) -> Cron:
    """Read a cron expression; `ValueError` with a reason when it is none."""
    fields = MACROS.get(text.strip().lower(), text).split()
    if len(fields) != 6:
        raise ValueError(f'Cron expression must consist of 6 fields (found {len(fields)} in "{text}")')
    second, minute, hour, day, month, weekday = fields
    return Cron(
        seconds=_SECOND.numbers(second),
        minutes=_SECOND.numbers(minute),
        hours=_HOUR.numbers(hour),
        months=_MONTH.numbers(month),
        day_of_month=_any_of(_day_of_month, day),
        day_of_week=_any_of(_day_of_week, weekday),
    )


def _any_of(read: Callable[[str], DayRule], text: str) -> DayRule:
    rules = [read(part) for part in text.split(",")]
    return rules[0] if len(rules) == 1 else lambda day: any(rule(day) for rule in rules)


def _day_of_month(text: str) -> DayRule:
    if text == "LW":
        return lambda day: day == _nearest_weekday(_last_day(day))
    if re.fullmatch(r"\d*L|L-\d+", text, re.ASCII):  # a number before the L says nothing
        back = _DAY_OF_MONTH.number(text[2:]) if text.startswith("L-") else 0
        return lambda day: day == _last_day(day) - timedelta(days=back)
    if text.endswith("W"):
        target = _DAY_OF_MONTH.number(text[:-1])
        return lambda day: target <= _last_day(day).day and day == _nearest_weekday(day.replace(day=target))
    days = _DAY_OF_MONTH.numbers(text)
    return lambda day: day.day in days


def _day_of_week(text: str) -> DayRule:
    if "#" in text:
        name, _, ordinal = text.partition("#")
        weekday, count = _DAY_OF_WEEK.number(name) % 7, int(ordinal)
        return lambda day: day.isoweekday() % 7 == weekday and (day.day - 1) // 7 + 1 == count
    if re.fullmatch(r"L(-\d+)?", text, re.ASCII):  # here the vendor's library counts nothing back
        return lambda day: day.isoweekday() == 7
    if text.endswith("L"):
        target = _DAY_OF_WEEK.number(text[:-1]) % 7
        return lambda day: day.isoweekday() % 7 == target and day + timedelta(days=7) > _last_day(day)
    begun = f"0{text[1:]}" if text.startswith("7/") else text
    days = frozenset(number % 7 for number in _DAY_OF_WEEK.numbers(begun))
    return lambda day: day.isoweekday() % 7 in days


def _last_day(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _nearest_weekday(day: date) -> date:
    """Saturday becomes Friday, Sunday becomes Monday, but never in another month."""
    shift = {6: -1, 7: 1}.get(day.isoweekday(), 0)
    nearest = day + timedelta(days=shift)
    return nearest if nearest.month == day.month else day - timedelta(days=2 * shift)
