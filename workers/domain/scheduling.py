"""When work may start and which slots a day has, by the rules of `SlotAndBufferRules` (domain brief 6.7). Holidays come in as a
function, days as dates."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from workers.domain.slot_rules import QUARTER, SlotRules, quarters
from workers.domain.tenancy import COUNTRIES, Country

Holiday = Callable[[date], str | None]
_SATURDAY = 5


class Earliest(NamedTuple):
    """The first day work may start, and what pushed it there."""

    day: date
    reasons: tuple[str, ...]


class Stretch(NamedTuple):
    """Quarter-hours of one day on which a team is busy."""

    day: date
    start_q: int
    end_q: int


class Slot(NamedTuple):
    """When a visit is: what the customer is told, and which quarter-hours the team is busy.

    Work that is longer than a day goes on in `rest`, on the next working days.
    """

    day: date
    label: str
    start_q: int
    end_q: int
    rest: tuple[Stretch, ...] = ()

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """Every day of it, the first one first."""
        return (Stretch(self.day, self.start_q, self.end_q), *self.rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What has to be planned, by which rules, since when, and until when goods arrive. `today` is the local day.

    `same_day`: an operator consents to today, from the quarter-hour `today_from_q` on.
    """

    rules: SlotRules
    created: date
    today: date
    duration_min: int
    delivery: date | None = None
    preferred_label: str | None = None
    not_before: date | None = None
    same_day: bool = False
    today_from_q: int = 0


def clock(quarter: int) -> time:
    """The wall clock at a quarter-hour of the day."""
    return time(quarter // 4, quarter % 4 * QUARTER)


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
    """Notice from creation, buffer after delivery, today only with consent; the latest of them rolled to a working day."""
    rules = wish.rules
    notice = 0 if wish.same_day else rules.notice_days
    first = wish.today if wish.same_day else wish.today + timedelta(days=1)
    bounds = [
        (wish.created + timedelta(days=notice), f"notice of {notice} days from {wish.created.isoformat()}"),
        (first, "today, with an operator's consent" if wish.same_day else "not before tomorrow"),
    ]
    if wish.delivery:
        buffer = rules.delivery_days
        reason = f"{buffer} days after delivery on {wish.delivery.isoformat()}"
        bounds.append((wish.delivery + timedelta(days=buffer), reason))
    if wish.not_before:
        bounds.append((wish.not_before, f"not before {wish.not_before.isoformat()}"))
    day, reason = max(bounds, key=lambda bound: bound[0])
    rolled = roll(day, holiday)
    return Earliest(rolled.day, (reason, *rolled.reasons))


def slots(day: date, wish: Wish, holiday: Holiday) -> list[Slot]:
    """The slots of a working day: half-days when it is far ahead, else a start every so often. Work that is longer than a
    day begins in the morning and goes on for as many working days as it needs."""
    far = (day - wish.today).days > wish.rules.half_days_beyond
    if wish.duration_min > wish.rules.minutes_per_day:
        found = _several_days(day, wish, holiday, far=far)
    else:
        found = _half_days(day, wish) if far else _hours(day, wish)
    if day <= wish.today:
        found = [slot for slot in found if slot.start_q >= wish.today_from_q]
    if wish.preferred_label:
        found.sort(key=lambda slot: half_of(slot, wish.rules) != wish.preferred_label)
    return found


def half_of(slot: Slot, rules: SlotRules) -> str:
    """`AM` or `PM`."""
    return slot.label if slot.label in ("AM", "PM") else "AM" if slot.start_q < rules.half_days[-1][1] else "PM"


def _half_days(day: date, wish: Wish) -> list[Slot]:
    needed = quarters(wish.duration_min)
    fits = [Slot(day, label, start, end) for label, start, end in wish.rules.half_days if end - start >= needed]
    first = wish.rules.half_days[0]
    return fits or _long_job(day, first[0], first[1], wish)


def _hours(day: date, wish: Wish) -> list[Slot]:
    rules = wish.rules
    starts = range(rules.morning[0], rules.afternoon[1], rules.start_every_q)
    return [slot for start in starts for slot in _long_job(day, _label(start), start, wish)]


def _label(start: int) -> str:
    return clock(start).strftime("%H:%M")


def _long_job(day: date, label: str, start: int, wish: Wish, minutes: int | None = None) -> list[Slot]:
    """The slot of a job from `start` on; the break at noon is not worked, and it must end before the day does."""
    (_, noon), (again, evening) = wish.rules.morning, wish.rules.afternoon
    if noon <= start < again:
        return []
    end = start + quarters(wish.duration_min if minutes is None else minutes)
    end += again - noon if start < noon < end else 0
    return [Slot(day, label, start, end)] if end <= evening else []


def _several_days(day: date, wish: Wish, holiday: Holiday, *, far: bool) -> list[Slot]:
    """Whole days first, what is left on the last one; nothing where a working day does not hold a day's work."""
    morning = wish.rules.morning[0]
    label = wish.rules.half_days[0][0] if far else _label(morning)
    found: list[Slot] = []
    for minutes in _days_of(wish):
        on = roll(found[-1].day + timedelta(days=1), holiday).day if found else day
        part = _long_job(on, label, morning, wish, minutes)
        if not part:
            return []
        found += part
    first, *others = found
    return [first._replace(rest=tuple(Stretch(slot.day, slot.start_q, slot.end_q) for slot in others))]


def _days_of(wish: Wish) -> Iterator[int]:
    """The minutes of each day."""
    left = wish.duration_min
    while left > 0:
        yield min(left, wish.rules.minutes_per_day)
        left -= wish.rules.minutes_per_day


def window(first: date, holiday: Holiday, days: int) -> Iterator[date]:
    """The working days of a search window of so many days."""
    days_of = (first + timedelta(days=offset) for offset in range(days))
    return (day for day in days_of if closed(day, holiday) is None)


def instants(slot: Slot, country: Country) -> tuple[datetime, datetime]:
    """The instants a slot begins and ends, on its first and on its last day."""
    last = slot.stretches[-1]
    start, end = country.at(slot.day, clock(slot.start_q)), country.at(last.day, clock(last.end_q))
    return start.astimezone(UTC), end.astimezone(UTC)


def slot_at(start: datetime, end: datetime, label: str | None, country: Country) -> Slot:
    """The slot between two instants of one day, on the country's clock."""
    first, last = country.local(start), country.local(end)
    start_q, end_q = (moment.hour * 4 + moment.minute // QUARTER for moment in (first, last))
    return Slot(first.date(), label or first.strftime("%H:%M"), start_q, end_q)


def country_of(code: str) -> Country:
    """The country of a code."""
    return COUNTRIES[code]


Busy = Stretch
"""A live booking as the search sees it."""


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
        """Why the team cannot take a slot, on any of its days; None when it can."""
        return next(filter(None, (self._refuses(stretch, travel_q) for stretch in slot.stretches)), None)

    def _refuses(self, slot: Stretch, travel_q: int) -> str | None:
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

    def _in_shift(self, slot: Stretch) -> bool:
        return self.shift[0] <= slot.start_q and slot.end_q <= self.shift[1]
