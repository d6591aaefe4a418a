"""Names of the BPMN file format and the small readers that everything in the workshop shares."""

from __future__ import annotations

from typing import Any

from lxml import etree

Element = Any
"""An lxml element: the library has no types of its own."""

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
BPMNDI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
DI = "{http://www.omg.org/spec/DD/20100524/DI}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
MODELER = "{http://camunda.org/schema/modeler/1.0}"

SUB_PROCESSES = frozenset({"subProcess", "adHocSubProcess", "transaction"})
TASKS = frozenset(
    "task serviceTask userTask businessRuleTask scriptTask receiveTask sendTask manualTask callActivity".split()
)
EVENTS = frozenset("startEvent endEvent boundaryEvent intermediateCatchEvent intermediateThrowEvent".split())
GATEWAYS = frozenset("exclusiveGateway parallelGateway inclusiveGateway eventBasedGateway complexGateway".split())
NODES = SUB_PROCESSES | TASKS | EVENTS | GATEWAYS
"""Everything that a sequence flow can join."""


def kind(element: Element) -> str:
    """The local name of an element's tag; empty for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def parse(source: bytes) -> Element:
    """The root of a BPMN file; entities are not resolved and nothing is fetched. Raises `etree.XMLSyntaxError`."""
    return etree.fromstring(source, etree.XMLParser(resolve_entities=False, no_network=True))


def written(root: Element) -> bytes:
    """The file again, byte for byte as Camunda Modeler writes it where nothing changed."""
    text: str = etree.tostring(root.getroottree(), encoding="unicode", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode() + b"\n"
