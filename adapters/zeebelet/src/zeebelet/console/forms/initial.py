"""The data a form opens with: what variables say, cleaned for each field, else its default, else its type's empty value."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from zeebelet.console.forms import dates, numbers
from zeebelet.console.forms.options import among, known_values, shown
from zeebelet.console.forms.paths import MISSING, Path, get, put
from zeebelet.console.forms.schema import MULTI_CHOICE, SINGLE_CHOICE, Field


def _line(value: Any) -> str:
    text = _text(value)
    return text.translate({ord(sign): " " for sign in "\r\n\t"})


def _text(value: Any) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else shown(value)


def _single(field: Field, data: Mapping[str, Any], value: Any) -> Any:
    known = known_values(field, data)
    return value if known is None or among(value, known) else None


def _several(field: Field, data: Mapping[str, Any], value: Any) -> Any:
    known = known_values(field, data)
    if known is None:
        return value
    return [item for item in value if among(item, known)] if isinstance(value, list) else []


def cleaned(field: Field, data: Mapping[str, Any], value: Any) -> Any:
    """Returns a value from outside as a field of this type holds it."""
    if field.type in SINGLE_CHOICE:
        return _single(field, data, value)
    if field.type in MULTI_CHOICE:
        return _several(field, data, value)
    match field.type:
        case "textfield":
            return _line(value)
        case "textarea":
            return _text(value)
        case "checkbox":
            return value is True
        case "number":
            return numbers.cleaned(value, as_text=bool(field.get("serializeToString")))
        case "datetime":
            return dates.cleaned(value, field.get("subtype", "date"))
    return value


def initialized(root: Field, variables: Mapping[str, Any]) -> dict[str, Any]:
    """Returns the variables with a value for every keyed field."""
    made = copy.deepcopy(dict(variables))
    _fill(root, variables, made, ())
    return made


def new_item(field: Field, data: Mapping[str, Any], path: Path, index: int) -> Any:
    """Returns what a new item of a list starts with."""
    made = copy.deepcopy(dict(data))
    items = get(made, path, None)
    put(made, path, [*(items if isinstance(items, list) else []), {}])
    for child in field.children:
        _fill(child, made, made, (*path, index))
    return get(made, (*path, index))


def _fill(field: Field, data: Mapping[str, Any], made: dict[str, Any], prefix: Path) -> None:
    path = (*prefix, *field.path)
    if field.kind.keyed:
        put(made, path, _value(field, data, get(data, path)))
    elif field.repeats:
        items = _items(field, get(data, path, None))
        put(made, path, items)
        for index in range(len(items)):
            for child in field.children:
                _fill(child, data, made, (*path, index))
    else:
        for child in field.children:
            _fill(child, data, made, path)


def _value(field: Field, data: Mapping[str, Any], given: Any) -> Any:
    if given is not MISSING:
        return cleaned(field, data, copy.deepcopy(given))
    default = field.attributes.get("defaultValue", MISSING)
    if default is not MISSING:
        return copy.deepcopy(default)
    return list(field.kind.empty) if isinstance(field.kind.empty, tuple) else field.kind.empty


def _items(field: Field, given: Any) -> list[Any]:
    if not isinstance(given, list):
        count = field.get("defaultRepetitions", 1)
        return [{} for _ in range(count if isinstance(count, int) else 1)]
    return [copy.deepcopy(item) if isinstance(item, (dict, list)) else {} for item in given]
