"""Builds the records that belong to an element instance; positional, because this is the hottest code of the engine."""

from __future__ import annotations

from zeebelet.graph import Element, Flow
from zeebelet.records import ProcessInstance, Variable


def child(
    scope: ProcessInstance, scope_key: int, element: Element, *, flow_id: str = "", inner: bool = False
) -> ProcessInstance:
    """An element below a scope; `inner` is the iteration itself rather than the loop around it."""
    return ProcessInstance(
        scope.bpmn_process_id,
        scope.version,
        scope.process_definition_key,
        scope.process_instance_key,
        element.id,
        scope_key,
        element.type if inner else element.activation_type,
        element.event_type,
        scope.parent_process_instance_key,
        scope.parent_element_instance_key,
        scope.tenant_id,
        scope.tags,
        scope.business_id,
        scope.root_process_instance_key,
        flow_id,
    )


def flow(scope: ProcessInstance, scope_key: int, taken: Flow) -> ProcessInstance:
    """A sequence flow that was taken in a scope."""
    return ProcessInstance(
        scope.bpmn_process_id,
        scope.version,
        scope.process_definition_key,
        scope.process_instance_key,
        taken.id,
        scope_key,
        "SEQUENCE_FLOW",
        "UNSPECIFIED",
        scope.parent_process_instance_key,
        scope.parent_element_instance_key,
        scope.tenant_id,
        scope.tags,
        scope.business_id,
        scope.root_process_instance_key,
    )


def variable(owner: ProcessInstance, scope_key: int, name: str, value: object) -> Variable:
    """A variable of a scope of an instance."""
    return Variable(
        name,
        value,
        scope_key,
        owner.process_instance_key,
        owner.process_definition_key,
        owner.bpmn_process_id,
        owner.tenant_id,
        owner.root_process_instance_key,
    )
