"""A form as a picture: its fields in their order, with what is asked, what may be chosen and when a field shows."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from workers.workshop.drawn.page import LINE, Page, wrapped

_LEFT, _WIDTH = 16, 560
Component = Mapping[str, Any]


def form_picture(source: bytes) -> str:
    """An `<svg>` of a Camunda form. A component of an unknown type is drawn as a box with its type's name."""
    form = json.loads(source)
    page = Page(width=_WIDTH + 2 * _LEFT)
    for component in form["components"]:
        _component(page, component, _LEFT)
    return page.svg(str(form.get("id", "form")))


def _component(page: Page, component: Component, x: float) -> None:
    DRAWN.get(component["type"], _field)(page, component, x)
    if shown := _condition(component):
        page.y = page.lines(x, page.y, wrapped(f"shown {shown}", _WIDTH - x + _LEFT), kind="s")
    page.y += 8


def _condition(component: Component) -> str:
    hidden = str((component.get("conditional") or {}).get("hide") or "")
    return f"unless {hidden.removeprefix('=')}" if hidden else ""


def _words(page: Page, component: Component, x: float) -> None:
    text = str(component.get("text") or component.get("content") or "")
    for line in filter(None, text.splitlines()):
        plain = re.sub(r"\*\*|__|`", "", line)
        title = plain.startswith("#")
        page.y = page.lines(x, page.y, wrapped(plain.lstrip("# "), _WIDTH), kind="t" if title else "") + (
            6 if title else 0
        )


def _label(page: Page, component: Component, x: float) -> None:
    needed = " *" if (component.get("validate") or {}).get("required") else ""
    names = ("label", "dateLabel", "timeLabel", "key", "type")
    label = next(str(component[name]) for name in names if component.get(name))
    page.y = page.lines(x, page.y, wrapped(label + needed, _WIDTH), kind="b")


def _hint(page: Page, component: Component, x: float) -> None:
    if said := component.get("description"):
        page.y = page.lines(x, page.y, wrapped(str(said), _WIDTH), kind="s")


def _field(page: Page, component: Component, x: float) -> None:
    _label(page, component, x)
    height = 3 * LINE if component["type"] == "textarea" else 26
    page.box(x, page.y + 2, (_WIDTH - x + _LEFT, height), round_=4)
    page.lines(x + 8, page.y + 6, [_inside(component)], kind="s")
    page.y += height + 6
    _hint(page, component, x)


INSIDE = {"number": "0", "datetime": "date, time", "select": "choose", "textfield": "", "textarea": ""}


def _inside(component: Component) -> str:
    return INSIDE.get(component["type"], f"[{component['type']}]")


def _checkbox(page: Page, component: Component, x: float) -> None:
    page.box(x, page.y + 1, (13, 13), round_=2)
    page.y = page.lines(x + 22, page.y, wrapped(str(component.get("label") or ""), _WIDTH - 22))
    _hint(page, component, x + 22)


def _choices(page: Page, component: Component, x: float) -> None:
    _label(page, component, x)
    round_ = 2 if component["type"] == "checklist" else 7
    for choice in component.get("values") or [{"label": f"from {_list_of(component)}"}]:
        page.box(x, page.y + 1, (13, 13), round_=round_)
        page.y = page.lines(x + 22, page.y, wrapped(str(choice.get("label")), _WIDTH - 22))
    _hint(page, component, x)


def _select(page: Page, component: Component, x: float) -> None:
    _field(page, component, x)
    choices = [str(choice.get("label")) for choice in component.get("values") or []]
    said = ", ".join(choices) or f"from {_list_of(component)}"
    page.y = page.lines(x, page.y, wrapped(f"one of: {said}", _WIDTH), kind="s")


def _list_of(component: Component) -> str:
    return str(component.get("valuesExpression") or component.get("valuesKey") or "a list").removeprefix("=")


def _group(page: Page, component: Component, x: float) -> None:
    _label(page, component, x)
    for child in component.get("components", []):
        _component(page, child, x + 20)


def _table(page: Page, component: Component, x: float) -> None:
    _label(page, component, x)
    columns = [str(column.get("label")) for column in component.get("columns") or []] or ["columns as they come"]
    width = (_WIDTH - x + _LEFT) / len(columns)
    for number, label in enumerate(columns):
        page.box(x + number * width, page.y + 2, (width, 24), fill="#f4f4f6")
        page.lines(x + number * width + 6, page.y + 5, wrapped(label, width - 12)[:1], kind="b")
        page.box(x + number * width, page.y + 26, (width, 24))
    page.y += 54


DRAWN: Mapping[str, Callable[[Page, Component, float], None]] = {
    "text": _words,
    "html": _words,
    "checkbox": _checkbox,
    "radio": _choices,
    "checklist": _choices,
    "select": _select,
    "taglist": _select,
    "group": _group,
    "dynamiclist": _group,
    "table": _table,
}
