"""The options of radios, selects and lists: static, from a variable (`valuesKey`), or an expression's result."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from zeebelet.console.forms.context import Scope, value_of
from zeebelet.console.forms.schema import Field


class Option(NamedTuple):
    """One choice."""

    label: str
    value: Any


def shown(value: Any) -> str:
    """A plain value as text, the way JavaScript prints it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _is_plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float)) or (isinstance(value, str) and value != "")


def _is_value(value: Any) -> bool:
    return bool(value) if isinstance(value, (dict, list)) else _is_plain(value)


def _option(raw: Any) -> Option | None:
    if _is_plain(raw):
        return Option(shown(raw), raw)
    if not isinstance(raw, dict):
        return None
    label, value = raw.get("label"), raw.get("value")
    if isinstance(label, str) and label:
        return Option(label, value) if _is_value(value) else None
    return Option(shown(value), value) if _is_plain(value) else None


def _normal(listed: Any) -> list[Option]:
    if not isinstance(listed, list):
        return []
    return [option for option in map(_option, filter(_is_value, listed)) if option is not None]


def options(field: Field, initial: Mapping[str, Any], scope: Scope) -> list[Option]:
    """Returns the options of a field; data given under `valuesKey` is what the form was opened with."""
    if "valuesKey" in field.attributes:
        return _normal(initial.get(field.attributes["valuesKey"]))
    if "values" in field.attributes:
        return _normal(field.attributes["values"])
    return _normal(value_of(field.get("valuesExpression", ""), scope))


def known_values(field: Field, data: Mapping[str, Any]) -> list[Any] | None:
    """Returns the values that may be taken over from data; None when an expression will decide later."""
    if field.get("valuesExpression"):
        return None
    key = field.get("valuesKey")
    return [option.value for option in _normal(data.get(key) if key else field.get("values"))]


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def among(value: Any, values: list[Any]) -> bool:
    """Whether a value is one of some."""
    return any(same(value, known) for known in values)
