"""Teams and their days: what a slot search and a funnel find. One town per country and district, four firms each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from adapters.calendar import PublicHolidays
from workers.domain import scheduling
from workers.domain.slot_rules import SlotRules
from workers.domain.tenancy import COUNTRIES

# Name, tier, distance in km, first-time rate, satisfaction, punctuality, teams, how gladly it says yes.
FIRMS: tuple[tuple[str, int, float, float, float, float, int, float], ...] = (
    ("A", 1, 8.5, 0.96, 4.3, 0.90, 3, 0.75),
    ("B", 2, 22.0, 0.88, 4.6, 0.97, 2, 0.8),
    ("C", 3, 45.0, 0.80, 3.6, 0.82, 2, 0.6),
    ("D", 2, 34.0, 0.86, 4.0, 0.85, 1, 0.7),
)
JOBS_A_DAY = 2
_HOLIDAYS = PublicHolidays()


@dataclass(frozen=True, slots=True)
class Place:
    """A slot of a team: the local day, what the customer is told, and the instants."""

    day: date
    label: str
    start: datetime
    end: datetime


@dataclass(slots=True)
class Towns:
    """How full each team's days are: team -> day -> jobs."""

    jobs: dict[str, dict[date, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))

    def slot(self, country: str, wish: scheduling.Wish, teams: list[str]) -> tuple[Place, str] | None:
        """The first free slot and the team that keeps it for now; nobody is free in the window: None."""
        holiday = holidays(country)
        for day in scheduling.window(scheduling.earliest(wish, holiday).day, holiday, wish.rules.window_days):
            team = next((team for team in teams if self.jobs[team][day] < JOBS_A_DAY), None)
            found = scheduling.slots(day, wish, holiday) if team else []
            if team and found:
                self.jobs[team][day] += 1
                start, end = scheduling.instants(found[0], COUNTRIES[country])
                return Place(day, found[0].label, start, end), team
        return None

    def release(self, team: str, day: date) -> None:
        """A job less."""
        self.jobs[team][day] = max(0, self.jobs[team][day] - 1)

    def free(self, teams: list[str], day: date) -> str | None:
        """A team that can take one more job."""
        return next((team for team in teams if self.jobs[team][day] < JOBS_A_DAY), None)


def holidays(country: str) -> Callable[[date], str | None]:
    """The public holidays of a country."""
    return lambda day: _HOLIDAYS.name(day, country=country)


def firms(country: str, district: int) -> Iterator[tuple[dict[str, Any], list[str], float]]:
    """The candidates of a town as `find-providers` tells them, their teams, and how gladly they say yes."""
    for name, tier, km, first, satisfaction, punctuality, teams, yes in FIRMS:
        ident = f"{country}{district}{name}"
        facts = {
            "providerId": ident,
            "servicePreference": "P1",
            "tier": tier,
            "distanceKm": km,
            "firstTimeRate": first,
            "satisfaction": satisfaction,
            "punctuality": punctuality,
            "sameProvider": False,
        }
        yield facts, [f"{ident}{n}" for n in range(1, teams + 1)], yes


def wish_of(
    country: str, service: str, facts: Mapping[str, Any], *, minutes: int, now: datetime, rules: SlotRules
) -> scheduling.Wish:
    """What has to be planned."""
    zone = COUNTRIES[country]
    return scheduling.Wish(
        rules=rules,
        created=zone.day(datetime.fromisoformat(facts["createdAt"]).astimezone(UTC)),
        today=zone.day(now),
        duration_min=minutes,
        delivery=None if service in ("CONFIRMATION_TV", "QUOTATION_TV") else delivery_of(facts),
    )


def delivery_of(facts: Mapping[str, Any]) -> date:
    """Goods arrive nine days after the sale."""
    return datetime.fromisoformat(facts["createdAt"]).date() + timedelta(days=9)
