"""Public holidays: national ones, and those of a region where a country has them."""

from __future__ import annotations

from datetime import date
from typing import Protocol


class HolidayCalendar(Protocol):
    """Knows the public holidays of the countries we serve."""

    def name(self, day: date, *, country: str, postal_code: str = "") -> str | None:
        """The holiday on `day` where `postal_code` is; None on an ordinary day."""
        ...
