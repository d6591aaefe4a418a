"""Times as models write them: ISO intervals, repetitions, date-times.

A duration with a calendar part (`P1M`, `P14D`) is added by the calendar of the system's zone, a pure time part (`PT15S`) to the
millisecond.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_INTERVAL = re.compile(
    r"(?P<sign>[+-])?P(?:(?P<years>[+-]?\d+)Y)?(?:(?P<months>[+-]?\d+)M)?(?:(?P<weeks>[+-]?\d+)W)?(?:(?P<days>[+-]?\d+)D)?"
    r"(?:T(?:(?P<hours>[+-]?\d+)H)?(?:(?P<minutes>[+-]?\d+)M)?(?:(?P<seconds>[+-]?\d+(?:[.,]\d+)?)S)?)?",
    re.IGNORECASE,
)
_DATE_TIME = re.compile(
    r"(?P<local>\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(?P<offset>Z|[+-]\d\d(?::?\d\d)?)?(?:\[(?P<zone>[^\]]+)\])?"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """An ISO 8601 duration: calendar part and exact part."""

    months: int = 0
    days: int = 0
    milliseconds: int = 0

    def after(self, moment: int) -> int:
        """The epoch milliseconds this long after `moment`."""
        if not self.months and not self.days:
            return moment + self.milliseconds
        seconds, rest = divmod(moment, 1000)
        # A naive date is the system zone's wall clock, which is what the calendar part is added to.
        local = _plus_months(datetime.fromtimestamp(seconds), self.months) + timedelta(days=self.days)  # noqa: DTZ006
        return int(local.timestamp()) * 1000 + rest + self.milliseconds


@dataclass(frozen=True, slots=True)
class Repetition:
    """`R3/<start>/PT10S`: how often (-1 for ever), from when (or now), in which interval."""

    repetitions: int
    interval: Interval
    start: int | None = None


def _plus_months(moment: datetime, months: int) -> datetime:
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    first = moment.replace(year=year, month=month + 1, day=1)
    last_day = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(moment.day, last_day.day))


def parse_interval(text: str) -> Interval:
    """Read an ISO period and/or duration; `ValueError` when it is none."""
    match = _INTERVAL.fullmatch(text.strip())
    if match is None or text.strip()[-1:].upper() in ("P", "T"):
        raise ValueError(text)
    parts = {name: value or "0" for name, value in match.groupdict().items()}
    sign = -1 if parts["sign"] == "-" else 1
    seconds = float(parts["seconds"].replace(",", "."))
    return Interval(
        months=sign * (int(parts["years"]) * 12 + int(parts["months"])),
        days=sign * (int(parts["weeks"]) * 7 + int(parts["days"])),
        milliseconds=sign * round((int(parts["hours"]) * 3600 + int(parts["minutes"]) * 60) * 1000 + seconds * 1000),
    )


def parse_date_time(text: str) -> int:
    """Read an ISO date-time with offset or zone into epoch milliseconds; `ValueError` when it is none."""
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None or not (match["offset"] or match["zone"]):
        raise ValueError(text)
    if match["offset"]:
        moment = datetime.fromisoformat(match["local"] + match["offset"])
    else:
        moment = datetime.fromisoformat(match["local"]).replace(tzinfo=_zone(match["zone"]))
    return round(moment.timestamp() * 1000)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError as error:
        raise ValueError(name) from error


def parse_repetition(text: str) -> Repetition:
    """Read `R[n]/[start/]interval`; `ValueError` when it is none."""
    head, *rest = text.strip().split("/")
    if not head.startswith("R") or len(rest) not in (1, 2):
        raise ValueError(text)
    count = -1 if head == "R" else int(head[1:])
    start = parse_date_time(rest[0]) if len(rest) == 2 and rest[0] else None
    return Repetition(count, parse_interval(rest[-1]), start)
