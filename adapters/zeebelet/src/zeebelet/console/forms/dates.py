"""Dates and times as form fields hold them, and as the two inputs of a page show them in the reader's time zone."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

_DAY = timedelta(days=1)
_ISO_TIME = re.compile(r"(\d{1,2})(?::(\d{1,2}))?(?::\d{1,2}(?:\.\d+)?)?(Z|[+-]\d{1,2}(?::\d{1,2})?)?")


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if "T" in text else None
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    hours, _, minutes = text[1:].partition(":")
    ahead = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return timezone(-ahead if text[0] == "-" else ahead)


def _time(text: str) -> tuple[time, tzinfo | None] | None:
    match = _ISO_TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59:
        return None
    return time(int(match[1]), int(match[2] or 0)), _offset(match[3])


_READERS: dict[str, Callable[[str], Any]] = {"date": _date, "time": _time, "datetime": _moment}


def cleaned(value: Any, subtype: str) -> str | None:
    """Returns the text when it is what a field of this subtype (date, time, datetime) may hold."""
    if not isinstance(value, str):
        return None
    reads = _READERS.get(subtype)
    return value if reads is not None and reads(value) is not None else None


def inputs(value: Any, subtype: str, zone: tzinfo, today: date) -> tuple[str, str]:
    """Returns a value as the texts of a date and of a time input, in the reader's zone."""
    if cleaned(value, subtype) is None:
        return "", ""
    if subtype == "date":
        return str(value), ""
    if subtype == "time":
        return "", _local_time(value, zone, today)
    moment = datetime.fromisoformat(value)
    local = moment.astimezone(zone) if moment.tzinfo else moment
    return local.date().isoformat(), local.strftime("%H:%M")


def _local_time(value: str, zone: tzinfo, today: date) -> str:
    parsed = _time(value)
    if parsed is None:
        return ""
    clock, offset = parsed
    if offset is None:
        return clock.strftime("%H:%M")
    return datetime.combine(today, clock, offset).astimezone(zone).strftime("%H:%M")


def held(day: str, clock: str, *, subtype: str, written: str, zone: tzinfo, today: date) -> str | None:
    """Returns what a field holds after these inputs: its parts must all be there. `written` is `timeSerializingFormat`."""
    parsed_day, parsed_time = _date(day), _time(clock)
    if subtype == "date":
        return parsed_day.isoformat() if parsed_day else None
    if parsed_time is None or (subtype == "datetime" and parsed_day is None):
        return None
    local = datetime.combine(parsed_day or today, parsed_time[0], zone)
    if written == "utc_normalized":
        local = local.astimezone(UTC)
    text = local.strftime("%H:%M") + _zone_text(local, written)
    return f"{local.date().isoformat()}T{text}" if subtype == "datetime" else text


def _zone_text(local: datetime, written: str) -> str:
    if written == "utc_normalized":
        return "Z"
    if written != "utc_offset":
        return ""
    text = local.strftime("%z")
    return f"{text[:3]}:{text[3:5]}"
