"""Countries the platform serves, and what follows from them (domain brief 1.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Country:
    """One country: its clock, language, money and the shape of its postal codes."""

    code: str
    time_zone: ZoneInfo
    locale: str
    currency: str
    postal_code: re.Pattern[str]

    def local(self, instant: datetime) -> datetime:
        """`instant` on this country's wall clock."""
        return instant.astimezone(self.time_zone)

    def day(self, instant: datetime) -> date:
        """The calendar day of `instant` here."""
        return self.local(instant).date()

    def at(self, day: date, clock: time) -> datetime:
        """The instant at which the wall clock shows `clock` on `day`."""
        return datetime.combine(day, clock, tzinfo=self.time_zone)


def _country(code: str, zone: str, locale: str, currency: str, postal_code: str) -> Country:
    return Country(code, ZoneInfo(zone), locale, currency, re.compile(postal_code))


COUNTRIES: Mapping[str, Country] = {
    country.code: country
    for country in (
        _country("FR", "Europe/Paris", "fr-FR", "EUR", r"\d{5}"),
        _country("ES", "Europe/Madrid", "es-ES", "EUR", r"\d{5}"),
        _country("IT", "Europe/Rome", "it-IT", "EUR", r"\d{5}"),
        _country("PL", "Europe/Warsaw", "pl-PL", "PLN", r"\d{2}-\d{3}"),
        _country("PT", "Europe/Lisbon", "pt-PT", "EUR", r"\d{4}-\d{3}"),
    )
}
