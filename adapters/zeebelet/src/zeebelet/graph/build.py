"""From a parsed model to an executable process.

The passes: 1. list the nodes with the container each lies in; 2. the sequence flows; 3. what is attached to what (boundary
events, compensation handlers, link targets); 4. the elements themselves, with every expression compiled.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from zeebelet.graph import readers
from zeebelet.graph.elements import INNER_INSTANCE, JOINING, Element, ExecutableProcess, Flow
from zeebelet.graph.expression import compile_expression, compile_feel
from zeebelet.graph.mapped import mapped
from zeebelet.graph.specs import CompensationSpec
from zeebelet.model.tree import Definitions, Node

ELEMENT_TYPES = {
    "process": "PROCESS",
    "startEvent": "START_EVENT",
    "endEvent": "END_EVENT",
    "intermediateCatchEvent": "INTERMEDIATE_CATCH_EVENT",
    "intermediateThrowEvent": "INTERMEDIATE_THROW_EVENT",
    "boundaryEvent": "BOUNDARY_EVENT",
    "serviceTask": "SERVICE_TASK",
    "sendTask": "SEND_TASK",
    "userTask": "USER_TASK",
    "receiveTask": "RECEIVE_TASK",
    "scriptTask": "SCRIPT_TASK",
    "businessRuleTask": "BUSINESS_RULE_TASK",
    "manualTask": "MANUAL_TASK",
    "task": "TASK",
    "callActivity": "CALL_ACTIVITY",
    "subProcess": "SUB_PROCESS",
    "adHocSubProcess": "AD_HOC_SUB_PROCESS",
    "exclusiveGateway": "EXCLUSIVE_GATEWAY",
    "inclusiveGateway": "INCLUSIVE_GATEWAY",
    "parallelGateway": "PARALLEL_GATEWAY",
    "eventBasedGateway": "EVENT_BASED_GATEWAY",
}
EVENT_DEFINITIONS = {
    "messageEventDefinition": "MESSAGE",
    "timerEventDefinition": "TIMER",
    "errorEventDefinition": "ERROR",
    "signalEventDefinition": "SIGNAL",
    "escalationEventDefinition": "ESCALATION",
    "compensateEventDefinition": "COMPENSATION",
    "linkEventDefinition": "LINK",
    "terminateEventDefinition": "TERMINATE",
    "conditionalEventDefinition": "CONDITIONAL",
}
EVENT_TAGS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
SUBSCRIBING = frozenset({"MESSAGE", "TIMER", "SIGNAL", "CONDITIONAL"})
CONTAINER_TAGS = frozenset({"process", "subProcess", "adHocSubProcess"})


@dataclass(slots=True)
class _Outline:
    """What passes 1 to 3 find out."""

    definitions: Definitions
    nodes: dict[str, Node] = field(default_factory=dict)
    scopes: dict[str, str] = field(default_factory=dict)
    children: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    incoming: defaultdict[str, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    outgoing: defaultdict[str, list[Flow]] = field(default_factory=lambda: defaultdict(list))
    attached: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    handlers: dict[str, str] = field(default_factory=dict)  # compensation boundary event -> handler
    link_catches: dict[tuple[str, str], str] = field(default_factory=dict)  # (scope, link name) -> catch event


def build(definitions: Definitions, process: Node) -> ExecutableProcess:
    """Make one process of a model executable; `InvalidExpression` when a text is not FEEL."""
    outline = _Outline(definitions)
    _collect(outline, process, "")
    for container in (process, *(node for node in outline.nodes.values() if node.tag in CONTAINER_TAGS)):
        _connect(outline, container)
    elements: dict[str, Element] = {process.id: _element(outline, process)}
    for node in outline.nodes.values():
        elements[node.id] = _element(outline, node)
        if node.tag == "adHocSubProcess":
            elements[node.id + INNER_INSTANCE] = _inner_instance(node)
    tag = process.extension("versionTag")
    flows = {flow.id: flow for found in outline.outgoing.values() for flow in found}
    return ExecutableProcess(process.id, process.name, tag.get("value") if tag else "", elements, flows)


def _collect(outline: _Outline, container: Node, scope: str) -> None:
    """Pass 1: every flow element and the container it lies in."""
    for node in container.children:
        if node.tag not in ELEMENT_TYPES:
            continue
        outline.nodes[node.id] = node
        outline.scopes[node.id] = container.id
        outline.children[container.id].append(node.id)
        if node.tag in CONTAINER_TAGS:
            _collect(outline, node, container.id)


def _connect(outline: _Outline, container: Node) -> None:
    """Passes 2 and 3 for one container."""
    for node in container.children:
        if node.tag == "sequenceFlow":
            _connect_flow(outline, node)
        elif node.tag == "boundaryEvent":
            outline.attached[node.get("attachedToRef")].append(node.id)
        elif node.tag == "association":
            outline.handlers[node.get("sourceRef")] = node.get("targetRef")
        elif node.tag == "intermediateCatchEvent" and (link := node.child("linkEventDefinition")):
            outline.link_catches[container.id, link.name] = node.id


def _connect_flow(outline: _Outline, node: Node) -> None:
    condition = node.child("conditionExpression")
    target = outline.nodes.get(node.get("targetRef"))
    flow = Flow(
        node.id,
        node.get("sourceRef"),
        node.get("targetRef"),
        compile_feel(condition.text) if condition and condition.text else None,
        joins=target is not None and ELEMENT_TYPES[target.tag] in JOINING,
    )
    outline.outgoing[flow.source_id].append(flow)
    outline.incoming[flow.target_id].append(flow)


def _inner_instance(node: Node) -> Element:
    """The scope around each activated element of an ad-hoc sub-process."""
    return Element(node.id + INNER_INSTANCE, node.name, "AD_HOC_SUB_PROCESS_INNER_INSTANCE", "UNSPECIFIED", node.id)


def _element(outline: _Outline, node: Node) -> Element:
    """Pass 4: one element with everything it needs."""
    takes, gives = mapped(_type(node), _event_type(outline, node))
    element = Element(
        id=node.id,
        name=node.name,
        type=_type(node),
        event_type=_event_type(outline, node),
        scope_id=outline.scopes.get(node.id, ""),
        incoming=tuple(outline.incoming[node.id]),
        outgoing=tuple(outline.outgoing[node.id]),
        default_flow=node.get("default"),
        inputs=readers.mappings(node, "input") if takes else (),
        outputs=readers.mappings(node, "output") if gives else (),
        start_listeners=readers.listeners(node, "executionListeners", "executionListener", "start"),
        end_listeners=readers.listeners(node, "executionListeners", "executionListener", "end"),
        properties=readers.properties(node),
    )
    details = _event_details(outline, node) | _activity_details(outline, node) | _container_details(outline, node)
    element = replace(element, **details)
    return replace(element, catch_ids=_catch_ids(outline, element))


def _type(node: Node) -> str:
    if node.tag == "subProcess" and node.flag("triggeredByEvent", default=False):
        return "EVENT_SUB_PROCESS"
    return ELEMENT_TYPES[node.tag]


def _definition(node: Node) -> Node | None:
    return node.child(*EVENT_DEFINITIONS) if node.tag in EVENT_TAGS else None


def _event_type(outline: _Outline, node: Node) -> str:
    definition = _definition(node)
    if definition is not None:
        return EVENT_DEFINITIONS[definition.tag]
    if node.tag in EVENT_TAGS:
        return "NONE"
    if node.tag == "receiveTask":
        return "MESSAGE"
    if _type(node) == "EVENT_SUB_PROCESS":
        start = next((child for child in node.every("startEvent")), None)
        return _event_type(outline, start) if start else "UNSPECIFIED"
    return "UNSPECIFIED"


def _event_details(outline: _Outline, node: Node) -> dict[str, Any]:
    """Fields of events and of the receive task."""
    if node.tag == "receiveTask":
        return {"message": readers.message(outline.definitions.reference(node.get("messageRef")))}
    if node.tag not in EVENT_TAGS:
        return {}
    details: dict[str, Any] = {
        "interrupting": node.flag("cancelActivity", default=True) and node.flag("isInterrupting", default=True),
        "attached_to": node.get("attachedToRef"),
        "after_event_gateway": any(
            outline.nodes[flow.source_id].tag == "eventBasedGateway" for flow in outline.incoming[node.id]
        ),
        "job": readers.job(node),
    }
    definition = _definition(node)
    return details | (_definition_details(outline, node, definition) if definition is not None else {})


def _definition_details(outline: _Outline, node: Node, definition: Node) -> dict[str, Any]:
    reference = outline.definitions.reference
    match definition.tag:
        case "messageEventDefinition":
            message = reference(definition.get("messageRef"))
            return {"message": readers.message(message), "publish": readers.publish(definition, message)}
        case "timerEventDefinition":
            return {"timer": readers.timer(definition)}
        case "signalEventDefinition":
            signal = reference(definition.get("signalRef"))
            return {"signal": compile_expression(signal.name) if signal else None}
        case "errorEventDefinition":
            return {"error": readers.code(definition, outline.definitions, "error")}
        case "escalationEventDefinition":
            return {"escalation": readers.code(definition, outline.definitions, "escalation")}
        case "conditionalEventDefinition":
            return {"condition": readers.condition(definition)}
        case "compensateEventDefinition":
            handler = outline.handlers.get(node.id, "")
            return {"compensation": CompensationSpec(definition.get("activityRef"), handler)}
        case "linkEventDefinition":
            scope = outline.scopes[node.id]
            throws = node.tag == "intermediateThrowEvent"
            return {"link_target": outline.link_catches.get((scope, definition.name), "") if throws else ""}
    return {}


def _activity_details(outline: _Outline, node: Node) -> dict[str, Any]:
    """Fields of tasks, sub-processes and call activities."""
    if node.tag in EVENT_TAGS or node.tag == "process":
        return {}
    boundaries = outline.attached[node.id]
    compensating = [event for event in boundaries if outline.nodes[event].child("compensateEventDefinition")]
    return {
        "job": readers.job(node),
        "user_task": readers.user_task(node),
        "call": readers.call(node),
        "decision": readers.decision(node),
        "script": readers.script(node),
        "loop": readers.loop(node),
        "ad_hoc": readers.ad_hoc(node),
        "boundary_ids": tuple(event for event in boundaries if event not in compensating),
        "compensation_boundary_id": compensating[0] if compensating else "",
        "is_for_compensation": node.flag("isForCompensation", default=False),
    }


def _container_details(outline: _Outline, node: Node) -> dict[str, Any]:
    """Fields of whatever holds other elements."""
    if node.tag not in CONTAINER_TAGS:
        return {}
    children = outline.children[node.id]
    starts = [child for child in children if outline.nodes[child].tag == "startEvent"]
    none_starts = [start for start in starts if _definition(outline.nodes[start]) is None]
    triggered = [child for child in children if _type(outline.nodes[child]) == "EVENT_SUB_PROCESS"]
    return {
        "child_ids": tuple(children),
        "start_ids": tuple(starts),
        "none_start_id": none_starts[0] if none_starts else "",
        "event_sub_process_ids": tuple(triggered),
        "event_start_ids": tuple(start.id for sub in triggered for start in outline.nodes[sub].every("startEvent")),
    }


def _catch_ids(outline: _Outline, element: Element) -> tuple[str, ...]:
    """The events an element listens to while it is active; errors and escalations are searched for when thrown."""
    own: tuple[str, ...]
    if element.type in ("INTERMEDIATE_CATCH_EVENT", "RECEIVE_TASK"):
        own = (element.id,)
    elif element.type == "EVENT_BASED_GATEWAY":
        own = tuple(flow.target_id for flow in element.outgoing)
    else:
        own = element.event_start_ids
    return tuple(event for event in own + element.boundary_ids if _subscribes(outline, event))


def _subscribes(outline: _Outline, event: str) -> bool:
    return _event_type(outline, outline.nodes[event]) in SUBSCRIBING
