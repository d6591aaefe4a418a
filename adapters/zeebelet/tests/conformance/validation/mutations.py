"""Seeded mutations of BPMN models: the slips of an editor's hand, each the same every time it is made.

`mutants(models, count)` yields (name, source): an attribute dropped, emptied or doubled, an event definition removed, a flow
cut, an element swapped for another kind, a reference broken, an extension doubled.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from lxml import etree

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
SWAPS = {
    "exclusiveGateway": ("complexGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway"),
    "parallelGateway": ("complexGateway", "exclusiveGateway"),
    "eventBasedGateway": ("complexGateway", "exclusiveGateway"),
    "inclusiveGateway": ("exclusiveGateway", "eventBasedGateway"),
    "serviceTask": (
        "task",
        "userTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "manualTask",
        "callActivity",
    ),
    "userTask": ("serviceTask", "task", "receiveTask"),
    "subProcess": ("transaction", "adHocSubProcess"),
    "intermediateCatchEvent": ("intermediateThrowEvent", "endEvent"),
    "intermediateThrowEvent": ("intermediateCatchEvent", "endEvent"),
    "endEvent": ("intermediateThrowEvent", "intermediateCatchEvent"),
    "startEvent": ("intermediateCatchEvent", "endEvent"),
    "timerEventDefinition": (
        "messageEventDefinition",
        "signalEventDefinition",
        "cancelEventDefinition",
        "linkEventDefinition",
    ),
    "messageEventDefinition": ("signalEventDefinition", "errorEventDefinition", "terminateEventDefinition"),
    "errorEventDefinition": ("escalationEventDefinition", "compensateEventDefinition", "cancelEventDefinition"),
    "signalEventDefinition": ("messageEventDefinition", "conditionalEventDefinition"),
}
Mutation = Callable[[etree._Element, random.Random], str]


def _semantic(root: etree._Element) -> list[etree._Element]:
    return [e for e in root.iter(f"{{{BPMN}}}*", f"{{{ZEEBE}}}*") if e is not root]


def _label(element: etree._Element) -> str:
    return f"{etree.QName(element).localname}#{element.get('id', '')}"


def _with_attributes(root: etree._Element, rng: random.Random) -> tuple[etree._Element, str]:
    element = rng.choice([e for e in _semantic(root) if e.attrib])
    return element, rng.choice(sorted(element.attrib))


def drop_attribute(root: etree._Element, rng: random.Random) -> str:
    """An attribute is gone."""
    element, name = _with_attributes(root, rng)
    del element.attrib[name]
    return f"drop {name} of {_label(element)}"


def change_attribute(root: etree._Element, rng: random.Random) -> str:
    """An attribute says something else: nothing, an expression, a word, a flag."""
    element, name = _with_attributes(root, rng)
    value = rng.choice(["", "=x", "nonsense", "true", "false", " "])
    element.set(name, value)
    return f"set {name}={value!r} of {_label(element)}"


def double_id(root: etree._Element, rng: random.Random) -> str:
    """Two elements claim one id."""
    first, second = rng.sample([e for e in _semantic(root) if e.get("id")], 2)
    second.set("id", first.get("id"))
    return f"id of {_label(first)} twice"


def remove(root: etree._Element, rng: random.Random) -> str:
    """Any one element is gone, with everything in it."""
    element = rng.choice(_semantic(root))
    element.getparent().remove(element)
    return f"remove {_label(element)}"


def remove_definition(root: etree._Element, rng: random.Random) -> str:
    """An event lost its definition."""
    found = [e for e in _semantic(root) if e.tag.endswith("EventDefinition")]
    if not found:
        return remove(root, rng)
    element = rng.choice(found)
    element.getparent().remove(element)
    return f"remove {_label(element)}"


def cut_flow(root: etree._Element, rng: random.Random) -> str:
    """A sequence flow is gone from both its ends."""
    found = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    if not found:
        return remove(root, rng)
    flow = rng.choice(found)
    for end in [*root.iter(f"{{{BPMN}}}incoming"), *root.iter(f"{{{BPMN}}}outgoing")]:
        if end.text == flow.get("id"):
            end.getparent().remove(end)
    flow.getparent().remove(flow)
    return f"cut {flow.get('id')}"


def swap(root: etree._Element, rng: random.Random) -> str:
    """An element became another kind."""
    found = [e for e in _semantic(root) if etree.QName(e).localname in SWAPS]
    if not found:
        return remove(root, rng)
    element = rng.choice(found)
    label, other = _label(element), rng.choice(SWAPS[etree.QName(element).localname])
    element.tag = f"{{{BPMN}}}{other}"
    return f"{label} becomes {other}"


def break_reference(root: etree._Element, rng: random.Random) -> str:
    """A reference leads nowhere."""
    found = [(e, name) for e in _semantic(root) for name in e.attrib if name.endswith("Ref") or name == "default"]
    if not found:
        return remove(root, rng)
    element, name = rng.choice(found)
    element.set(name, "Nowhere")
    return f"{name} of {_label(element)} leads nowhere"


def double(root: etree._Element, rng: random.Random) -> str:
    """Something without an id stands twice."""
    found = [e for e in _semantic(root) if e.get("id") is None]
    if not found:
        return remove(root, rng)
    element = rng.choice(found)
    element.addnext(copy.deepcopy(element))
    return f"{_label(element)} twice"


def add_condition(root: etree._Element, rng: random.Random) -> str:
    """A flow got a condition."""
    found = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
    if not found:
        return remove(root, rng)
    flow = rng.choice(found)
    etree.SubElement(flow, f"{{{BPMN}}}conditionExpression").text = "=x"
    return f"condition on {flow.get('id')}"


MUTATIONS: tuple[Mutation, ...] = (
    drop_attribute,
    drop_attribute,
    change_attribute,
    double_id,
    remove,
    remove_definition,
    cut_flow,
    swap,
    swap,
    break_reference,
    double,
    add_condition,
)


def mutants(models: list[Path], count: int, *, seed: int = 1) -> Iterator[tuple[str, bytes]]:
    """The models themselves, then `count` mutants of them in turn."""
    sources = {path.name: path.read_bytes() for path in sorted(models)}
    for name, source in sources.items():
        yield name, source
    rng = random.Random(seed)
    names = sorted(sources)
    for number in range(count):
        name = names[number % len(names)]
        root = etree.fromstring(sources[name])
        what = rng.choice(MUTATIONS)(root, rng)
        yield f"{number:04} {name}: {what}", etree.tostring(root, xml_declaration=True, encoding="UTF-8")
