"""Events of element instances and variables."""

from __future__ import annotations

from zeebelet.graph.elements import JOINING
from zeebelet.records import Record
from zeebelet.state import lifecycle
from zeebelet.state.tables import State
from zeebelet.state.tables.instances import ElementInstance


def activating(state: State, record: Record) -> None:
    """A new element instance; the token that led to it is used up."""
    value = record.value
    instance = ElementInstance(record.key, value)
    state.instances.add(instance)
    scope = state.instances.get(value.flow_scope_key)
    if scope is not None:
        _consume_token(state, instance, scope)
        scope.spawned_children += 1
        if scope.value.bpmn_element_type == "MULTI_INSTANCE_BODY":
            instance.loop_counter = scope.spawned_children
    elif value.parent_element_instance_key > 0:
        caller = state.instances.get(value.parent_element_instance_key)
        if caller is not None:
            caller.called_key = record.key


def _consume_token(state: State, instance: ElementInstance, scope: ElementInstance) -> None:
    value = instance.value
    if not value.incoming_flow_id:
        return
    if value.bpmn_element_type not in JOINING:
        scope.active_flows = max(0, scope.active_flows - 1)
        return
    gateway = state.definitions.element(value.process_definition_key, value.element_id)
    joins = scope.joins or {}
    for flow in gateway.incoming:
        waiting = joins.get((gateway.id, flow.id), 0)
        if waiting > 1:
            joins[gateway.id, flow.id] = waiting - 1
        else:
            joins.pop((gateway.id, flow.id), None)
    scope.joins = joins or None


def activated(state: State, record: Record) -> None:
    """It waits."""
    instance = state.instances.get(record.key)
    if instance is not None:
        lifecycle.check(instance.state, record.intent, record.key)
        instance.state = record.intent


def completing(state: State, record: Record) -> None:
    """It has what it waited for; its end listeners start from the first."""
    instance = state.instances.get(record.key)
    if instance is not None:
        lifecycle.check(instance.state, record.intent, record.key)
        instance.state = record.intent
        instance.listener_index = 0


def resumed(state: State, record: Record) -> None:
    """A modification puts something into a scope that an event sub-process had taken over."""
    instance = state.instances.get(record.key)
    if instance is not None:
        instance.interrupted_by = ""


def terminating(state: State, record: Record) -> None:
    """It is being ended from outside."""
    activated(state, record)


def completed(state: State, record: Record) -> None:
    """It is over."""
    _, scope = _remove(state, record)
    if scope is not None:
        scope.completed_children += 1
        if record.value.bpmn_event_type == "TERMINATE":
            scope.interrupted_by = record.value.element_id
            drop_tokens(scope)


def terminated(state: State, record: Record) -> None:
    """It was ended."""
    _, scope = _remove(state, record)
    if scope is not None:
        scope.terminated_children += 1


def _remove(state: State, record: Record) -> tuple[ElementInstance, ElementInstance | None]:
    key = record.key
    living = state.instances.get(key)
    if living is not None:
        lifecycle.check(living.state, record.intent, key)
    instance, scope = state.instances.remove(key)
    state.variables.drop(key)
    state.subscriptions.triggers.drop(key)
    if instance.value.parent_element_instance_key > 0 and scope is None:
        caller = state.instances.get(instance.value.parent_element_instance_key)
        if caller is not None:
            caller.called_key = -1
    if scope is None:
        state.started.unlock(key)
        state.instances.stop_after.pop(key, None)
        state.banned.pop(key, None)
    return instance, scope


def drop_tokens(scope: ElementInstance) -> None:
    """Forget the tokens that move or wait at gateways in a scope."""
    scope.active_flows = 0
    scope.joins = None


def flow_taken(state: State, record: Record) -> None:
    """A token left along a flow; if the flow leads to a joining gateway, it waits there."""
    value = record.value
    scope = state.instances.get(value.flow_scope_key)
    if scope is None:
        return
    flow = state.definitions.process(value.process_definition_key).flows[value.element_id]
    if not flow.joins:
        scope.active_flows += 1
        return
    if scope.joins is None:
        scope.joins = {}
    place = (flow.target_id, flow.id)
    scope.joins[place] = scope.joins.get(place, 0) + 1


def migrated(state: State, record: Record) -> None:
    """An element instance now belongs to another definition."""
    instance = state.instances.get(record.key)
    if instance is None:
        return
    if instance.value.flow_scope_key < 0:
        state.instances.count(instance.value.process_definition_key, -1)
        state.instances.count(record.value.process_definition_key, 1)
    scope = state.instances.get(instance.value.flow_scope_key)
    if scope is not None and scope.interrupted_by == instance.value.element_id:
        scope.interrupted_by = record.value.element_id
    instance.value = record.value


def flow_deleted(state: State, record: Record) -> None:
    """A token waiting at a gateway was taken away (modification)."""
    value = record.value
    scope = state.instances.get(value.flow_scope_key)
    if scope is None or not scope.joins:
        return
    flow = state.definitions.process(value.process_definition_key).flows[value.element_id]
    scope.joins.pop((flow.target_id, flow.id), None)
    scope.joins = scope.joins or None


def collection_evaluated(state: State, record: Record) -> None:
    """A multi-instance body knows how many iterations it was activated for."""
    body = state.instances.get(record.key)
    if body is not None:
        body.loop_total = len(record.value.input_collection)


def ad_hoc_fulfilled(state: State, record: Record) -> None:
    """An ad-hoc sub-process starts nothing more by itself."""
    instance = state.instances.get(record.value.ad_hoc_sub_process_instance_key)
    if instance is not None:
        instance.fulfilled = True


def instance_created(state: State, record: Record) -> None:
    """A client created an instance, perhaps only to run up to some element."""
    value = record.value
    if value.terminate_after:
        state.instances.stop_after[value.process_instance_key] = value.terminate_after


def set_variable(state: State, record: Record) -> None:
    """A variable was created or changed; its key stays."""
    value = record.value
    state.variables.put(value.scope_key, value.name, (record.key, value.value))


def nothing(_state: State, _record: Record) -> None:
    """The event tells something that is not kept."""


APPLIERS = {
    ("PROCESS_INSTANCE", "ELEMENT_ACTIVATING"): activating,
    ("PROCESS_INSTANCE", "ELEMENT_ACTIVATED"): activated,
    ("PROCESS_INSTANCE", "ELEMENT_COMPLETING"): completing,
    ("PROCESS_INSTANCE", "ELEMENT_COMPLETED"): completed,
    ("PROCESS_INSTANCE", "ELEMENT_TERMINATING"): terminating,
    ("PROCESS_INSTANCE", "ELEMENT_TERMINATED"): terminated,
    ("PROCESS_INSTANCE", "ELEMENT_RESUMED"): resumed,
    ("PROCESS_INSTANCE", "ELEMENT_MIGRATED"): migrated,
    ("PROCESS_INSTANCE", "ANCESTOR_MIGRATED"): nothing,
    ("PROCESS_INSTANCE", "SEQUENCE_FLOW_TAKEN"): flow_taken,
    ("PROCESS_INSTANCE", "SEQUENCE_FLOW_DELETED"): flow_deleted,
    ("MULTI_INSTANCE", "INPUT_COLLECTION_EVALUATED"): collection_evaluated,
    ("PROCESS_INSTANCE_CREATION", "CREATED"): instance_created,
    ("PROCESS_INSTANCE_RESULT", "COMPLETED"): nothing,
    ("PROCESS_INSTANCE_MODIFICATION", "MODIFIED"): nothing,
    ("PROCESS_INSTANCE_MIGRATION", "MIGRATED"): nothing,
    ("AD_HOC_SUB_PROCESS_INSTRUCTION", "ACTIVATED"): nothing,
    ("AD_HOC_SUB_PROCESS_INSTRUCTION", "COMPLETED"): ad_hoc_fulfilled,
    ("VARIABLE", "CREATED"): set_variable,
    ("VARIABLE", "UPDATED"): set_variable,
    ("VARIABLE", "MIGRATED"): set_variable,
    ("VARIABLE_DOCUMENT", "UPDATED"): nothing,
    ("ESCALATION", "ESCALATED"): nothing,
    ("ESCALATION", "NOT_ESCALATED"): nothing,
    ("DECISION_EVALUATION", "EVALUATED"): nothing,
    ("DECISION_EVALUATION", "FAILED"): nothing,
    ("CONDITIONAL_EVALUATION", "EVALUATED"): nothing,
}
