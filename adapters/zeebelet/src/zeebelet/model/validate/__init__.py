"""Design-time validation: what Zeebe's own validators say of a model before it is deployed, with the same words.

`judge(source)` checks the structure first, then `validate` walks the document and asks every rule that holds for an
element's type. The rules stand in tables, one file per area; their texts are those of io.camunda:zeebe-bpmn-model 8.9.0
(Apache-2.0).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from lxml import etree

from zeebelet.model.validate import events, extensions, flow, scopes, structure
from zeebelet.model.validate.flow import Rule
from zeebelet.model.validate.model import (
    Element,
    Model,
    UnreadableError,
    is_a,
    is_bpmn,
    kinds_of_tag,
    tag,
)
from zeebelet.model.xml import DoctypeError, refuse_doctype

__all__ = ["Finding", "judge", "validate"]

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
_MISMATCH = re.compile(r"Opening and ending tag mismatch: (\S+) line")

RULES = [*flow.RULES, *events.RULES, *scopes.RULES, *extensions.RULES]


class Finding(NamedTuple):
    """One thing that is wrong: `element` is the id (or the tag where there is none), `path` leads to it from an id."""

    element: str
    path: tuple[str, ...]
    message: str


def judge(source: bytes) -> list[Finding]:
    """Everything the vendor would report of a BPMN file. A document that is no XML, or not BPMN's structure, ends the search."""
    try:
        root = etree.fromstring(source, _PARSER)
        refuse_doctype(root, source)
        structure.check(root, last_line=source.rstrip().count(b"\n") + 1)
    except etree.XMLSyntaxError as error:
        return [_unreadable(f"Fatal Error: URI=null Line={error.lineno}: {_xerces(error, source)}")]
    except DoctypeError as error:
        return [_unreadable(f"Fatal Error: URI=null Line={error.line}: {error}")]
    except structure.StructureError as error:
        return [_unreadable(error.message)]
    try:
        return validate(root)
    except UnreadableError as error:
        return [Finding("", (), str(error))]


def validate(root: Element) -> list[Finding]:
    """What the design-time validators say of a well-structured document, in document order."""
    model = Model(root)
    model.check_readable()
    return [
        Finding(name_of(element), path_of(element), message)
        for element in model.judged()
        for rule in _rules_of(element.tag)
        for message in rule(element, model)
    ]


@cache
def _rules_of(name: str) -> tuple[Rule, ...]:
    """The rules for elements with this qualified tag."""
    return tuple(rule for kind, rule in RULES if kind in kinds_of_tag(name))


def _unreadable(reason: str) -> Finding:
    return Finding("", (), f"SAXException while parsing input stream / {reason}")


def _xerces(error: etree.XMLSyntaxError, source: bytes) -> str:
    """The usual slip in the words of the vendor's parser; anything else in those of ours."""
    mismatch = _MISMATCH.match(error.msg or "")
    if mismatch is None:
        return str(error.msg)
    opened = re.search(rf"<((?:[\w.-]+:)?{re.escape(mismatch[1])})\b", source.decode(errors="replace"))
    name = opened[1] if opened else mismatch[1]
    return f'The element type "{name}" must be terminated by the matching end-tag "</{name}>".'


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
