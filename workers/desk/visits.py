"""Visits as a calendar: whole weeks, Monday first, of the months in which something is planned."""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from workers.domain.tenancy import Country

MOST_MONTHS = 4


@dataclass(frozen=True, slots=True)
class Day:
    """One cell: `inside` tells whether it belongs to the month."""

    day: date
    inside: bool
    visits: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Month:
    """A month's weeks."""

    title: str
    weeks: Sequence[Sequence[Day]]


def months_of(visits: Sequence[Mapping[str, Any]], country: Country) -> list[Month]:
    """The last months that have a visit with a date, each visit on its day of the country's calendar."""
    planned: dict[date, list[Mapping[str, Any]]] = {}
    for visit in visits:
        if visit["planned_start"]:
            planned.setdefault(country.day(visit["planned_start"]), []).append(visit)
    named = sorted({(day.year, day.month) for day in planned})[-MOST_MONTHS:]
    return [_month(year, month, planned) for year, month in named]


def _month(year: int, month: int, planned: Mapping[date, list[Mapping[str, Any]]]) -> Month:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    days = [
        [Day(day, day.month == month, planned.get(day, ()) if day.month == month else ()) for day in w] for w in weeks
    ]
    return Month(f"{date(year, month, 1):%B %Y}", days)
