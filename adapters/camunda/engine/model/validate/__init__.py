"""Design-time validation: what Zeebe's own validators say of a model before it is deployed, with the same words.

`validate(root)` walks the document and asks every rule that holds for an element's type. The rules stand in tables, one
file per area; their texts are those of io.camunda:zeebe-bpmn-model 8.9.0 (Apache-2.0).
"""

from __future__ import annotations

from typing import NamedTuple

from adapters.camunda.engine.model.validate import events, extensions, flow, scopes
from adapters.camunda.engine.model.validate.model import Element, Model, is_a, is_bpmn, kinds, tag

__all__ = ["Finding", "validate"]

RULES = [*flow.RULES, *events.RULES, *scopes.RULES, *extensions.RULES]


class Finding(NamedTuple):
    """One thing that is wrong: `element` is the id (or the tag where there is none), `path` leads to it from an id."""

    element: str
    path: tuple[str, ...]
    message: str


def validate(root: Element) -> list[Finding]:
    """Everything the vendor's design-time validators would report, in document order."""
    model = Model(root)
    return [
        Finding(name_of(element), path_of(element), message)
        for element in model.elements()
        for kind, rule in RULES
        if kind in kinds(element)
        for message in rule(element, model)
    ]


def name_of(element: Element) -> str:
    """The id of a BPMN element, else its tag."""
    identifier = element.get("id")
    return identifier if identifier is not None and is_a(element, "BaseElement") else tag(element)


def path_of(element: Element) -> tuple[str, ...]:
    """From the nearest element with an id down to this one: `("task", "extensionElements", "taskDefinition")`."""
    steps = [name_of(element)]
    current = element
    while not (is_bpmn(current) and current.get("id") and is_a(current, "BaseElement")):
        parent = current.getparent()
        if parent is None:
            break
        current = parent
        steps.append(name_of(current))
    return tuple(reversed(steps))
