"""A Camunda form: the variable it fills in, the fields of it, and every expression that it shows or decides by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workers.workshop.check.shapes import (
    BOOLEAN,
    NUMBER,
    STRING,
    Origin,
    Shape,
    context,
    list_of,
    words,
)

TEMPLATE = re.compile(r"\{\{\{?\s*([^{}]+?)\s*\}?\}\}")
_BLOCK = re.compile(r"^(#|/|\^|!|else\b|this\b)")
FEEL_PROPERTIES = ("valuesExpression", "valuesKey", "dataSource", "expression", "source", "url", "alt")
SHOWN_TEXTS = ("text", "label", "description", "content", "title")
KINDS: Mapping[str, Shape] = {
    "number": NUMBER,
    "checkbox": BOOLEAN,
    "checklist": list_of(STRING),
    "taglist": list_of(STRING),
    "filepicker": list_of(STRING),
}
LISTS = frozenset({"dynamiclist"})


@dataclass(frozen=True, slots=True)
class Component:
    """One field or text of a form; `path` is its full key, `list` the dynamic list it stands in."""

    id: str
    type: str
    path: str
    raw: Mapping[str, Any]
    list: str = ""

    @property
    def name(self) -> str:
        """What a person reads beside it."""
        return str(self.raw.get("label") or self.raw.get("text", ""))[:60].split("\n")[0].lstrip("# ")

    @property
    def offered(self) -> tuple[str, ...]:
        """The values somebody can choose, where they stand in the form."""
        return tuple(str(v.get("value")) for v in self.raw.get("values", []) if isinstance(v, dict))


@dataclass(slots=True)
class Form:
    """One file."""

    path: Path
    raw: dict[str, Any]
    components: list[Component] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The id that user tasks name."""
        return str(self.raw.get("id", ""))

    @property
    def fields(self) -> list[Component]:
        """The components that store a value."""
        return [c for c in self.components if c.path and c.type not in ("text", "table", "html", "separator")]

    @property
    def variables(self) -> set[str]:
        """The process variables a person sets with it."""
        return {c.path.split(".")[0] for c in self.fields if not c.list}

    def shape(self) -> dict[str, Shape]:
        """The variables a completed form gives, each field with its origin."""
        return _shapes(self.id, [c for c in self.fields if not c.list], self.fields)


def load(path: Path, text: str) -> Form:
    """Reads a form. `ValueError` when the file is no JSON object."""
    raw = json.loads(text)
    if not isinstance(raw, dict):
        raise ValueError("Expected a JSON object")
    form = Form(path, raw)
    form.components = list(_walk(raw.get("components", []), "", ""))
    return form


def _walk(components: list[dict[str, Any]], prefix: str, inside: str) -> Iterator[Component]:
    for raw in components:
        key = str(raw.get("key") or raw.get("path") or "")
        path = ".".join(filter(None, (prefix, key)))
        yield Component(str(raw.get("id", "")), str(raw.get("type", "")), path if key else "", raw, inside)
        if raw.get("components"):
            nested = path if raw.get("type") in LISTS or raw.get("path") else prefix
            yield from _walk(raw["components"], nested, nested if raw.get("type") in LISTS else inside)


def _shapes(form: str, top: list[Component], every: list[Component]) -> dict[str, Shape]:
    nested: dict[str, Any] = {}
    for component in top:
        level = nested
        *parents, last = component.path.split(".")
        for parent in parents:
            level = level.setdefault(parent, {})
        level[last] = _shape(form, component, every)
    return {name: _closed(value) for name, value in nested.items()}


def _closed(value: Any) -> Shape:
    return context({name: _closed(inner) for name, inner in value.items()}) if isinstance(value, dict) else value


def _shape(form: str, component: Component, every: list[Component]) -> Shape:
    origin: Origin = (form, component.path)
    if component.type in LISTS:
        inner = [c for c in every if c.list == component.path]
        entries = {c.path.rsplit(".", 1)[-1]: _shape(form, c, every) for c in inner}
        shape = list_of(context(entries))
    elif component.offered and component.type in ("radio", "select"):
        shape = words(*component.offered)
    else:
        shape = KINDS.get(component.type, STRING)
    required = component.raw.get("validate", {}).get("required") and "conditional" not in component.raw
    return Shape(
        shape.kinds | (set() if required else {"null"}), shape.words, shape.entries, shape.item, frozenset({origin})
    )


def shown(form: Form) -> Iterator[tuple[Component, str]]:
    """Every expression by which a form shows, hides or fills something, without `=`."""
    for component in form.components:
        raw = component.raw
        for name in SHOWN_TEXTS:
            yield from ((component, text) for text in _templates(raw.get(name)))
        hide = (raw.get("conditional") or {}).get("hide")
        found = [hide, *(raw.get(name) for name in FEEL_PROPERTIES), *(raw.get("validate") or {}).values()]
        for text in found:
            if isinstance(text, str) and text.startswith("="):
                yield component, text[1:].strip()


def _templates(text: Any) -> Iterator[str]:
    for inner in TEMPLATE.findall(text) if isinstance(text, str) else ():
        expression = re.sub(r"^#(if|loop)\s+", "", inner)
        if not _BLOCK.match(expression):
            yield expression
