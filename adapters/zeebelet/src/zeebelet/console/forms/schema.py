"""A form's schema as a tree of fields, each with the kind that says how it meets data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple


class FormSchemaError(Exception):
    """The text is not a form that can be shown."""


class Kind(NamedTuple):
    """How fields of a type meet data: by a key, as a path for their children, once for each item of a list."""

    keyed: bool = False
    pathed: bool = False
    repeats: bool = False
    empty: Any = None


KINDS: dict[str, Kind] = {
    "textfield": Kind(keyed=True, empty=""),
    "textarea": Kind(keyed=True, empty=""),
    "number": Kind(keyed=True),
    "checkbox": Kind(keyed=True, empty=False),
    "checklist": Kind(keyed=True, empty=()),
    "taglist": Kind(keyed=True, empty=()),
    "radio": Kind(keyed=True),
    "select": Kind(keyed=True),
    "datetime": Kind(keyed=True),
    "expression": Kind(keyed=True),
    "filepicker": Kind(keyed=True),
    "group": Kind(pathed=True),
    "dynamiclist": Kind(pathed=True, repeats=True),
    **{
        name: Kind()
        for name in ("default", "text", "html", "table", "image", "iframe", "button", "separator", "spacer")
    },
    "documentPreview": Kind(),
}
SINGLE_CHOICE, MULTI_CHOICE = ("radio", "select"), ("checklist", "taglist")


@dataclass(frozen=True, slots=True)
class Field:
    """One component of a form; `path` are the segments of its key (or of its children's prefix), relative to its parent."""

    id: str
    type: str
    attributes: Mapping[str, Any] = field(repr=False)
    kind: Kind
    path: tuple[str, ...]
    children: tuple[Field, ...] = ()

    def get(self, name: str, default: Any = None) -> Any:
        """An attribute of the component."""
        value = self.attributes.get(name)
        return default if value is None else value

    @property
    def repeats(self) -> bool:
        """Whether its children stand once for each item of a list."""
        return self.kind.repeats and bool(self.get("isRepeating", True))

    @property
    def validate(self) -> Mapping[str, Any]:
        """Its validation rules."""
        rules = self.get("validate", {})
        return rules if isinstance(rules, dict) else {}

    @property
    def hide(self) -> str:
        """The condition that hides it, empty when it has none."""
        conditional = self.get("conditional", {})
        return str(conditional.get("hide") or "") if isinstance(conditional, dict) else ""

    @property
    def disabled(self) -> bool:
        """Whether it takes no input and submits nothing."""
        return self.get("disabled", False) is True

    def walk(self) -> Iterator[Field]:
        """The field and everything below it."""
        yield self
        for child in self.children:
            yield from child.walk()


def parse(text: str) -> Field:
    """Returns the root of a form's schema."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise FormSchemaError(f"Expected a form as JSON, but it cannot be read: {error}") from error
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise FormSchemaError("Expected a form with a list of components, but there is none")
    return _field({**document, "type": "default"}, Counter())


class Counter:
    """Gives ids to components without one."""

    def __init__(self) -> None:
        self._given = 0

    def next(self) -> str:
        """An id of its own."""
        self._given += 1
        return f"unnamed-{self._given}"


def _field(attributes: Mapping[str, Any], ids: Counter) -> Field:
    kind_name = str(attributes.get("type", ""))
    kind = KINDS.get(kind_name)
    if kind is None:
        raise FormSchemaError(f"Expected components of known types, but '{kind_name}' is none of them")
    identifier = str(attributes.get("id") or ids.next())
    listed = attributes.get("components") or ()
    children = tuple(_field(child, ids) for child in listed if isinstance(child, dict))
    return Field(identifier, kind_name, attributes, kind, _path(attributes, kind, identifier), children)


def _path(attributes: Mapping[str, Any], kind: Kind, identifier: str) -> tuple[str, ...]:
    text = attributes.get("key") if kind.keyed else attributes.get("path") if kind.pathed else ""
    if not text and (kind.keyed or kind.repeats):
        text = identifier
    return tuple(str(text).split(".")) if text else ()
