"""Findings about elements of a model, a form or a table, in one line each.

`said` is what, why and what to do; the last two may be left out.
"""

from __future__ import annotations

from typing import TypedDict

from workers.workshop.bpmn import Element, kind
from workers.workshop.check.findings import Finding, Severity
from workers.workshop.check.forms import Component, Form
from workers.workshop.model import Model, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


class Told(TypedDict):
    """What, why and what to do."""

    what: str
    why: str
    fix: str


def told(said: tuple[str, ...]) -> Told:
    """What was said, by name."""
    what, why, fix = (*said, "", "")[:3]
    return Told(what=what, why=why, fix=fix)


def at(model: Model, element: Element, rule: str, *said: str, severity: Severity = ERROR) -> Finding:
    """A finding about one element of a model."""
    return Finding(
        rule=rule,
        file=model.path,
        element=element.get("id") or kind(element),
        name=name_of(element),
        line=int(element.sourceline or 1),
        severity=severity,
        **told(said),
    )


def in_form(form: Form, component: Component | None, rule: str, *said: str, severity: Severity = ERROR) -> Finding:
    """A finding about a form, or one field or text of it."""
    return Finding(
        rule=rule,
        file=form.path,
        element=component.path or component.id if component else form.id,
        name=component.name if component else "",
        severity=severity,
        **told(said),
    )
