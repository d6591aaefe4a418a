"""Moments as people read them: in their zone, and as the distance from the engine's now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

_UNITS = (("day", 86_400), ("hour", 3_600), ("min", 60), ("s", 1))


def zone_of(name: str) -> tzinfo:
    """The time zone of a name; this machine's where the name is unknown."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return datetime.now().astimezone().tzinfo or UTC


def moment(text: str | None) -> datetime | None:
    """The moment of an API's text."""
    return datetime.fromisoformat(text) if text else None


def shown(value: datetime | None, zone: tzinfo) -> str:
    """A moment in the reader's zone."""
    return value.astimezone(zone).strftime("%-d %b %Y, %H:%M") if value else ""


def _parts(seconds: float) -> Iterator[str]:
    for name, size in _UNITS:
        count = int(seconds // size)
        if count:
            yield f"{count} {name}{'s' if name in ('day', 'hour') and count > 1 else ''}"
            seconds -= count * size


def distance(span: timedelta) -> str:
    """A span in its two largest units."""
    parts = list(_parts(abs(span.total_seconds())))
    return " ".join(parts[:2]) or "0 s"


def relative(value: datetime, now: datetime) -> str:
    """A moment as the distance from now."""
    span = value - now
    if abs(span) < timedelta(seconds=1):
        return "now"
    return f"in {distance(span)}" if span > timedelta(0) else f"{distance(span)} ago"
