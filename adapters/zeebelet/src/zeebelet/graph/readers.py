"""From nodes of a model to the specs of an element: one reader per concern."""

from __future__ import annotations

from collections.abc import Iterable

from zeebelet.graph.expression import Expression, compile_expression, compile_feel
from zeebelet.graph.specs import (
    AdHocSpec,
    Binding,
    CallSpec,
    CodeSpec,
    ConditionSpec,
    DecisionSpec,
    FormSpec,
    JobSpec,
    LinkedResource,
    ListenerSpec,
    LoopSpec,
    MappingSpec,
    MessageSpec,
    PublishSpec,
    ScriptSpec,
    TimerSpec,
    UserTaskSpec,
)
from zeebelet.model.tree import Definitions, Node

DEFAULT_RETRIES = "3"
TIMER_KINDS = ("timeDate", "timeDuration", "timeCycle")


def optional(text: str) -> Expression | None:
    """An attribute that may be missing."""
    return compile_expression(text) if text else None


def mappings(node: Node, tag: str) -> tuple[MappingSpec, ...]:
    """The `input` or `output` mappings of an element, in document order."""
    container = node.extension("ioMapping")
    entries: Iterable[Node] = container.every(tag) if container else ()
    return tuple(MappingSpec(_source(entry), tuple(entry.get("target").split("."))) for entry in entries)


def _source(mapping: Node) -> Expression:
    """An input without a source is null (8.8)."""
    source = mapping.get("source")
    return compile_expression(source) if source else compile_feel("null")


def listeners(node: Node, container: str, entry: str, *event_types: str) -> tuple[ListenerSpec, ...]:
    """Execution or task listeners of the given event types (all when none is given), in document order."""
    found = node.extension(container)
    entries: Iterable[Node] = found.every(entry) if found else ()
    return tuple(
        ListenerSpec(
            entry.get("eventType"),
            compile_expression(entry.get("type")),
            compile_expression(entry.get("retries", DEFAULT_RETRIES)),
        )
        for entry in entries
        if not event_types or entry.get("eventType") in event_types
    )


def headers(node: Node) -> dict[str, str]:
    """Task headers; entries without key or value are skipped, as Zeebe does."""
    container = node.extension("taskHeaders")
    entries: Iterable[Node] = container.every("header") if container else ()
    return {entry.get("key"): entry.get("value") for entry in entries if entry.get("key") and entry.get("value")}


def properties(node: Node) -> dict[str, str]:
    """Extension properties; the engine hands them on."""
    container = node.extension("properties")
    entries: Iterable[Node] = container.every("property") if container else ()
    return {entry.get("name"): entry.get("value") for entry in entries}


def binding(node: Node) -> Binding:
    """Which version of a resource is meant."""
    return Binding(node.get("bindingType", "latest"), node.get("versionTag"))


def job(node: Node) -> JobSpec | None:
    """The job of a task with a worker."""
    definition = node.extension("taskDefinition")
    if definition is None:
        return None
    return JobSpec(
        compile_expression(definition.get("type")),
        compile_expression(definition.get("retries", DEFAULT_RETRIES)),
        headers(node),
        _linked_resources(node),
    )


def _linked_resources(node: Node) -> tuple[LinkedResource, ...]:
    container = node.extension("linkedResources")
    entries: Iterable[Node] = container.every("linkedResource") if container else ()
    return tuple(
        LinkedResource(entry.get("resourceId"), entry.get("resourceType"), entry.get("linkName"), binding(entry))
        for entry in entries
    )


def user_task(node: Node) -> UserTaskSpec | None:
    """The attributes of a user task."""
    if node.tag != "userTask":
        return None
    assignment = node.extension("assignmentDefinition") or Node("", {})
    schedule = node.extension("taskSchedule") or Node("", {})
    priority = node.extension("priorityDefinition") or Node("", {})
    return UserTaskSpec(
        native=node.extension("userTask") is not None,
        headers=headers(node),
        form=_form(node),
        assignee=optional(assignment.get("assignee")),
        candidate_groups=optional(assignment.get("candidateGroups")),
        candidate_users=optional(assignment.get("candidateUsers")),
        due_date=optional(schedule.get("dueDate")),
        follow_up_date=optional(schedule.get("followUpDate")),
        priority=optional(priority.get("priority")),
        listeners=_task_listeners(node),
    )


_OLD_LISTENER_NAMES = {
    "create": "creating",
    "assignment": "assigning",
    "update": "updating",
    "complete": "completing",
    "cancel": "canceling",
}


def _task_listeners(node: Node) -> tuple[ListenerSpec, ...]:
    return tuple(
        ListenerSpec(_OLD_LISTENER_NAMES.get(entry.event_type, entry.event_type), entry.type, entry.retries)
        for entry in listeners(node, "taskListeners", "taskListener")
    )


def _form(node: Node) -> FormSpec:
    definition = node.extension("formDefinition")
    if definition is None:
        return FormSpec()
    return FormSpec(
        form_id=optional(definition.get("formId")),
        form_key=definition.get("formKey"),
        external_reference=optional(definition.get("externalReference")),
        binding=binding(definition),
    )


def call(node: Node) -> CallSpec | None:
    """The called process of a call activity; both propagations are on unless switched off."""
    called = node.extension("calledElement")
    if called is None:
        return None
    return CallSpec(
        compile_expression(called.get("processId")),
        binding(called),
        propagate_all_parent_variables=called.flag("propagateAllParentVariables", default=True),
        propagate_all_child_variables=called.flag("propagateAllChildVariables", default=True),
    )


def decision(node: Node) -> DecisionSpec | None:
    """The called decision of a business rule task."""
    called = node.extension("calledDecision")
    if called is None:
        return None
    return DecisionSpec(compile_expression(called.get("decisionId")), binding(called), called.get("resultVariable"))


def script(node: Node) -> ScriptSpec | None:
    """The FEEL script of a script task."""
    found = node.extension("script")
    return (
        None if found is None else ScriptSpec(compile_expression(found.get("expression")), found.get("resultVariable"))
    )


def loop(node: Node) -> LoopSpec | None:
    """The multi-instance marker of an activity."""
    marker = node.child("multiInstanceLoopCharacteristics")
    details = marker and marker.extension("loopCharacteristics")
    if marker is None or details is None:
        return None
    condition = marker.child("completionCondition")
    return LoopSpec(
        sequential=marker.flag("isSequential", default=False),
        input_collection=compile_feel(details.get("inputCollection")),
        input_element=details.get("inputElement"),
        output_collection=details.get("outputCollection"),
        output_element=compile_feel(details.get("outputElement")) if details.get("outputElement") else None,
        completion_condition=compile_feel(condition.text) if condition and condition.text else None,
    )


def ad_hoc(node: Node) -> AdHocSpec | None:
    """What an ad-hoc sub-process does by itself."""
    if node.tag != "adHocSubProcess":
        return None
    details = node.extension("adHoc") or Node("", {})
    condition = node.child("completionCondition")
    return AdHocSpec(
        active_elements=optional(details.get("activeElementsCollection")),
        completion_condition=compile_feel(condition.text) if condition and condition.text else None,
        cancel_remaining=node.flag("cancelRemainingInstances", default=True),
        output_collection=details.get("outputCollection"),
        output_element=compile_feel(details.get("outputElement")) if details.get("outputElement") else None,
    )


def timer(definition: Node) -> TimerSpec | None:
    """The timer of a timer event."""
    found = definition.child(*TIMER_KINDS)
    return TimerSpec(found.tag, compile_expression(found.text)) if found else None


def message(reference: Node | None) -> MessageSpec | None:
    """The message an event or receive task waits for."""
    if reference is None:
        return None
    subscription = reference.extension("subscription")
    return MessageSpec(
        compile_expression(reference.name), optional(subscription.get("correlationKey")) if subscription else None
    )


def publish(definition: Node, reference: Node | None) -> PublishSpec | None:
    """The message a throw event publishes itself; the extension stands in the event definition."""
    found = definition.extension("publishMessage")
    if found is None or reference is None:
        return None
    return PublishSpec(
        compile_expression(reference.name),
        compile_expression(found.get("correlationKey")),
        optional(found.get("messageId")),
        optional(found.get("timeToLive")),
    )


def condition(definition: Node) -> ConditionSpec:
    """The condition of a conditional event, and what makes it worth a look."""
    text = definition.child("condition")
    filters = definition.extension("conditionalFilter") or Node("", {})
    return ConditionSpec(
        compile_feel(text.text if text else ""),
        variable_names=_csv(filters.get("variableNames")),
        variable_events=_csv(filters.get("variableEvents")),
    )


def _csv(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def code(definition: Node, definitions: Definitions, kind: str) -> CodeSpec:
    """The code of an error or escalation event; without a reference or a code it catches all."""
    reference = definitions.reference(definition.get(f"{kind}Ref"))
    text = reference.get(f"{kind}Code") if reference else ""
    return CodeSpec(compile_expression(text) if text else None)
