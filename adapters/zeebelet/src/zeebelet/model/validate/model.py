"""A BPMN document as the rules read it: elements with their types, references resolved, indexes built once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from lxml import etree

from zeebelet.model.validate.types import BPMN, LINEAGE, ZEEBE, type_of

Element = Any  # lxml ships no types; the rules use get, find, getparent and iteration


def tag(element: Element) -> str:
    """The name without its namespace."""
    return str(etree.QName(element).localname)


def is_bpmn(element: Element) -> bool:
    """Whether the element is of the BPMN namespace."""
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{BPMN}}}")


def kinds(element: Element) -> frozenset[str]:
    """Every type the element is a kind of; a Zeebe extension is `zeebe:<tag>`."""
    return kinds_of_tag(element.tag)


@cache
def kinds_of_tag(name: str) -> frozenset[str]:
    """The same by the qualified tag: a document asks for a few tags many thousand times."""
    uri, _, local = name[1:].rpartition("}")
    if uri == BPMN:
        return LINEAGE.get(type_of(local), frozenset((type_of(local),)))
    return frozenset((f"zeebe:{local}",)) if uri == ZEEBE else frozenset()


def is_a(element: Element | None, *types: str) -> bool:
    """Whether the element is a kind of one of the types."""
    return element is not None and not kinds(element).isdisjoint(types)


def children(element: Element | None, kind: str) -> list[Element]:
    """Direct children that are a kind of the type, in document order."""
    return [] if element is None else [c for c in element if isinstance(c.tag, str) and is_a(c, kind)]


def child(element: Element, name: str) -> Element | None:
    """The first BPMN child with this tag."""
    return element.find(f"{{{BPMN}}}{name}")


def extensions(element: Element, name: str) -> list[Element]:
    """Zeebe extension elements with this tag inside the element's `extensionElements`."""
    holder = child(element, "extensionElements")
    return [] if holder is None else holder.findall(f"{{{ZEEBE}}}{name}")


def event_definitions(element: Element) -> list[Element]:
    """The event definitions of an event."""
    return children(element, "EventDefinition")


def has_definition(element: Element, kind: str) -> bool:
    """Whether the event has a definition of this type."""
    return any(is_a(d, kind) for d in event_definitions(element))


def true(value: str | None) -> bool:
    """Java's `Boolean.parseBoolean`: only the word, in any case; XML's `1` is not true."""
    return (value or "").strip().lower() == "true"


class UnreadableError(Exception):
    """The vendor's model cannot be read past this point: it reports this alone."""


class Model:
    """The parsed document with its indexes."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self.by_id: dict[str, Element] = {}
        self.incoming: dict[str, list[Element]] = defaultdict(list)
        self.outgoing: dict[str, list[Element]] = defaultdict(list)
        self.boundary: dict[str, list[Element]] = defaultdict(list)
        for element in self.elements():
            self._index(element)

    def elements(self) -> Iterator[Element]:
        """Every element of the document but its diagrams, in document order."""
        yield from _elements(self.root)

    def judged(self) -> Iterator[Element]:
        """The elements that are asked about: a process that is not executable is a drawing, whatever is in it."""
        yield self.root
        for top in self.root:
            if isinstance(top.tag, str) and (not is_a(top, "Process") or true(top.get("isExecutable"))):
                yield from _elements(top)

    def _index(self, element: Element) -> None:
        identifier = element.get("id")
        if identifier is not None and is_bpmn(element):
            self.by_id.setdefault(identifier, element)
        if is_a(element, "SequenceFlow"):
            self.outgoing[element.get("sourceRef", "")].append(element)
            self.incoming[element.get("targetRef", "")].append(element)
        elif is_a(element, "BoundaryEvent"):
            self.boundary[element.get("attachedToRef", "")].append(element)

    def check_readable(self) -> None:
        """Raises `UnreadableError` for what the vendor's model trips over: a listed flow that is not there, a doubled choice."""
        for element in self.judged():
            for name in ("incoming", "outgoing"):
                for listed in element.findall(f"{{{BPMN}}}{name}") if is_bpmn(element) else ():
                    identifier = (listed.text or "").strip()
                    if _local(identifier) not in self.by_id:
                        raise UnreadableError(f"Unable to find a model element instance for id {identifier}")
            thrown = [d for d in children(element, "MessageEventDefinition") if is_a(element, "ThrowEvent")]
            if len(thrown) > 1:
                raise UnreadableError(f"Collection expected to have <1> entry but has <{len(thrown)}>")

    def reference(self, element: Element, attribute: str, kind: str) -> Element | None:
        """The element an attribute refers to when it exists and is of the type."""
        found = self.by_id.get(_local(element.get(attribute, "")))
        return found if is_a(found, kind) else None

    def flows_out(self, element: Element) -> list[Element]:
        """Sequence flows listed as the element's `outgoing`."""
        return self._listed(element, "outgoing")

    def flows_in(self, element: Element) -> list[Element]:
        """Sequence flows listed as the element's `incoming`."""
        return self._listed(element, "incoming")

    def _listed(self, element: Element, name: str) -> list[Element]:
        ids = [_local((reference.text or "").strip()) for reference in element.findall(f"{{{BPMN}}}{name}")]
        found = (self.by_id.get(identifier) for identifier in ids)
        return [flow for flow in found if flow is not None and is_a(flow, "SequenceFlow")]

    def boundary_definitions(self, activity: Element) -> list[Element]:
        """Event definitions of the boundary events attached to an activity."""
        return [d for event in self.boundary.get(activity.get("id", ""), ()) for d in event_definitions(event)]


def _elements(top: Element) -> Iterator[Element]:
    yield from top.iter(f"{{{BPMN}}}*", f"{{{ZEEBE}}}*")


def _local(reference: str) -> str:
    """References are QNames; the vendor resolves them by the local part."""
    return reference.rpartition(":")[2]
