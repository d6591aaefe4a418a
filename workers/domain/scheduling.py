"""When work may start and which slots a day has (domain brief 6.7). Holidays come in as a function, days as dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from workers.domain.tenancy import COUNTRIES, Country
from workers.domain.values import Category, ServiceType

Holiday = Callable[[date], str | None]
QUARTER = 15
WINDOW_DAYS = 30
HALF_DAYS_BEYOND = 14
# Half-days as sold: label, start, end in quarter-hours.
HALF_DAYS = (("AM", 32, 48), ("PM", 52, 68))
_SATURDAY = 5
KM_PER_HOUR = 40
LONGEST_DRIVE = 90


@dataclass(frozen=True, slots=True)
class CountryRules:
    """Working hours (quarter-hours), time between two jobs, and calendar days of notice by kind of service."""

    morning: tuple[int, int]
    afternoon: tuple[int, int]
    travel_q: int
    notice: Mapping[str, int]


def _rules(hours: tuple[int, int, int, int], travel: int, notice: tuple[int, int, int, int]) -> CountryRules:
    start, noon, again, end = (4 * hour for hour in hours)
    return CountryRules(
        (start, noon),
        (again, end),
        travel // QUARTER,
        dict(zip(("INSTALLATION", "TV", "REPAIR", "REWORK"), notice, strict=True)),
    )


RULES: Mapping[str, CountryRules] = {
    "FR": _rules((8, 13, 14, 19), 45, (3, 2, 1, 1)),
    "ES": _rules((8, 14, 14, 20), 30, (3, 2, 1, 1)),
    "IT": _rules((8, 13, 14, 19), 30, (4, 3, 2, 1)),
    "PL": _rules((8, 14, 14, 20), 30, (5, 3, 2, 2)),
    "PT": _rules((8, 13, 14, 19), 30, (3, 2, 1, 1)),
}
NOTICE_KIND: Mapping[ServiceType, str] = {
    ServiceType.INSTALLATION: "INSTALLATION",
    ServiceType.COMPLEX: "INSTALLATION",
    ServiceType.CONFIRMATION_TV: "TV",
    ServiceType.QUOTATION_TV: "TV",
    ServiceType.MAINTENANCE: "REPAIR",
    ServiceType.REPAIR: "REPAIR",
    ServiceType.REWORK: "REWORK",
}
DELIVERY_BUFFER: Mapping[str, int] = {
    Category.KITCHEN: 7,
    Category.BATHROOM: 3,
    Category.FLOORING: 2,
    Category.WINDOWS_DOORS: 2,
    Category.APPLIANCE: 1,
}


class Earliest(NamedTuple):
    """The first day work may start, and what pushed it there."""

    day: date
    reasons: tuple[str, ...]


class Slot(NamedTuple):
    """Part of a day: what the customer is told, and which quarter-hours the team is busy."""

    day: date
    label: str
    start_q: int
    end_q: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What has to be planned: where, what, since when, and until when goods arrive. `today` is the local day."""

    country: str
    service_type: ServiceType
    created: date
    today: date
    duration_min: int
    category: str = Category.OTHER
    delivery: date | None = None
    preferred_label: str | None = None
    not_before: date | None = None


def clock(quarter: int) -> time:
    """The wall clock at a quarter-hour of the day."""
    return time(quarter // 4, quarter % 4 * QUARTER)


def quarters(minutes: int) -> int:
    """Whole quarter-hours that hold so many minutes."""
    return -(-minutes // QUARTER)


def closed(day: date, holiday: Holiday) -> str | None:
    """Why nobody works on a day: weekend or the holiday's name; None on a working day."""
    return "weekend" if day.weekday() >= _SATURDAY else holiday(day)


def roll(day: date, holiday: Holiday) -> Earliest:
    """The next working day from `day` on, and the closed days that were passed."""
    reasons: list[str] = []
    while reason := closed(day, holiday):
        reasons.append(f"{day.isoformat()}: {reason}")
        day += timedelta(days=1)
    return Earliest(day, tuple(reasons))


def earliest(wish: Wish, holiday: Holiday) -> Earliest:
    """Notice from creation, buffer after delivery, never today; the latest of them rolled to a working day."""
    notice = RULES[wish.country].notice[NOTICE_KIND[wish.service_type]]
    bounds = [
        (wish.created + timedelta(days=notice), f"notice of {notice} days from {wish.created.isoformat()}"),
        (wish.today + timedelta(days=1), "not before tomorrow"),
    ]
    if wish.delivery:
        buffer = DELIVERY_BUFFER.get(wish.category, 0)
        reason = f"{buffer} days after delivery on {wish.delivery.isoformat()}"
        bounds.append((wish.delivery + timedelta(days=buffer), reason))
    if wish.not_before:
        bounds.append((wish.not_before, f"not before {wish.not_before.isoformat()}"))
    day, reason = max(bounds, key=lambda bound: bound[0])
    rolled = roll(day, holiday)
    return Earliest(rolled.day, (reason, *rolled.reasons))


def slots(day: date, wish: Wish) -> list[Slot]:
    """The slots of a working day: half-days when it is more than fourteen days ahead, else hourly starts."""
    found = _half_days(day, wish) if (day - wish.today).days > HALF_DAYS_BEYOND else _hours(day, wish)
    return sorted(found, key=lambda slot: half_of(slot) != wish.preferred_label) if wish.preferred_label else found


def half_of(slot: Slot) -> str:
    """`AM` or `PM`."""
    return slot.label if slot.label in ("AM", "PM") else "AM" if slot.start_q < HALF_DAYS[1][1] else "PM"


def _half_days(day: date, wish: Wish) -> list[Slot]:
    needed = quarters(wish.duration_min)
    fits = [Slot(day, label, start, end) for label, start, end in HALF_DAYS if end - start >= needed]
    return fits or _long_job(day, "AM", HALF_DAYS[0][1], wish)


def _hours(day: date, wish: Wish) -> list[Slot]:
    rules = RULES[wish.country]
    starts = range(rules.morning[0], rules.afternoon[1], 4)
    return [slot for start in starts for slot in _long_job(day, clock(start).strftime("%H:%M"), start, wish)]


def _long_job(day: date, label: str, start: int, wish: Wish) -> list[Slot]:
    """The slot of a job from `start` on; the break at noon is not worked, and it must end before the day does."""
    rules = RULES[wish.country]
    (_, noon), (again, evening) = rules.morning, rules.afternoon
    if noon <= start < again:
        return []
    end = start + quarters(wish.duration_min)
    end += again - noon if start < noon < end else 0
    return [Slot(day, label, start, end)] if end <= evening else []


def window(first: date, holiday: Holiday) -> Iterator[date]:
    """The working days of the search window."""
    days = (first + timedelta(days=offset) for offset in range(WINDOW_DAYS))
    return (day for day in days if closed(day, holiday) is None)


def instants(slot: Slot, country: Country) -> tuple[datetime, datetime]:
    """The instants a slot begins and ends."""
    start, end = country.at(slot.day, clock(slot.start_q)), country.at(slot.day, clock(slot.end_q))
    return start.astimezone(UTC), end.astimezone(UTC)


def slot_at(start: datetime, end: datetime, label: str | None, country: Country) -> Slot:
    """The slot between two instants of one day, on the country's clock."""
    first, last = country.local(start), country.local(end)
    quarters_of = [moment.hour * 4 + moment.minute // QUARTER for moment in (first, last)]
    return Slot(first.date(), label or first.strftime("%H:%M"), *quarters_of)


def drive_minutes(distance_km: float) -> int:
    """How long the way takes at 40 km/h, 90 minutes at most."""
    return min(round(distance_km / KM_PER_HOUR * 60), LONGEST_DRIVE)


def country_of(code: str) -> Country:
    """The country of a code."""
    return COUNTRIES[code]


class Busy(NamedTuple):
    """A live booking as the search sees it."""

    day: date
    start_q: int
    end_q: int


@dataclass(frozen=True, slots=True)
class TeamCalendar:
    """What a team can still take."""

    working_days: Sequence[int]
    shift: tuple[int, int]
    max_jobs_day: int
    max_minutes_day: int
    max_jobs_week: int
    busy: Sequence[Busy]
    absent: Callable[[date], bool]

    def refuses(self, slot: Slot, travel_q: int) -> str | None:
        """Why the team cannot take a slot; None when it can."""
        day = [busy for busy in self.busy if busy.day == slot.day]
        week = [busy for busy in self.busy if busy.day.isocalendar()[:2] == slot.day.isocalendar()[:2]]
        work = QUARTER * (sum(busy.end_q - busy.start_q for busy in day) + slot.end_q - slot.start_q)
        reasons = {
            "absence": self.absent(slot.day),
            "shift": slot.day.weekday() not in self.working_days or not self._in_shift(slot),
            "capacity": len(day) >= self.max_jobs_day or len(week) >= self.max_jobs_week,
            "hours": bool(day) and work > self.max_minutes_day,
            "booked": any(slot.start_q < b.end_q + travel_q and b.start_q < slot.end_q + travel_q for b in day),
        }
        return next((reason for reason, applies in reasons.items() if applies), None)

    def _in_shift(self, slot: Slot) -> bool:
        return self.shift[0] <= slot.start_q and slot.end_q <= self.shift[1]
