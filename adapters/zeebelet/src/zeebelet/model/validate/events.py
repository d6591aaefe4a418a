"""Rules of events: how many definitions, which kinds, and what each definition must refer to."""

from __future__ import annotations

from collections.abc import Iterator

from zeebelet.model.validate.model import (
    Element,
    Model,
    child,
    event_definitions,
    extensions,
    has_definition,
    is_a,
    true,
)
from zeebelet.model.validate.types import SUPPORTED_EVENT_DEFINITIONS, ZEEBE, type_of


def _one_of(*kinds: str) -> tuple[str, ...]:
    return tuple(f"{kind}EventDefinition" for kind in kinds)


BOUNDARY = _one_of("Timer", "Message", "Error", "Signal", "Escalation", "Compensate", "Conditional")
CATCH = _one_of("Message", "Timer", "Signal", "Link", "Conditional")
END = _one_of("Error", "Message", "Terminate", "Signal", "Escalation", "Compensate")
NON_INTERRUPTING = _one_of("Message", "Timer", "Signal", "Escalation", "Conditional")


def listeners(element: Element) -> list[Element]:
    """The execution listeners of an element that declares them once."""
    declared = extensions(element, "executionListeners")
    return declared[0].findall(f"{{{ZEEBE}}}executionListener") if len(declared) == 1 else []


def listens_to(element: Element, event_type: str) -> bool:
    """Whether an execution listener of the event type is declared."""
    return any(listener.get("eventType") == event_type for listener in listeners(element))


def one_listener_list(element: Element, _model: Model) -> Iterator[str]:
    """Execution listeners stand in one list."""
    if len(extensions(element, "executionListeners")) > 1:
        yield "Element must not have more than one execution listeners definition"


def boundary_event(event: Element, model: Model) -> Iterator[str]:
    """A boundary event sits on an activity and has exactly one definition of a kind it can catch."""
    attached = model.reference(event, "attachedToRef", "Activity")
    definitions = event_definitions(event)
    if attached is None:
        yield "Must be attached to an activity"
    if model.flows_in(event):
        yield "Cannot have incoming sequence flows"
    if has_definition(event, "CompensateEventDefinition") and (model.flows_out(event) or not _associated(event, model)):
        yield "Compensation boundary events must have a compensation association and no outgoing sequence flows"
    if len(definitions) != 1:
        yield "Must have exactly one event definition"
    for definition in definitions:
        if not is_a(definition, *BOUNDARY):
            yield "Boundary events must be one of: timer, message, error, signal, escalation, conditional"
    interrupting = event.get("cancelActivity") is None or true(event.get("cancelActivity"))
    for definition in definitions:
        yield from interrupting_rules(definition, interrupting=interrupting)
        if is_a(definition, "EscalationEventDefinition") and not is_a(attached, "SubProcess", "CallActivity"):
            yield "An escalation boundary event should only be attached to a subprocess, or a call activity."


def _associated(event: Element, model: Model) -> bool:
    return any(a.get("sourceRef") == event.get("id") for a in model.elements() if is_a(a, "Association"))


def boundary_listeners(event: Element, _model: Model) -> Iterator[str]:
    """A boundary event has no start phase; a compensation boundary event has no phase at all."""
    first = event_definitions(event)[:1]
    if first and is_a(first[0], "CompensateEventDefinition") and listeners(event):
        yield "Execution listeners of type 'start' and 'end' are not supported by [compensation] boundary events"
    elif listens_to(event, "start"):
        yield "Execution listeners of type 'start' are not supported by boundary events"


def interrupting_rules(definition: Element, *, interrupting: bool) -> Iterator[str]:
    """What may interrupt, and what may go on beside."""
    if not interrupting and not is_a(definition, *NON_INTERRUPTING):
        yield "Non-Interrupting event of this type is not allowed"
    if interrupting and is_a(definition, "TimerEventDefinition") and child(definition, "timeCycle") is not None:
        yield "Interrupting timer event with time cycle is not allowed."


def start_event(event: Element, _model: Model) -> Iterator[str]:
    """A start event has one reason to start."""
    if len(event_definitions(event)) > 1:
        yield "Start event can't have more than one type"
    if listens_to(event, "start"):
        yield "Execution listeners of type 'start' are not supported by start events"


def catch_event(event: Element, _model: Model) -> Iterator[str]:
    """An intermediate catch event waits for exactly one thing."""
    definitions = event_definitions(event)
    if len(definitions) != 1:
        yield "Must have exactly one event definition"
        return
    if not is_a(definitions[0], *CATCH):
        yield "Event definition must be one of: message, timer, signal, link or conditional"
    timed = is_a(definitions[0], "TimerEventDefinition")
    if timed and child(definitions[0], "timeDuration") is None and child(definitions[0], "timeDate") is None:
        yield "Intermediate timer catch event must have either a time duration or a time date."


def throw_event(event: Element, _model: Model) -> Iterator[str]:
    """A compensation throw event waits for its handlers."""
    if any(_does_not_wait(d) for d in event_definitions(event)):
        yield "A compensation intermediate throwing event waitForCompletion attribute must be true or not present"


def end_event(event: Element, model: Model) -> Iterator[str]:
    """An end event ends: no flow leaves it, and at most one thing is thrown."""
    definitions = event_definitions(event)
    if model.flows_out(event):
        yield "End events must not have outgoing sequence flows to other elements."
    if len(definitions) > 1:
        yield "Must have at most one event definition"
    for definition in definitions:
        if not is_a(definition, *END):
            yield "End events must be one of: none, error, message, terminate, signal, escalation or compensation"
        if _does_not_wait(definition):
            yield "A compensation end event waitForCompletion attribute must be true or not present"
    if definitions and is_a(definitions[0], "ErrorEventDefinition") and listens_to(event, "end"):
        yield "Execution listeners of type 'end' are not supported by [error] end events"


def _does_not_wait(definition: Element) -> bool:
    waits = definition.get("waitForCompletion")
    return is_a(definition, "CompensateEventDefinition") and waits is not None and waits.strip().lower() != "true"


def gateway_listeners(gateway: Element, _model: Model) -> Iterator[str]:
    """A gateway has no end phase."""
    if listens_to(gateway, "end"):
        yield "Execution listeners of type 'end' are not supported by gateway element"


def supported_definition(definition: Element, _model: Model) -> Iterator[str]:
    """Kinds of events the engine does not know are named."""
    if type_of(definition.tag.rpartition("}")[2]) not in SUPPORTED_EVENT_DEFINITIONS:
        yield "Event definition of this type is not supported"


def timer_definition(definition: Element, _model: Model) -> Iterator[str]:
    """A timer is a duration, a date or a cycle."""
    if sum(child(definition, name) is not None for name in ("timeDuration", "timeCycle", "timeDate")) != 1:
        yield "Must be exactly one type of timer: timeDuration, timeDate or timeCycle"


def message_definition(definition: Element, model: Model) -> Iterator[str]:
    """Who catches a message names it."""
    if not is_a(definition.getparent(), "ThrowEvent") and model.reference(definition, "messageRef", "Message") is None:
        yield "Must reference a message"


def signal_definition(definition: Element, model: Model) -> Iterator[str]:
    """A signal event names its signal."""
    if model.reference(definition, "signalRef", "Signal") is None:
        yield "Must reference a signal"


def link_definition(definition: Element, _model: Model) -> Iterator[str]:
    """A link has a name to meet its other end."""
    if not definition.get("name"):
        yield "Link name must be present and not empty."


def error_definition(definition: Element, model: Model) -> Iterator[str]:
    """Who throws an error names its code; who catches one knows it before the process starts."""
    error = model.reference(definition, "errorRef", "Error")
    code = None if error is None else error.get("errorCode")
    if is_a(definition.getparent(), "EndEvent"):
        if error is None:
            yield "Must reference an error"
        elif not code:
            yield "ErrorCode must be present and not empty"
    elif code is not None and code.startswith("="):
        yield "The errorCode of the error catch event is not allowed to be an expression"


def escalation_definition(definition: Element, model: Model) -> Iterator[str]:
    """As for errors."""
    escalation = model.reference(definition, "escalationRef", "Escalation")
    parent = definition.getparent()
    if is_a(parent, "IntermediateThrowEvent", "EndEvent") and escalation is None:
        yield "Must reference an escalation"
    if (
        is_a(parent, "CatchEvent")
        and escalation is not None
        and (escalation.get("escalationCode") or "").startswith("=")
    ):
        yield "The escalationCode of the escalation catch event is not allowed to be an expression"


def compensation_definition(definition: Element, model: Model) -> Iterator[str]:
    """A compensation that names an activity names one that can be undone from here."""
    reference = definition.get("activityRef")
    activity = model.reference(definition, "activityRef", "Activity")
    if activity is None:
        if reference:
            yield f"The referenced compensation activity '{reference}' doesn't exist"
        return
    own = is_a(activity, "SubProcess") and not true(activity.get("triggeredByEvent"))
    if not own and not any(is_a(d, "CompensateEventDefinition") for d in model.boundary_definitions(activity)):
        yield (
            f"The referenced compensation activity '{activity.get('id')}' must have either a compensation boundary event"
            " or be a subprocess"
        )
    if not _same_scope(definition, activity):
        yield (
            f"The referenced compensation activity '{activity.get('id')}' must be in the same scope as the compensation"
            " throw event"
        )


def _same_scope(definition: Element, activity: Element) -> bool:
    """In the thrower's own scope, or around the event sub-process it stands in."""
    scopes = [definition.getparent().getparent()]
    if is_a(scopes[0], "SubProcess") and true(scopes[0].get("triggeredByEvent")):
        scopes.append(scopes[0].getparent())
    return any(scope is activity.getparent() for scope in scopes)


def condition(element: Element, _model: Model) -> Iterator[str]:
    """A conditional event says when."""
    if not element.text:
        yield "Attribute 'condition' must be present and not empty"


RULES = [
    ("BoundaryEvent", boundary_event),
    ("BoundaryEvent", one_listener_list),
    ("BoundaryEvent", boundary_listeners),
    ("StartEvent", one_listener_list),
    ("StartEvent", start_event),
    ("IntermediateCatchEvent", catch_event),
    ("IntermediateThrowEvent", throw_event),
    ("EndEvent", one_listener_list),
    ("EndEvent", end_event),
    ("Gateway", one_listener_list),
    ("Gateway", gateway_listeners),
    ("EventDefinition", supported_definition),
    ("TimerEventDefinition", timer_definition),
    ("MessageEventDefinition", message_definition),
    ("SignalEventDefinition", signal_definition),
    ("LinkEventDefinition", link_definition),
    ("ErrorEventDefinition", error_definition),
    ("EscalationEventDefinition", escalation_definition),
    ("CompensateEventDefinition", compensation_definition),
    ("Condition", condition),
]
