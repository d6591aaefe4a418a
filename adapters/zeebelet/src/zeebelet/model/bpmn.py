"""BPMN XML to a tree of plain values."""

from __future__ import annotations

from lxml import etree

from .tree import Definitions, Node
from .xml import DoctypeError, refuse_doctype

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
REFERENCED = frozenset({"message", "signal", "error", "escalation"})


class BpmnParseError(Exception):
    """The file is not a BPMN document."""


def parse_xml(content: bytes) -> etree._Element:
    """The document's root; entities are not expanded and nothing is fetched."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(content, parser)
        refuse_doctype(root, content)
    except (etree.XMLSyntaxError, DoctypeError) as error:
        raise BpmnParseError(str(error)) from error
    return root


def parse(content: bytes) -> Definitions:
    """Read a BPMN file."""
    return definitions(parse_xml(content))


def definitions(root: etree._Element) -> Definitions:
    """Turn a BPMN document into plain values."""
    if etree.QName(root).namespace != BPMN or etree.QName(root).localname != "definitions":
        raise BpmnParseError(f"Expected the root element to be 'definitions' of BPMN 2.0, but it is '{root.tag}'")
    children = [_node(child) for child in root if _in(child, BPMN)]
    return Definitions(
        processes=tuple(node for node in children if node.tag == "process"),
        references={node.id: node for node in children if node.tag in REFERENCED},
    )


def _in(element: etree._Element, namespace: str) -> bool:
    return isinstance(element.tag, str) and etree.QName(element).namespace == namespace


def _node(element: etree._Element) -> Node:
    container = element.find(f"{{{BPMN}}}extensionElements")
    return Node(
        tag=etree.QName(element).localname,
        attributes={_attribute_name(str(name)): str(value) for name, value in element.attrib.items()},
        children=tuple(_node(child) for child in element if _in(child, BPMN) and child is not container),
        extensions=() if container is None else tuple(_extension(child) for child in container if _in(child, ZEEBE)),
        text=(element.text or "").strip(),
    )


def _extension(element: etree._Element) -> Node:
    """One of Zeebe's own; an empty attribute is an absent one: it has its default."""
    return Node(
        tag=etree.QName(element).localname,
        attributes={str(name): str(value) for name, value in element.attrib.items() if value != ""},
        children=tuple(_extension(child) for child in element if _in(child, ZEEBE)),
        text=(element.text or "").strip(),
    )


def _attribute_name(name: str) -> str:
    """Attributes of a foreign namespace keep only zeebe's, marked `zeebe:`, so that they cannot shadow BPMN's."""
    if not name.startswith("{"):
        return name
    namespace, _, local = name[1:].partition("}")
    return f"zeebe:{local}" if namespace == ZEEBE else f"{{{namespace}}}{local}"
