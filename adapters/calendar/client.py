"""`workers.ports.calendar.HolidayCalendar` over the `holidays` library: computed here, nothing is asked of anybody."""

from __future__ import annotations

from datetime import date
from functools import cache

import holidays

from adapters.calendar.wire import region


@cache
def _calendar(country: str, subdivision: str | None) -> holidays.HolidayBase:
    return holidays.country_holidays(country, subdiv=subdivision)


class PublicHolidays:
    """National holidays, and regional ones in Spain and Italy."""

    def name(self, day: date, *, country: str, postal_code: str = "") -> str | None:
        """The holiday's name; the library fills in a year when it is first asked for."""
        found: str | None = _calendar(country, region(country, postal_code)).get(day)
        return found
