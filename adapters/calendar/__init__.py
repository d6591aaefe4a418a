"""Public holidays, by the `holidays` library."""

from adapters.calendar.client import PublicHolidays

__all__ = ["PublicHolidays"]
