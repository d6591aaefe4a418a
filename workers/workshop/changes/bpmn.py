"""What a BPMN file says, element by element, as facts in an analyst's words: two versions are compared by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
# Children that are elements or wiring of their own, or only drawing.
APART = frozenset({"incoming", "outgoing", "extensionElements", "laneSet", "documentation", "sequenceFlow"})
KINDS = {
    "sequenceFlow": "flow",
    "exclusiveGateway": "gateway",
    "callActivity": "call",
    "businessRuleTask": "decision task",
}
Facts = dict[str, str]


def elements_of(source: bytes) -> dict[str, Facts]:
    """Id -> facts. `kind` and `name` are among them."""
    root = etree.fromstring(source)
    names = {node.get("id"): _definition(node) for node in root if node.get("id")}
    found = {}
    for process in root.iter(f"{BPMN}process"):
        for node in process.iter(f"{BPMN}*"):
            if node.get("id") and not node.tag.endswith(("EventDefinition", "multiInstanceLoopCharacteristics")):
                found[str(node.get("id"))] = dict(_facts(node, names))
    return found


def _definition(node: Any) -> str:
    """What a message, error, signal or escalation is called in texts."""
    return str(node.get("errorCode") or node.get("escalationCode") or node.get("name") or node.get("id"))


def _facts(node: Any, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    tag = etree.QName(node).localname
    yield "kind", KINDS.get(tag, _spaced(tag))
    yield "name", str(node.get("name") or "")
    for attribute, words in ATTRIBUTES.items():
        if node.get(attribute) is not None:
            yield words, str(node.get(attribute))
    for child in node:
        yield from _of_child(child, names)


ATTRIBUTES: Mapping[str, str] = {
    "sourceRef": "comes from",
    "targetRef": "leads to",
    "default": "default flow",
    "attachedToRef": "sits on",
    "cancelActivity": "interrupts",
    "isInterrupting": "interrupts",
    "triggeredByEvent": "is started by an event",
}


def _of_child(child: Any, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if not isinstance(child.tag, str):
        return
    tag = etree.QName(child).localname
    if tag == "extensionElements":
        for part in child:
            yield from _extension(part)
    elif tag == "conditionExpression":
        yield "condition", str(child.text or "").strip()
    elif tag == "multiInstanceLoopCharacteristics":
        yield (
            "for each",
            ", ".join(f"{k} {v}" for part in child.iter(f"{ZEEBE}loopCharacteristics") for k, v in part.attrib.items()),
        )
    elif tag.endswith("EventDefinition"):
        yield from _event(child, names)


def _event(definition: Any, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    kind = _spaced(etree.QName(definition).localname.removesuffix("EventDefinition"))
    reference = next((value for name, value in definition.attrib.items() if name.endswith("Ref")), None)
    said = [
        f"{_spaced(etree.QName(part).localname)} {str(part.text or '').strip()}"
        for part in definition
        if isinstance(part.tag, str)
    ]
    yield kind, names.get(reference, reference) if reference else ", ".join(said) or "any"


def _extension(part: Any) -> Iterator[tuple[str, str]]:
    tag = etree.QName(part).localname
    reader = EXTENSIONS.get(tag)
    if reader is not None:
        yield from reader(part)
        return
    for name, value in part.attrib.items():
        yield f"{_spaced(tag)} {_spaced(name)}", str(value)


def _mappings(part: Any) -> Iterator[tuple[str, str]]:
    for mapping in part:
        kind = etree.QName(mapping).localname
        yield f"{kind} {mapping.get('target')}", str(mapping.get("source"))


def _headers(part: Any) -> Iterator[tuple[str, str]]:
    yield from ((f"header {header.get('key')}", str(header.get("value"))) for header in part)


def _task(part: Any) -> Iterator[tuple[str, str]]:
    yield "task type", str(part.get("type"))
    yield "retries", str(part.get("retries") or "3")


EXTENSIONS: Mapping[str, Callable[[Any], Iterator[tuple[str, str]]]] = {
    "ioMapping": _mappings,
    "taskHeaders": _headers,
    "taskDefinition": _task,
}


def _spaced(name: str) -> str:
    """`calledDecision` -> `called decision`."""
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()
