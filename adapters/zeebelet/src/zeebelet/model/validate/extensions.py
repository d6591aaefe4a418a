"""Rules of Zeebe's extension elements: which must be there, how often, and with which attributes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from zeebelet.model.validate.model import Element, Model, event_definitions, extensions, is_a, tag
from zeebelet.model.validate.types import ZEEBE

Rule = Callable[[Element, Model], Iterator[str]]

BINDINGS = ("deployment", "latest", "versionTag")
LISTENING = [
    "process",
    "subProcess",
    "callActivity",
    "adHocSubProcess",
    "task",
    "sendTask",
    "serviceTask",
    "scriptTask",
    "userTask",
    "receiveTask",
    "businessRuleTask",
    "manualTask",
    "startEvent",
    "intermediateThrowEvent",
    "intermediateCatchEvent",
    "boundaryEvent",
    "endEvent",
    "exclusiveGateway",
    "inclusiveGateway",
    "parallelGateway",
    "eventBasedGateway",
]
ENUMS: dict[str, dict[str, tuple[str, ...]]] = {
    "eventType": {
        "executionListener": ("start", "end"),
        "taskListener": ("creating", "assigning", "updating", "completing", "canceling"),
    },
    "bindingType": {"linkedResource": BINDINGS},
}

REQUIRED = [
    ("CallActivity", "calledElement"),
    ("MultiInstanceLoopCharacteristics", "loopCharacteristics"),
    ("ServiceTask", "taskDefinition"),
]
EITHER = [
    ("BusinessRuleTask", "calledDecision", "taskDefinition"),
    ("ScriptTask", "script", "taskDefinition"),
    ("SendTask", "publishMessage", "taskDefinition"),
]
ONCE = [
    ("Process", "versionTag"),
    ("FlowNode", "ioMapping executionListeners"),
    ("ServiceTask", "taskHeaders linkedResources"),
    ("SendTask", "taskHeaders linkedResources"),
    (
        "UserTask",
        "userTask assignmentDefinition formDefinition taskHeaders taskSchedule priorityDefinition taskListeners",
    ),
    ("BusinessRuleTask", "taskDefinition taskHeaders calledDecision"),
    ("ScriptTask", "script taskDefinition taskHeaders"),
    ("AdHocSubProcess", "adHoc"),
    ("EndEvent", "taskDefinition"),
    ("IntermediateThrowEvent", "taskDefinition"),
]
ATTRIBUTES = [
    ("calledElement", "processId"),
    ("taskDefinition", "type retries"),
    ("executionListener", "eventType type retries"),
    ("taskListener", "eventType type retries"),
    ("subscription", "correlationKey"),
    ("calledDecision", "decisionId resultVariable"),
    ("script", "expression resultVariable"),
    ("linkedResource", "resourceId bindingType resourceType"),
    ("publishMessage", "correlationKey"),
    ("priorityDefinition", "priority"),
]
DEFAULTS = {"retries": "3", "priority": "50", "bindingType": "latest"}  # an empty attribute is an absent one


def required(name: str) -> Rule:
    """The element says what it is for, once."""

    def rule(element: Element, _model: Model) -> Iterator[str]:
        if len(extensions(element, name)) != 1:
            yield f"Must have exactly one 'zeebe:{name}' extension element"

    return rule


def either(first: str, second: str) -> Rule:
    """One implementation, not none and not two."""

    def rule(element: Element, model: Model) -> Iterator[str]:
        own, jobs = extensions(element, first), extensions(element, second)
        if sorted((len(own), len(jobs))) != [0, 1]:
            yield f"Must have either one 'zeebe:{first}' or one 'zeebe:{second}' extension element"
        if own and first == "publishMessage" and model.reference(element, "messageRef", "Message") is None:
            yield "Must reference a message"

    return rule


def message_throw(event: Element, model: Model) -> Iterator[str]:
    """A thrown message is a job or an internal publication."""
    for definition in [d for d in event_definitions(event) if is_a(d, "MessageEventDefinition")][:1]:
        own, jobs = extensions(definition, "publishMessage"), extensions(event, "taskDefinition")
        if sorted((len(own), len(jobs))) != [0, 1]:
            yield "Must have either one 'zeebe:publishMessage' or one 'zeebe:taskDefinition' extension element"
        if own and model.reference(definition, "messageRef", "Message") is None:
            yield "Must reference a message"


def once(name: str) -> Rule:
    """Said twice is not clear."""

    def rule(element: Element, _model: Model) -> Iterator[str]:
        if len(extensions(element, name)) > 1:
            yield (
                f"Must have exactly one 'zeebe:{name}' extension element when exists."
                " Please check process definition XML and retain only one extension element."
            )

    return rule


def attribute(name: str) -> Rule:
    """The attribute is there and says something; one that is a word of a list is one of them."""

    def rule(element: Element, _model: Model) -> Iterator[str]:
        value = element.get(name) or DEFAULTS.get(name)
        words = ENUMS.get(name, {}).get(tag(element))
        if not value or (words is not None and value not in words):
            yield f"Attribute '{name}' must be present and not empty"

    return rule


def binding(element: Element, _model: Model) -> Iterator[str]:
    """A version tag belongs to the binding of that name, and to no other."""
    kind, version = element.get("bindingType") or None, (element.get("versionTag") or "").strip()
    if kind is not None and kind not in BINDINGS:
        yield f"Attribute 'bindingType' must be one of: {', '.join(BINDINGS)}"
    if kind == "versionTag" and not version:
        yield "Attribute 'versionTag' must be present and not empty if 'bindingType' is 'versionTag'"
    if kind != "versionTag" and version:
        yield "Attribute 'versionTag' may only be used if 'bindingType' is 'versionTag'"


def loop(element: Element, _model: Model) -> Iterator[str]:
    """A loop has something to go over; its results have a collection and an element, or neither."""
    if not element.get("inputCollection"):
        yield "Attribute 'inputCollection' must be present and not empty"
    collection, item = element.get("outputCollection"), element.get("outputElement")
    if collection and not item:
        yield "Attribute 'outputElement' must be present if the attribute 'outputCollection' is set"
    if item and not collection:
        yield "Attribute 'outputCollection' must be present if the attribute 'outputElement' is set"


def form(element: Element, _model: Model) -> Iterator[str]:
    """A form is referred to in one way; which ways there are depends on who implements the user task."""
    holder = element.getparent()
    native = holder is not None and holder.find(f"{{{ZEEBE}}}userTask") is not None
    other = "externalReference" if native else "formKey"
    if _blank(element.get("formId")) == _blank(element.get(other)):
        tail = " for native user tasks" if native else ""
        yield f"Exactly one of the attributes 'formId, {other}' must be present and not blank{tail}"


def embedded_form(element: Element, _model: Model) -> Iterator[str]:
    """An embedded form holds something."""
    if not element.text:
        yield "User task form text content has to be present and not empty"


def priority(element: Element, _model: Model) -> Iterator[str]:
    """A priority that is a number is one between 0 and 100."""
    value = element.get("priority") or "50"
    if value.lstrip("+-").isdigit() and not 0 <= int(value) <= 100:
        yield f"Priority must be a number between 0 and 100, but was '{value}'."


def conditional_filter(element: Element, _model: Model) -> Iterator[str]:
    """A conditional event reacts to variables being created or updated."""
    for word in (part.strip() for part in element.get("variableEvents", "").split(",")):
        if word and word not in ("create", "update"):
            yield (
                f"Variable event '{word}' is not valid. Must be one of: create, update or a comma-separated list of both."
            )


def execution_listeners(element: Element, _model: Model) -> Iterator[str]:
    """Listeners stand on elements that have phases, each combination once."""
    listeners = element.findall(f"{{{ZEEBE}}}executionListener")
    holder = element.getparent()
    owner = None if holder is None else holder.getparent()
    if not listeners or owner is None:
        return
    if tag(owner) not in LISTENING:
        yield (
            f"Execution listeners are not supported for the '{tag(owner)}' element. Currently, only [{', '.join(LISTENING)}]"
            " elements can have execution listeners."
        )
    same: dict[tuple[str, str], int] = defaultdict(int)
    for listener in listeners:
        same[listener.get("eventType", "null"), listener.get("type", "null")] += 1
    for (event, kind), count in same.items():
        if count > 1:
            yield (
                f"Found '{count}' duplicates based on eventType[{event}] and type[{kind}],"
                " these combinations should be unique."
            )


def task_listeners(element: Element, _model: Model) -> Iterator[str]:
    """Task listeners need a Camunda user task."""
    holder = element.getparent()
    if element.findall(f"{{{ZEEBE}}}taskListener") and (holder is None or holder.find(f"{{{ZEEBE}}}userTask") is None):
        yield "Task listeners are only allowed on Camunda user tasks."


def _blank(value: str | None) -> bool:
    return not (value or "").strip()


RULES: list[tuple[str, Rule]] = [
    *((kind, required(name)) for kind, name in REQUIRED),
    *((kind, either(first, second)) for kind, first, second in EITHER),
    ("ThrowEvent", message_throw),
    *((f"zeebe:{element}", attribute(name)) for element, names in ATTRIBUTES for name in names.split()),
    ("zeebe:loopCharacteristics", loop),
    ("zeebe:formDefinition", form),
    ("zeebe:userTaskForm", embedded_form),
    ("zeebe:executionListeners", execution_listeners),
    ("zeebe:taskListeners", task_listeners),
    ("zeebe:priorityDefinition", priority),
    ("zeebe:conditionalFilter", conditional_filter),
    *((f"zeebe:{name}", binding) for name in ("calledDecision", "calledElement", "formDefinition")),
    *((kind, once(name)) for kind, names in ONCE for name in names.split()),
]
