"""Moments and durations as scenario files write them: local time, or an anchor of the order with an offset."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from workers.domain.tenancy import Country

Anchors = Mapping[str, Callable[[], datetime | None]]
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_OFFSET = re.compile(r"(?P<anchor>[a-z ]+?)\s*(?:(?P<sign>[+-])\s*(?P<span>P\S+))?")
_LOCAL = re.compile(r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) )?(?P<stamp>\d{4}-\d\d-\d\d \d\d:\d\d(?::\d\d)?)")


class UnknownMoment(ValueError):
    """Expected a local time or an anchor, but found something else."""


def duration(text: str) -> timedelta:
    """`P2DT4H` as a span: weeks, days, hours, minutes, seconds; days have 24 hours."""
    found = _DURATION.fullmatch(text)
    if not found or not any(found.groups()):
        raise UnknownMoment(f"Expected a duration as P2D or PT4H, but found {text!r}")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def local(text: str, country: Country) -> datetime:
    """`2027-01-28 06:00` or `Thu 2027-01-28 06:00` at the country's wall clock, in UTC; the weekday must be right."""
    found = _LOCAL.fullmatch(text)
    if not found:
        raise UnknownMoment(f"Expected a local time as 'Thu 2027-01-28 06:00', but found {text!r}")
    at = datetime.fromisoformat(found["stamp"]).replace(tzinfo=country.time_zone)
    if text[0].isalpha() and not text.startswith(f"{at:%a}"):
        raise UnknownMoment(f"Expected {found['stamp']} to be a {at:%a}, but the file says {text[:3]}")
    return at.astimezone(UTC)


def moment(text: str, country: Country, anchors: Anchors) -> datetime | None:
    """A moment; None while its anchor has not happened yet."""
    if _LOCAL.fullmatch(text):
        return local(text, country)
    found = _OFFSET.fullmatch(text)
    if not found or found["anchor"] not in anchors:
        raise UnknownMoment(f"Expected a local time or one of {', '.join(sorted(anchors))}, but found {text!r}")
    at = anchors[found["anchor"]]()
    if at is None or not found["sign"]:
        return at
    span = duration(found["span"])
    return at + span if found["sign"] == "+" else at - span
