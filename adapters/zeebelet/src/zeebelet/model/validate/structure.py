"""Is the document BPMN at all? Its elements, attributes and ids against the structure of BPMN 2.0.

`structure.json` holds that structure as data (OMG formal/2011-01-03: element names, types, attributes, order and counts). The
vendor reads a model through an XML schema processor that stops at the first fault, so this does too, with the same sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from zeebelet.model.validate.model import Element

NAMESPACES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
}
_SHORT = {uri: prefix for prefix, uri in NAMESPACES.items()}
_XSI_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_NCNAME = r"[^\W\d][\w.\-·]*"
_FORMS = {
    "xsd:boolean": re.compile(r"true|false|1|0"),
    "xsd:integer": re.compile(r"[+-]?\d+"),
    "xsd:int": re.compile(r"[+-]?\d{1,10}"),
    "xsd:double": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|-?INF|NaN"),
    "xsd:ID": re.compile(_NCNAME),
    "xsd:IDREF": re.compile(_NCNAME),
    "xsd:QName": re.compile(rf"({_NCNAME}:)?{_NCNAME}"),
}
# The schema processor names the type it failed in: ids are checked as names first.
_SHOWN = {"xsd:ID": "NCName", "xsd:IDREF": "NCName"}


@dataclass(frozen=True, slots=True)
class Particle:
    """One place in a content model: an element (or its substitutes) that may stand here `minimum` to `maximum` times."""

    name: str
    minimum: int
    maximum: int  # -1: any number
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Type:
    """A complex type: its attributes, its content in order, whether foreign attributes and text are welcome."""

    attributes: dict[str, tuple[str, bool]]
    content: tuple[Particle, ...]
    open: bool
    mixed: bool


class StructureError(Exception):
    """The first thing that is wrong with a document's structure, in the schema processor's words."""

    def __init__(self, line: int, text: str, *, fatal: bool = False) -> None:
        self.message = f"{'Fatal Error' if fatal else 'Error'}: URI=null Line={line}: {text}"
        super().__init__(self.message)


@cache
def _structure() -> tuple[dict[str, tuple[str, str | None]], dict[str, Type], dict[str, list[str] | None]]:
    raw = json.loads(files(__package__).joinpath("structure.json").read_text())
    elements = {name: (entry[0], entry[1] if len(entry) > 1 else None) for name, entry in raw["elements"].items()}
    types = {
        name: Type(
            attributes={a: (spec[0], len(spec) > 1) for a, spec in entry["attributes"].items()},
            content=tuple(Particle(*particle) for particle in entry["content"]),
            open="open" in entry,
            mixed="mixed" in entry,
        )
        for name, entry in raw["types"].items()
    }
    return elements, types, raw["enums"]


def check(root: Element, *, last_line: int = 0) -> None:
    """Raises the first `StructureError`; a document that passes can be read as a model.

    `last_line` is where the document ends: a reference that met no id is noticed there.
    """
    elements, _, _ = _structure()
    name = _name(root)
    if name not in elements:
        raise StructureError(
            root.sourceline, f"cvc-elt.1.a: Cannot find the declaration of element '{_qualified(root)}'."
        )
    walk = _Walk(last=last_line)
    walk.element(root, elements[name][0])
    walk.references()


@dataclass(slots=True)
class _Walk:
    """The document in one pass, as a streaming processor sees it."""

    ids: set[str] = field(default_factory=set)
    used: list[tuple[str, int]] = field(default_factory=list)
    last: int = 0

    def element(self, element: Element, type_name: str | None) -> None:
        """One element with everything in it."""
        elements, types, _ = _structure()
        type_name = self._named_type(element) or type_name
        if type_name not in types:
            self._simple(element, type_name or "")
            return
        kind = types[type_name]
        self._attributes(element, kind)
        content = _Content(element, kind.content)
        for item in (child for child in element if isinstance(child.tag, str)):
            found = content.accept(item)
            if found is not None:
                self.element(item, found.type or elements.get(_name(item), (None, None))[0])
        content.finish()
        if not kind.mixed and _has_text(element):
            raise StructureError(
                element.sourceline,
                f"cvc-complex-type.2.3: Element '{_qualified(element)}' cannot have character [children],"
                " because the type's content type is element-only.",
            )

    def _named_type(self, element: Element) -> str | None:
        """The type an `xsi:type` names; None without one."""
        named = element.get(_XSI_TYPE)
        if named is None:
            return None
        self._value(element, "xsd:QName", named.strip())
        prefix, _, local = named.strip().rpartition(":")
        name = f"{_SHORT.get(element.nsmap.get(prefix or None, ''))}:{local}"
        if name not in _structure()[1]:
            raise StructureError(
                element.sourceline,
                f"cvc-elt.4.2: Cannot resolve '{named}' to a type definition for element '{_qualified(element)}'.",
            )
        return name

    def _simple(self, element: Element, type_name: str) -> None:
        if type_name.startswith("xsd:"):
            self._value(element, type_name, (element.text or "").strip())

    def _attributes(self, element: Element, kind: Type) -> None:
        for name, value in element.attrib.items():
            spec = kind.attributes.get(name)
            if spec is not None:
                self._value(element, spec[0], value.strip())
            elif not (name.startswith("{") and kind.open) and not name.startswith(
                "{http://www.w3.org/2001/XMLSchema-instance}"
            ):
                raise StructureError(
                    element.sourceline,
                    f"cvc-complex-type.3.2.2: Attribute '{_attribute(element, name)}' is not allowed to appear in element"
                    f" '{_qualified(element)}'.",
                )
        for name, (_, needed) in kind.attributes.items():
            if needed and name not in element.attrib:
                raise StructureError(
                    element.sourceline,
                    f"cvc-complex-type.4: Attribute '{name}' must appear on element '{_qualified(element)}'.",
                )

    def _value(self, element: Element, type_name: str, value: str) -> None:
        words = _structure()[2].get(type_name)
        if words and value not in words:
            raise StructureError(
                element.sourceline,
                f"cvc-enumeration-valid: Value '{value}' is not facet-valid with respect to enumeration"
                f" '[{', '.join(words)}]'. It must be a value from the enumeration.",
            )
        form = _FORMS.get(type_name)
        if form is not None and not form.fullmatch(value):
            shown = _SHOWN.get(type_name, type_name.removeprefix("xsd:"))
            raise StructureError(
                element.sourceline, f"cvc-datatype-valid.1.2.1: '{value}' is not a valid value for '{shown}'."
            )
        if type_name == "xsd:QName" and ":" in value and value.partition(":")[0] not in element.nsmap:
            prefix = value.partition(":")[0]
            raise StructureError(
                element.sourceline,
                f"UndeclaredPrefix: Cannot resolve '{value}' as a QName: the prefix '{prefix}' is not declared.",
            )
        if type_name == "xsd:ID":
            self._identify(element, value)
        elif type_name == "xsd:IDREF":
            self.used.append((value, element.sourceline))

    def _identify(self, element: Element, value: str) -> None:
        if value in self.ids:
            raise StructureError(element.sourceline, f"cvc-id.2: There are multiple occurrences of ID value '{value}'.")
        self.ids.add(value)

    def references(self) -> None:
        """At the end of the document every reference has met its id."""
        for value, _ in self.used:
            if value not in self.ids:
                raise StructureError(self.last, f"cvc-id.1: There is no ID/IDREF binding for IDREF '{value}'.")


class _Content:
    """Where the children of one element stand in its content model."""

    def __init__(self, element: Element, particles: tuple[Particle, ...]) -> None:
        self._element = element
        self._particles = particles
        self._index = 0
        self._count = 0

    def accept(self, item: Element) -> Particle | None:
        """The particle this child fills; None when a wildcard takes it and nothing more is known about it."""
        for index in range(self._index, len(self._particles)):
            particle = self._particles[index]
            count = self._count if index == self._index else 0
            if _fits(item, particle) and (particle.maximum < 0 or count < particle.maximum):
                self._index, self._count = index, count + 1
                known = _name(item) in _structure()[0]
                return None if particle.name.startswith("any:") and not known else particle
            if count < particle.minimum:
                break
        raise StructureError(item.sourceline, self._unexpected(item))

    def finish(self) -> None:
        """Nothing that is needed is missing."""
        needed = [p for i, p in enumerate(self._particles) if self._left(i) > 0]
        if needed:
            raise StructureError(
                self._element.sourceline,
                f"cvc-complex-type.2.4.b: The content of element '{_qualified(self._element)}' is not complete."
                f" One of '{{{', '.join(_shown(p.name) for p in self._expected())}}}' is expected.",
            )

    def _left(self, index: int) -> int:
        if index < self._index:
            return 0
        return self._particles[index].minimum - (self._count if index == self._index else 0)

    def _expected(self) -> Iterator[Particle]:
        for index in range(self._index, len(self._particles)):
            particle = self._particles[index]
            count = self._count if index == self._index else 0
            if particle.maximum < 0 or count < particle.maximum:
                yield particle
            if count < particle.minimum:
                return

    def _unexpected(self, item: Element) -> str:
        expected = ", ".join(_shown(p.name) for p in self._expected())
        if not expected:
            return (
                f"cvc-complex-type.2.4.d: Invalid content was found starting with element '{_qualified(item)}'."
                " No child element is expected at this point."
            )
        uri, local = _split(item)
        found = f"'{{\"{uri}\":{local}}}'" if uri else f"'{local}'"
        return (
            f"cvc-complex-type.2.4.a: Invalid content was found starting with element {found}."
            f" One of '{{{expected}}}' is expected."
        )


def _fits(item: Element, particle: Particle) -> bool:
    if particle.name.startswith("any:"):
        return "##other" not in particle.name or _split(item)[0] not in ("", NAMESPACES["bpmn"])
    name: str | None = _name(item)
    elements, _, _ = _structure()
    while name is not None:
        if name == particle.name:
            return True
        name = elements.get(name, ("", None))[1]
    return False


def _has_text(element: Element) -> bool:
    return bool((element.text or "").strip()) or any((child.tail or "").strip() for child in element)


def _split(element: Element) -> tuple[str, str]:
    uri, _, local = element.tag[1:].rpartition("}") if element.tag.startswith("{") else ("", "", element.tag)
    return uri, local


def _name(element: Element) -> str:
    uri, local = _split(element)
    return f"{_SHORT.get(uri, uri)}:{local}"


def _qualified(element: Element) -> str:
    local = _split(element)[1]
    return f"{element.prefix}:{local}" if element.prefix else local


def _attribute(element: Element, name: str) -> str:
    if not name.startswith("{"):
        return name
    uri, _, local = name[1:].partition("}")
    prefix = next((p for p, bound in element.nsmap.items() if bound == uri and p), "")
    return f"{prefix}:{local}" if prefix else local


def _shown(name: str) -> str:
    prefix, _, local = name.partition(":")
    if prefix == "any":
        return f'WC[##other:"{NAMESPACES["bpmn"]}"]' if "##other" in local else "WC[##any]"
    return f'"{NAMESPACES[prefix]}":{local}'
