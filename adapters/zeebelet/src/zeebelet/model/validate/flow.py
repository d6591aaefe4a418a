"""Rules of flow: which elements exist, how they are connected, what gateways ask of their flows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from zeebelet.model.validate.model import (
    Element,
    Model,
    child,
    children,
    event_definitions,
    is_a,
    tag,
    true,
)
from zeebelet.model.validate.names import duplicated_conditions, duplicated_definitions
from zeebelet.model.validate.types import SUPPORTED_FLOW_ELEMENTS, type_of

Rule = Callable[[Element, Model], Iterator[str]]

_UNSUPPORTED = (
    "Elements of type '{}' are currently not supported. Please refer to the documentation for a list of supported elements:"
    " https://docs.camunda.io/docs/components/modeler/bpmn/bpmn-coverage/"
)
_GATEWAY_TARGETS = (
    "TimerEventDefinition",
    "MessageEventDefinition",
    "SignalEventDefinition",
    "ConditionalEventDefinition",
)


def at_least_one_executable(root: Element, _model: Model) -> Iterator[str]:
    """A document without an executable process has nothing to run."""
    if not any(true(process.get("isExecutable")) for process in children(root, "Process")):
        yield "Must contain at least one executable process"


def supported(element: Element, _model: Model) -> Iterator[str]:
    """Flow elements the engine does not know are named, never ignored."""
    name = type_of(tag(element))
    if name not in SUPPORTED_FLOW_ELEMENTS:
        yield _UNSUPPORTED.format(name)


def identified(element: Element, _model: Model) -> Iterator[str]:
    """Everything that can be instantiated or referred to needs an id."""
    if not element.get("id"):
        yield "Element id must be present and not empty."


def unconditional(node: Element, model: Model) -> Iterator[str]:
    """Only exclusive and inclusive gateways choose by conditions."""
    if not is_a(node, "ExclusiveGateway", "InclusiveGateway") and any(
        child(flow, "conditionExpression") is not None for flow in model.flows_out(node)
    ):
        yield "Conditional sequence flows are only supported at exclusive or inclusive gateway"


def default_starts_here(gateway: Element, model: Model) -> Iterator[str]:
    """A default flow belongs to its gateway."""
    default = model.reference(gateway, "default", "SequenceFlow")
    if default is not None and model.reference(default, "sourceRef", "FlowNode") is not gateway:
        yield "Default flow must start at gateway"


def conditioned(flow: Element, model: Model) -> Iterator[str]:
    """A choice between several flows needs a condition on each but the default."""
    source = model.reference(flow, "sourceRef", "FlowNode")
    if source is None or child(flow, "conditionExpression") is not None or len(model.flows_out(source)) < 2:
        return
    if model.reference(source, "default", "SequenceFlow") is flow:
        return
    if is_a(source, "ExclusiveGateway"):
        yield "Must have a condition or be default flow"
    elif is_a(source, "InclusiveGateway") and any(flow is listed for listed in model.flows_out(source)):
        yield "Must have a condition"


def event_gateway(gateway: Element, model: Model) -> Iterator[str]:
    """An event-based gateway leads to two or more catch events that nothing else leads to."""
    flows = model.flows_out(gateway)
    targets = [model.reference(flow, "targetRef", "FlowNode") for flow in flows]
    if len(flows) < 2:
        yield "Event-based gateway must have at least 2 outgoing sequence flows."
    if not all(target is not None and _catches(target) for target in targets):
        yield (
            "Event-based gateway must not have an outgoing sequence flow to other elements than"
            " message/timer/signal/conditional intermediate catch events."
        )
    caught = [d for target in targets if is_a(target, "IntermediateCatchEvent") for d in event_definitions(target)]
    yield from duplicated_definitions(
        [d for d in caught if is_a(d, "MessageEventDefinition", "SignalEventDefinition")], model
    )
    yield from duplicated_conditions(caught)
    if any(
        model.reference(flow, "sourceRef", "FlowNode") is not gateway
        for target in targets
        if target is not None
        for flow in model.flows_in(target)
    ):
        yield (
            "Target elements of an event gateway must not have any additional incoming sequence flows"
            " other than that from the event gateway."
        )


def _catches(target: Element) -> bool:
    definitions = event_definitions(target)
    return is_a(target, "IntermediateCatchEvent") and len(definitions) == 1 and is_a(definitions[0], *_GATEWAY_TARGETS)


def compensation_handler(task: Element, model: Model) -> Iterator[str]:
    """A compensation handler stands outside the flow."""
    if not true(task.get("isForCompensation")):
        return
    if model.flows_in(task):
        yield "A compensation handler should have no incoming sequence flows"
    if model.flows_out(task):
        yield "A compensation handler should have no outgoing sequence flows"
    if model.boundary.get(task.get("id", "")):
        yield "A compensation handler should have no boundary events"


# The vendor asks for an id in each of these validators; an element is asked once per type it is a kind of.
_IDENTIFIED = [
    "Activity",
    "AdHocSubProcess",
    "BoundaryEvent",
    "BusinessRuleTask",
    "Task",
    "EndEvent",
    "Escalation",
    "EventBasedGateway",
    "ExclusiveGateway",
    "FlowElement",
    "FlowNode",
    "Gateway",
    "InclusiveGateway",
    "IntermediateCatchEvent",
    "IntermediateThrowEvent",
    "ThrowEvent",
    "Message",
    "Process",
    "ReceiveTask",
    "ScriptTask",
    "SendTask",
    "SequenceFlow",
    "Signal",
    "StartEvent",
    "SubProcess",
    "zeebe:userTaskForm",
]

RULES: list[tuple[str, Rule]] = [
    *((kind, identified) for kind in _IDENTIFIED),
    ("Definitions", at_least_one_executable),
    ("FlowElement", supported),
    ("FlowNode", unconditional),
    ("ExclusiveGateway", default_starts_here),
    ("InclusiveGateway", default_starts_here),
    ("SequenceFlow", conditioned),
    ("EventBasedGateway", event_gateway),
    ("Task", compensation_handler),
]
