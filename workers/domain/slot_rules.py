"""The rules of slots and buffers (domain brief 6.7) as the decision `SlotAndBufferRules` tells them: figures only, no search."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

RULES = "SlotAndBufferRules"
QUARTER = 15
REGIONAL = "REGIONAL"
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRules:
    """What a search goes by. Times of the day are quarter-hours 0-95 (`_q`) on the clock at the address."""

    notice_days: int
    delivery_days: int
    same_day_with_consent: bool
    morning: tuple[int, int]
    afternoon: tuple[int, int]
    travel_q: int
    regional_holidays: bool
    half_days: tuple[tuple[str, int, int], ...]
    half_days_beyond: int
    start_every_q: int
    window_days: int
    minutes_per_day: int
    hold: timedelta
    same_day_ahead_q: int
    km_per_hour: float
    longest_drive: int

    @classmethod
    def of(cls, output: Mapping[str, Any]) -> SlotRules:
        """The decision's output; `ValueError` names the cell that cannot be read."""
        hours, grid = _part(output, "hours"), _part(output, "grid")
        halves = (("AM", "amFrom", "amTo"), ("PM", "pmFrom", "pmTo"))
        return cls(
            notice_days=_whole(output, "noticeDays"),
            delivery_days=_whole(output, "deliveryDays"),
            same_day_with_consent=output.get("sameDayWithConsent") is True,
            morning=(_clock(hours, "morningFrom"), _clock(hours, "morningTo")),
            afternoon=(_clock(hours, "afternoonFrom"), _clock(hours, "afternoonTo")),
            travel_q=quarters(_whole(hours, "travelMin")),
            regional_holidays=hours.get("holidays") == REGIONAL,
            half_days=tuple((label, _clock(grid, start), _clock(grid, end)) for label, start, end in halves),
            half_days_beyond=_whole(grid, "halfDaysBeyond"),
            start_every_q=max(1, quarters(_whole(grid, "startEveryMin"))),
            window_days=_whole(grid, "windowDays"),
            minutes_per_day=max(QUARTER, _whole(grid, "minutesPerDay")),
            hold=timedelta(hours=_whole(grid, "holdHours")),
            same_day_ahead_q=quarters(_whole(grid, "sameDayAheadMin")),
            km_per_hour=max(1, _whole(grid, "kmPerHour")),
            longest_drive=_whole(grid, "longestDriveMin"),
        )

    def drive_minutes(self, distance_km: float) -> int:
        """How long the way takes, so many minutes at most."""
        return min(round(distance_km / self.km_per_hour * 60), self.longest_drive)


def quarters(minutes: int) -> int:
    """Whole quarter-hours that hold so many minutes."""
    return -(-minutes // QUARTER)


def _part(output: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = output.get(name)
    if not isinstance(found, Mapping):
        raise ValueError(f"Expected {RULES} to say {name!r}, but it says {found!r}: no row fits these inputs")
    return found


def _whole(cells: Mapping[str, Any], name: str) -> int:
    value = cells.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value) or value < 0:
        raise ValueError(f"Expected a whole number from 0 on for {name!r} in {RULES}, but got {value!r}")
    return int(value)


def _clock(cells: Mapping[str, Any], name: str) -> int:
    value = cells.get(name)
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'Expected a time as "08:00" for {name!r} in {RULES}, but got {value!r}')
    return int(found[1]) * 4 + int(found[2]) // QUARTER
