"""Fills in the form of a human task as Tasklist would let somebody: keys, choices and required fields are the form's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from zeebelet import feel

NOTES = "Checked with the customer by telephone."
DECISION, RESOLUTION = "decision", "resolutionNotes"
CHOICES = frozenset({"select", "radio", "checklist", "taglist"})
Component = Mapping[str, Any]


class FormRefused(AssertionError):
    """Expected values the form accepts, but it does not."""


def filled(form: bytes, shown: Mapping[str, Any], decision: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The variables that completing the task writes: `{root: {decision, ...values, resolutionNotes}}`.

    `shown` are the process variables the form sees. Raises `FormRefused` for a value the form has no field for, a choice it does
    not offer, or a required field that is visible and left out.
    """
    components = list(inputs(json.loads(form)["components"]))
    root = _root(components)
    entered = {DECISION: decision, **values} if decision else dict(values)
    entered.setdefault(RESOLUTION, NOTES)
    known = {str(c["key"]).removeprefix(f"{root}.").split(".")[0]: c for c in components}
    if unknown := sorted(set(entered) - set(known)):
        raise FormRefused(f"Expected fields of the form ({', '.join(sorted(known))}), but found {', '.join(unknown)}")
    context = {**shown, root: {**(shown.get(root) or {}), **entered}} if root else {**shown, **entered}
    for name, component in known.items():
        _check(name, component, entered.get(name), context)
    return {root: entered} if root else entered


def root_of(form: bytes) -> str:
    """The variable a form writes."""
    return _root(list(inputs(json.loads(form)["components"])))


def inputs(components: list[Component]) -> Iterator[Component]:
    """Components somebody types into, those inside groups too; a dynamic list is one field."""
    for component in components:
        if component["type"] == "dynamiclist":
            yield {"key": component["path"], **component}
        elif component["type"] == "group":
            yield from inputs(component.get("components", []))
        elif component.get("key") and not component.get("disabled") and not component.get("readonly"):
            yield component


def _root(components: list[Component]) -> str:
    """The variable the form writes: what stands before `.decision`."""
    keys = [str(component["key"]) for component in components]
    return next((key.partition(".")[0] for key in keys if "." in key), "")


def _check(name: str, component: Component, value: Any, context: Mapping[str, Any]) -> None:
    if value is None:
        if component.get("validate", {}).get("required") and not hidden(component, context):
            raise FormRefused(f"Expected a value of the required field {name}, but it is left out")
        return
    offered = [choice["value"] for choice in component.get("values", [])] if component["type"] in CHOICES else []
    if offered and value not in offered:
        raise FormRefused(f"Expected {name} to be one of {', '.join(map(str, offered))}, but found {value!r}")


def hidden(component: Component, context: Mapping[str, Any]) -> bool:
    """Whether a form that knows this context does not show the component."""
    condition = component.get("conditional", {}).get("hide")
    if not condition:
        return False
    return feel.compile(str(condition).removeprefix("=")).evaluate(dict(context)).value is True
