"""Rules of scopes: processes and sub-processes, and what root elements must say once something refers to them."""

from __future__ import annotations

from collections.abc import Iterator

from zeebelet.model.validate.events import interrupting_rules
from zeebelet.model.validate.model import (
    Element,
    Model,
    child,
    children,
    event_definitions,
    extensions,
    has_definition,
    is_a,
    true,
)
from zeebelet.model.validate.names import duplicated_definitions, duplicated_handlers

_EVENT_STARTS = tuple(
    f"{k}EventDefinition" for k in ("Timer", "Message", "Error", "Signal", "Escalation", "Conditional")
)
_WRONG_START = (
    "Start events in event subprocesses must be one of: message, timer, error, signal, escalation or conditional"
)


def process(scope: Element, model: Model) -> Iterator[str]:
    """A process can be started, in at most one way without a reason."""
    starts = children(scope, "StartEvent")
    if not starts:
        yield "Must have at least one start event"
    if sum(not event_definitions(start) for start in starts) > 1:
        yield "Multiple none start events are not allowed"
    yield from event_sub_processes(scope, model)
    reasons = [d for start in starts for d in event_definitions(start)]
    yield from duplicated_definitions([d for d in reasons if is_a(d, "SignalEventDefinition")], model)
    yield from duplicated_definitions(_first_of_each(reasons, model), model)
    yield from links(scope, model)


def _first_of_each(reasons: list[Element], model: Model) -> list[Element]:
    """Message start definitions, one per message: the same message twice is the message's own rule."""
    seen: dict[int, Element] = {}
    for definition in (d for d in reasons if is_a(d, "MessageEventDefinition")):
        message = model.reference(definition, "messageRef", "Message")
        seen.setdefault(id(message), definition)
    return list(seen.values())


def event_sub_processes(scope: Element, model: Model) -> Iterator[str]:
    """Event sub-processes of one scope do not wait for the same thing."""
    own = [sub for sub in children(scope, "SubProcess") if true(sub.get("triggeredByEvent"))]
    definitions = [d for sub in own for start in children(sub, "StartEvent") for d in event_definitions(start)]
    yield from duplicated_definitions(definitions, model)
    yield from duplicated_handlers(definitions, model)


def links(scope: Element, model: Model) -> Iterator[str]:
    """A thrown link is caught in its own scope, by exactly one event."""
    catches = _links(scope, "IntermediateCatchEvent")
    yield from duplicated_definitions(catches, model)
    caught = {(_scope_of(d), d.get("name")) for d in catches}
    for definition in _links(scope, "IntermediateThrowEvent"):
        name = definition.get("name")
        if name and (_scope_of(definition), name) not in caught:
            yield f"Can't find an catch link event for the throw link event with the name '{name}'."


def _links(scope: Element, kind: str) -> list[Element]:
    return [d for e in children(scope, kind) for d in event_definitions(e) if is_a(d, "LinkEventDefinition")]


def _scope_of(definition: Element) -> Element | None:
    event = definition.getparent()
    return None if event is None else event.getparent()


def sub_process(scope: Element, model: Model) -> Iterator[str]:
    """A sub-process starts in one way: without a reason when it stands in the flow, with one when an event triggers it."""
    starts = children(scope, "StartEvent")
    if len(starts) != 1 and not is_a(scope, "AdHocSubProcess"):
        yield "Must have exactly one start event"
    if starts:
        triggered = true(scope.get("triggeredByEvent"))
        yield from _event_start(scope, starts[0]) if triggered else _plain_start(starts[0])
    yield from event_sub_processes(scope, model)
    yield from links(scope, model)


def _plain_start(start: Element) -> Iterator[str]:
    if event_definitions(start):
        yield "Start events in subprocesses must be of type none"


def _event_start(scope: Element, start: Element) -> Iterator[str]:
    definitions = event_definitions(start)
    interrupting = start.get("isInterrupting") is None or true(start.get("isInterrupting"))
    if not definitions:
        yield _WRONG_START
    if has_definition(start, "CompensateEventDefinition") and not is_a(scope.getparent(), "SubProcess"):
        yield "A compensation event subprocess is not allowed on the process level"
    for definition in definitions:
        if not is_a(definition, *_EVENT_STARTS):
            yield _WRONG_START
    for definition in definitions:
        yield from interrupting_rules(definition, interrupting=interrupting)
    if interrupting and is_a(scope.getparent(), "AdHocSubProcess"):
        yield "An interrupting event subprocess is not allowed inside an ad-hoc subprocess"


def ad_hoc(scope: Element, _model: Model) -> Iterator[str]:
    """An ad-hoc sub-process holds activities and nothing that starts or ends."""
    if not children(scope, "FlowElement"):
        yield "Must have at least one activity."
    if children(scope, "StartEvent"):
        yield "Must not contain a start event."
    if children(scope, "EndEvent"):
        yield "Must not contain an end event."
    for settings in extensions(scope, "adHoc"):
        collection, element = settings.get("outputCollection"), settings.get("outputElement")
        if bool(collection) != bool(element):
            yield (
                "OutputElement and OutputCollection must both be set, or neither of them set."
                f" outputElement:{_java(element)} and outputCollection:{_java(collection)}."
            )
    if extensions(scope, "taskDefinition"):
        yield from _by_worker(scope)


def _by_worker(scope: Element) -> Iterator[str]:
    """What a job worker decides the model must not decide too."""
    remaining = scope.get("cancelRemainingInstances")
    if remaining is not None and not true(remaining):
        yield "Must not define cancelRemainingInstances in combination with zeebe:taskDefinition."
    if child(scope, "completionCondition") is not None:
        yield "Must not define completionCondition in combination with zeebe:taskDefinition."
    if any(settings.get("activeElementsCollection") for settings in extensions(scope, "adHoc")[:1]):
        yield "Must not define activeElementsCollection in combination with zeebe:taskDefinition."


def _java(value: str | None) -> str:
    return "null" if value is None else value


def activity(element: Element, model: Model) -> Iterator[str]:
    """Boundary events of one activity do not wait for the same thing."""
    definitions = model.boundary_definitions(element)
    yield from duplicated_definitions(definitions, model)
    yield from duplicated_handlers(definitions, model)


def receive_task(task: Element, model: Model) -> Iterator[str]:
    """A receive task waits for a message of its own."""
    message = model.reference(task, "messageRef", "Message")
    if message is None:
        yield "Must reference a message"
        return
    others = [model.reference(d, "messageRef", "Message") for d in model.boundary_definitions(task)]
    names = [other.get("name") for other in others if other is not None]
    if any(name and name == message.get("name") for name in names):
        yield "Cannot reference the same message name as a boundary event"


def message(element: Element, model: Model) -> Iterator[str]:
    """A message that something waits for has a name and a key to be correlated by."""
    users = _users(element, "messageRef", model)
    in_event_sub_process = [e for e in users if is_a(e, "StartEvent") and _within_top_sub_process(e)]
    caught = (
        any(is_a(e, "IntermediateCatchEvent", "BoundaryEvent", "ReceiveTask") for e in users) or in_event_sub_process
    )
    if caught:
        yield from _named(element)
        if len(extensions(element, "subscription")) != 1:
            yield "Must have exactly one zeebe:subscription extension element"
    elif any(is_a(e, "IntermediateThrowEvent", "EndEvent", "SendTask") for e in users):
        yield from _named(element)
    starts = sum(is_a(e, "StartEvent") and is_a(e.getparent(), "Process") for e in users)
    if starts > 1:
        yield "A message cannot be referred by more than one start event"
    elif starts == 1 and not caught:
        yield from _named(element)


def signal(element: Element, model: Model) -> Iterator[str]:
    """A signal that something uses has a name."""
    users = _users(element, "signalRef", model)
    used = any(is_a(e, "IntermediateCatchEvent", "BoundaryEvent", "IntermediateThrowEvent", "EndEvent") for e in users)
    inner = any(is_a(e, "StartEvent") and _within_top_sub_process(e) for e in users)
    starts = sum(is_a(e, "StartEvent") and is_a(e.getparent(), "Process") for e in users)
    if used or inner:
        yield from _named(element)
    if starts:
        yield from _named(element)


def escalation(element: Element, model: Model) -> Iterator[str]:
    """A thrown escalation has a code."""
    if any(is_a(e, "ThrowEvent") for e in _users(element, "escalationRef", model)) and not element.get(
        "escalationCode"
    ):
        yield "EscalationCode must be present and not empty"


def _named(element: Element) -> Iterator[str]:
    if not element.get("name"):
        yield "Name must be present and not empty"


def _users(target: Element, attribute: str, model: Model) -> list[Element]:
    """Events and tasks that refer to a root element."""
    references = [
        e for e in model.elements() if attribute in e.attrib and model.by_id.get(e.get(attribute, "")) is target
    ]
    return [e.getparent() if is_a(e, "EventDefinition") else e for e in references]


def _within_top_sub_process(start: Element) -> bool:
    """The vendor looks one level deep: a sub-process that stands directly in a process."""
    parent = start.getparent()
    return is_a(parent, "SubProcess") and is_a(parent.getparent(), "Process")


RULES = [
    ("Process", process),
    ("SubProcess", sub_process),
    ("AdHocSubProcess", ad_hoc),
    ("Activity", activity),
    ("ReceiveTask", receive_task),
    ("Message", message),
    ("Signal", signal),
    ("Escalation", escalation),
]
