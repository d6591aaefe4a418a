"""How the values of a row look in JSON: keys are strings, times are RFC 3339, what is missing is null."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

_NO_KEY = -2  # what a text stands for that is no key: no row has it
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST, _LAST = -62_135_596_800_000, 253_402_300_799_999  # the years 1 and 9999, as epoch milliseconds
_ZONE_ID = re.compile(r"\[[^\]]*\]$")


def iso(milliseconds: int) -> str:
    """Returns epoch milliseconds as RFC 3339 text in UTC; what is beyond the years 1 to 9999 is shown as the nearest."""
    moment = _EPOCH + timedelta(milliseconds=min(max(milliseconds, _FIRST), _LAST))
    return moment.strftime("%Y-%m-%dT%H:%M:%S.").rjust(20, "0") + f"{moment.microsecond // 1000:03d}Z"


def milliseconds(text: str) -> int:
    """Returns RFC 3339 text (a trailing `[Zone/Id]` is ignored) as epoch milliseconds."""
    moment = datetime.fromisoformat(_ZONE_ID.sub("", text))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _same(value: Any) -> Any:
    return value


def _text_or_null(value: str) -> str | None:
    return value or None


def _key(value: int) -> str | None:
    return str(value) if value > 0 else None


def _date(value: int) -> str | None:
    return iso(value) if value >= 0 else None


def _to_key(text: str) -> int:
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else _NO_KEY


def _missing_key(value: int) -> bool:
    return value <= 0


def _missing_date(value: int) -> bool:
    return value < 0


def _missing_text(value: Any) -> bool:
    return value is None or value == ""


class Kind(NamedTuple):
    """A kind of column: its JSON form, the row's form of what a filter names, and when it counts as missing."""

    to_json: Callable[[Any], Any]
    from_json: Callable[[Any], Any]
    missing: Callable[[Any], bool]


KINDS: dict[str, Kind] = {
    "": Kind(_same, _same, _missing_text),
    "?": Kind(_text_or_null, _same, _missing_text),
    "key": Kind(_key, _to_key, _missing_key),
    "date": Kind(_date, milliseconds, _missing_date),
    "list": Kind(list, _same, _missing_text),
}
