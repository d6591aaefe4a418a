"""A form as the template draws it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from markupsafe import Markup

from zeebelet.console.forms import dates, inputs, numbers, templating, words
from zeebelet.console.forms.context import value_of
from zeebelet.console.forms.form import Form
from zeebelet.console.forms.inputs import Reader
from zeebelet.console.forms.options import among, shown
from zeebelet.console.forms.paths import get
from zeebelet.console.forms.tree import Node
from zeebelet.records import JsonObject

_IMAGE, _FRAME = re.compile(r"(https?|data):", re.IGNORECASE), re.compile(r"https://", re.IGNORECASE)
_SANDBOX = {
    "allowScripts": "allow-scripts",
    "allowSameOrigin": "allow-same-origin",
    "allowForms": "allow-forms",
    "allowModals": "allow-modals",
    "allowPopups": "allow-popups",
    "allowTopNavigation": "allow-top-navigation",
}
_ALLOW = ("fullscreen", "geolocation", "camera", "microphone")


class _Texts:
    """The words at a field."""

    def text(self, node: Node, name: str) -> str:
        """A property's first line."""
        return templating.line(node.field.get(name, ""), node.scope)

    def adorners(self, node: Node) -> tuple[str, str]:
        """What stands before and after an input."""
        appearance = node.field.get("appearance", {})
        listed = appearance if isinstance(appearance, dict) else {}
        before, after = (templating.line(listed.get(f"{name}Adorner"), node.scope) for name in ("prefix", "suffix"))
        return before, after

    def label(self, node: Node) -> str:
        """A field's label."""
        return self.text(node, "label")

    def required(self, node: Node) -> bool:
        """Whether the field has to be filled in."""
        return bool(node.field.validate.get("required"))

    def markdown(self, node: Node) -> Markup:
        """A text component as HTML."""
        return Markup(words.markdown(templating.render(node.field.get("text", ""), node.scope)))  # noqa: S704 - cleaned

    def html(self, node: Node) -> Markup:
        """An HTML component, cleaned."""
        text = templating.render(node.field.get("content", ""), node.scope, words.escaped)
        return Markup(words.rich(text))  # noqa: S704 - cleaned

    def input(self, node: Node, part: str = "") -> str:
        """The name of an input."""
        return inputs.input_name(f"{node.name}.{part}" if part else node.name)

    def span(self, node: Node) -> int:
        """How many of a row's sixteen columns the field takes; 0 shares what is left."""
        layout = node.field.get("layout", {})
        columns = layout.get("columns") if isinstance(layout, dict) else None
        return columns if isinstance(columns, int) and 0 < columns <= 16 else 0


class _Contents(_Texts):
    """What fields show that take no input."""

    def columns(self, node: Node) -> list[JsonObject]:
        """The columns of a table."""
        computed = value_of(node.field.get("columnsExpression"), node.scope)
        listed = computed if _are_columns(computed) else node.field.get("columns", [])
        return listed if _are_columns(listed) else []

    def cells(self, node: Node) -> list[list[str]]:
        """The rows of a table."""
        rows = value_of(node.field.get("dataSource", ""), node.scope)
        keys = [column["key"] for column in self.columns(node)]
        listed = [row for row in rows if row is not None] if isinstance(rows, list) else []
        return [[_cell(row.get(key) if isinstance(row, dict) else None) for key in keys] for row in listed]

    def image(self, node: Node) -> str:
        """An image's address, empty when it is none that is safe."""
        source = self.text(node, "source")
        return source if _IMAGE.match(source) else ""

    def frame(self, node: Node) -> JsonObject:
        """An embedded page: its address when it is safe, and what it may do."""
        url, security = self.text(node, "url"), node.field.get("security", {})
        granted = security if isinstance(security, dict) else {}
        return {
            "url": url if _FRAME.match(url) else "",
            "asked": url,
            "sandbox": " ".join(word for name, word in _SANDBOX.items() if granted.get(name) is True),
            "allow": "; ".join(name for name in _ALLOW if granted.get(name) is True),
        }

    def documents(self, node: Node) -> list[JsonObject]:
        """The documents a preview names."""
        found = value_of(node.field.get("dataSource", ""), node.scope)
        listed = found if isinstance(found, list) else []
        return [
            {"name": str(item["metadata"].get("fileName", item["documentId"])), "url": _link(item.get("endpoint"))}
            for item in listed
            if isinstance(item, dict) and isinstance(item.get("metadata"), dict) and "documentId" in item
        ]


class FormView(_Contents):
    """A form, and which of its errors a reader sees: those of fields that were left, or all after an attempt."""

    def __init__(self, form: Form, reader: Reader, *, touched: Iterable[str] = (), all_errors: bool = False) -> None:
        self.form = form
        self.reader = reader
        self.touched = frozenset(touched)
        self.all_errors = all_errors

    @cached_property
    def errors(self) -> dict[str, list[str]]:
        """Everything that is wrong, by field."""
        return self.form.errors()

    @property
    def root(self) -> Node:
        """What is shown."""
        return self.form.view

    @property
    def shown(self) -> str:
        """The names of the fields on the page."""
        return " ".join(node.name for node in self.root.walk() if node.field.kind.keyed)

    @property
    def state(self) -> str:
        """What the next page needs of this one."""
        return json.dumps(self.form.state, ensure_ascii=False)

    @property
    def has_submit(self) -> bool:
        """Whether the form has a button of its own to complete it."""
        return any(
            node.field.type == "button" and node.field.get("action", "submit") == "submit" for node in self.root.walk()
        )

    def errors_of(self, node: Node) -> list[str]:
        """The errors shown at a field."""
        seen = self.all_errors or node.name in self.touched or self._given(node)
        return self.errors.get(node.name, []) if seen else []

    def _given(self, node: Node) -> bool:
        return get(self.form.initial, node.path, None) not in (None, "", [], False, 0)

    def fixed(self, node: Node) -> bool:
        """Whether the field takes no input."""
        return self.form.is_fixed(node)

    def value(self, node: Node) -> Any:
        """The value as an input shows it."""
        value = self.form.value(node)
        if node.field.type == "number":
            return numbers.shown(value)
        if node.field.type == "filepicker":
            return "" if value is None else json.dumps(value, ensure_ascii=False)
        return "" if value is None else value

    def options(self, node: Node) -> list[JsonObject]:
        """The options of a choice: label, encoded value, whether chosen."""
        value = self.form.value(node)
        chosen = value if isinstance(value, list) and node.field.type in ("checklist", "taglist") else [value]
        return [
            {
                "label": templating.line(option.label, node.scope),
                "code": json.dumps(option.value, ensure_ascii=False),
                "chosen": among(option.value, chosen),
            }
            for option in self.form.options(node)
        ]

    def moment(self, node: Node) -> tuple[str, str]:
        """The texts of a date and a time input."""
        subtype = node.field.get("subtype", "date")
        return dates.inputs(self.form.value(node), subtype, self.reader.zone, self.reader.today)


def _are_columns(listed: Any) -> bool:
    return isinstance(listed, list) and all(isinstance(c, dict) and isinstance(c.get("key"), str) for c in listed)


def _cell(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else shown(value)


def _link(endpoint: Any) -> str:
    text = str(endpoint or "")
    return text if text.startswith(("https://", "http://", "/")) and not text.startswith("//") else ""
