"""What a browser sends for the inputs of a form, read as the values fields hold."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, tzinfo
from typing import Any, NamedTuple

from zeebelet.console.forms import dates, numbers
from zeebelet.console.forms.schema import Field

Posted = Mapping[str, Sequence[str]]


class Reader(NamedTuple):
    """Where the person at the page is in time."""

    zone: tzinfo
    today: date


def input_name(name: str) -> str:
    """What the input of a field's instance is called on the page."""
    return f"v.{name}"


def _texts(posted: Posted, name: str) -> Sequence[str]:
    return posted.get(input_name(name), ())


def _text(posted: Posted, name: str) -> str:
    return next(iter(_texts(posted, name)), "").replace("\r\n", "\n")


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _choices(posted: Posted, name: str) -> list[Any]:
    return [_json(text) for text in _texts(posted, name)]


def _number(field: Field, posted: Posted, name: str) -> Any:
    return numbers.typed(_text(posted, name), as_text=bool(field.get("serializeToString")))


def _moment(field: Field, posted: Posted, name: str, reader: Reader) -> str | None:
    held = dates.held(
        _text(posted, f"{name}.date"),
        _text(posted, f"{name}.time"),
        subtype=field.get("subtype", "date"),
        written=field.get("timeSerializingFormat", ""),
        zone=reader.zone,
        today=reader.today,
    )
    too_early = field.get("disallowPassedDates", False) and held is not None and "-" in held[:5]
    return None if too_early and held and held[:10] < reader.today.isoformat() else held


_READ: dict[str, Callable[[Field, Posted, str], Any]] = {
    "textfield": lambda field, posted, name: _text(posted, name).replace("\n", " "),
    "textarea": lambda field, posted, name: _text(posted, name),
    "number": _number,
    "checkbox": lambda field, posted, name: bool(_texts(posted, name)),
    "checklist": lambda field, posted, name: _choices(posted, name),
    "taglist": lambda field, posted, name: _choices(posted, name),
    "radio": lambda field, posted, name: next(iter(_choices(posted, name)), None),
    "select": lambda field, posted, name: next(iter(_choices(posted, name)), None),
    "filepicker": lambda field, posted, name: _json(_text(posted, name)),
}


def read(field: Field, posted: Posted, name: str, reader: Reader) -> Any:
    """Returns the value a person gave to a field's instance."""
    if field.type == "datetime":
        return _moment(field, posted, name, reader)
    return _READ[field.type](field, posted, name)


def has_input(field: Field) -> bool:
    """Whether a person can give it a value."""
    return field.type in _READ or field.type == "datetime"
