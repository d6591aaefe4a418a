"""A BPMN document as plain values: the BPMN elements, and beside them Zeebe's extension elements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Node:
    """One element of the document. `tag` is its local name (`serviceTask`, or `taskDefinition` for an extension)."""

    tag: str
    attributes: dict[str, str]
    children: tuple[Node, ...] = ()
    extensions: tuple[Node, ...] = ()
    text: str = ""

    @property
    def id(self) -> str:
        """The element's id, empty when it has none."""
        return self.attributes.get("id", "")

    @property
    def name(self) -> str:
        """The element's name, empty when it has none."""
        return self.attributes.get("name", "")

    def get(self, attribute: str, default: str = "") -> str:
        """An attribute's text."""
        return self.attributes.get(attribute, default)

    def flag(self, attribute: str, *, default: bool) -> bool:
        """An attribute read as Java's `Boolean.parseBoolean` does: only the word is true, XML's `1` is not."""
        text = self.attributes.get(attribute)
        return default if text is None else text.strip().lower() == "true"

    def child(self, *tags: str) -> Node | None:
        """The first child with one of these tags."""
        return next((node for node in self.children if node.tag in tags), None)

    def every(self, *tags: str) -> Iterator[Node]:
        """All children with one of these tags, in document order."""
        return (node for node in self.children if node.tag in tags)

    def extension(self, tag: str) -> Node | None:
        """The first extension element with this name."""
        return next((node for node in self.extensions if node.tag == tag), None)

    def walk(self) -> Iterator[Node]:
        """This node and everything below it, in document order."""
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True, slots=True)
class Definitions:
    """A parsed BPMN file: its processes and what they refer to by id."""

    processes: tuple[Node, ...]
    references: dict[str, Node] = field(default_factory=dict)  # messages, signals, errors, escalations by id

    def reference(self, identifier: str) -> Node | None:
        """The message, signal, error or escalation with this id (a prefix is cut: ids are looked up by local name)."""
        return self.references.get(identifier.rpartition(":")[2] or identifier)
