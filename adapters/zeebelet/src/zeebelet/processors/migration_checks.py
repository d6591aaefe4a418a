"""What a migration may not ask for, in Zeebe's words."""

from __future__ import annotations

from dataclasses import dataclass

from zeebelet.errors import Rejection, invalid_argument, invalid_state, not_found
from zeebelet.graph import Element, ExecutableProcess
from zeebelet.graph.elements import INNER_INSTANCE
from zeebelet.processors import migration_events
from zeebelet.processors.context import Context
from zeebelet.processors.process_instance_modification import living
from zeebelet.records import ProcessInstanceMigration
from zeebelet.state.views import Deployed, ElementInstance, ProcessDefinition


@dataclass(frozen=True, slots=True)
class Plan:
    """A migration that was checked."""

    source: ExecutableProcess
    target: Deployed[ProcessDefinition]
    mapping: dict[str, str]
    instances: list[ElementInstance]

    def element_id(self, instance: ElementInstance) -> str:
        """The element an instance becomes one of."""
        source_id = instance.value.element_id
        if instance.value.bpmn_element_type == "PROCESS":
            return self.target.id
        if source_id.endswith(INNER_INSTANCE):
            return self.mapping[source_id.removesuffix(INNER_INSTANCE)] + INNER_INSTANCE
        return self.mapping[source_id]


def check(ctx: Context, asked: ProcessInstanceMigration) -> Plan:
    """Refuse a migration that cannot be carried out; nothing has changed then."""
    key = asked.process_instance_key
    root = ctx.state.instances.get(key)
    if root is None or root.value.bpmn_element_type != "PROCESS" or root.is_terminating:
        raise not_found(f"Expected to migrate process instance but no process instance found with key '{key}'")
    target = ctx.state.definitions.processes.get(asked.target_process_definition_key)
    if target is None:
        raise not_found(
            f"Expected to migrate process instance to process definition but no process definition found with key "
            f"'{asked.target_process_definition_key}'"
        )
    source = ctx.state.definitions.process(root.value.process_definition_key)
    mapping = _mapping(key, asked, source, target.value.executable)
    plan = Plan(source, target, mapping, list(living(ctx, root)))
    for instance in plan.instances:
        if instance.value.bpmn_element_type != "PROCESS":
            _check_instance(plan, key, instance)
        _check_events(plan, key, instance)
        _check_waiting_tokens(plan, key, instance)
    return plan


def _refuse(key: int, what: str) -> Rejection:
    return invalid_state(f"Expected to migrate process instance '{key}' but {what}")


def _mapping(
    key: int, asked: ProcessInstanceMigration, source: ExecutableProcess, target: ExecutableProcess
) -> dict[str, str]:
    mapping: dict[str, str] = {}
    for instruction in asked.mapping_instructions:
        source_id, target_id = instruction.source_element_id, instruction.target_element_id
        if source_id in mapping:
            raise invalid_argument(
                f"Expected to migrate process instance '{key}' but the mapping instructions contain duplicate source "
                f"element ids '[{source_id}]'."
            )
        for element_id, process, role in ((source_id, source, "source"), (target_id, target, "target")):
            if element_id not in process.elements and element_id not in process.flows:
                raise invalid_argument(
                    f"Expected to migrate process instance '{key}' but mapping instructions contain a non-existing "
                    f"{role} element id '{element_id}'. Elements provided in mapping instructions must exist in the "
                    f"{role} process definition."
                )
        mapping[source_id] = target_id
    return mapping


def _check_instance(plan: Plan, key: int, instance: ElementInstance) -> None:
    element_id = instance.value.element_id.removesuffix(INNER_INSTANCE)
    if element_id not in plan.mapping:
        raise _refuse(
            key,
            f"no mapping instruction defined for active element with id '{element_id}'. "
            "Elements cannot be migrated without a mapping.",
        )
    source = plan.source.elements[element_id]
    target = plan.target.value.executable.elements.get(plan.mapping[element_id])
    if target is None:
        raise _refuse(key, f"active element with id '{element_id}' is mapped to a sequence flow.")
    _check_types(key, source, target)
    _check_scope(plan, key, instance, target)


def _check_events(plan: Plan, key: int, instance: ElementInstance) -> None:
    after = plan.target.value.executable
    source = plan.source.elements.get(instance.value.element_id)
    target = after.elements.get(plan.element_id(instance))
    if source is not None and target is not None:
        migration_events.check(key, migration_events.Pair(source, target, plan.source, after), plan.mapping)


def _check_waiting_tokens(plan: Plan, key: int, instance: ElementInstance) -> None:
    """A token that waits at a gateway needs the same flow into the target's gateway."""
    for gateway_id, flow_id in instance.joins or ():
        target = plan.mapping.get(gateway_id)
        flow = plan.target.value.executable.flows.get(flow_id)
        if target is None:
            raise _refuse(
                key,
                f"no mapping instruction defined for gateway with id '{gateway_id}' that has tokens waiting. "
                "Elements cannot be migrated without a mapping.",
            )
        if flow is None or flow.target_id != target:
            raise _refuse(
                key,
                f"gateway with id '{gateway_id}' has a token waiting on the sequence flow '{flow_id}', which does not lead to "
                f"the target element with id '{target}'. The flow must exist with the same id.",
            )


def _check_types(key: int, source: Element, target: Element) -> None:
    start = f"active element with id '{source.id}' and type '{source.activation_type}' is mapped to an element with id"
    if source.activation_type != target.activation_type or source.type != target.type:
        raise _refuse(
            key,
            f"{start} '{target.id}' and different type '{target.activation_type}'. "
            "Elements must be mapped to elements of the same type.",
        )
    if source.event_type != target.event_type:
        raise _refuse(
            key,
            f"active element with id '{source.id}' and event type '{source.event_type}' is mapped to an element with id "
            f"'{target.id}' and different event type '{target.event_type}'. "
            "Elements must be mapped to elements of the same event type.",
        )
    if source.loop and target.loop and source.loop.sequential != target.loop.sequential:
        raise _refuse(
            key,
            f"active element with id '{source.id}' has a different loop characteristics than the target element with id "
            f"'{target.id}'. Both elements must have either sequential or parallel loop characteristics.",
        )
    if source.user_task and target.user_task and source.user_task.native != target.user_task.native:
        names = {True: "zeebe user task", False: "job worker"}
        raise _refuse(
            key,
            f"active user task with id '{source.id}' and implementation '{names[source.user_task.native]}' is mapped to "
            f"an user task with id '{target.id}' and different implementation '{names[target.user_task.native]}'. "
            "Elements must be mapped to elements of the same implementation.",
        )


def _check_scope(plan: Plan, key: int, instance: ElementInstance, target: Element) -> None:
    """The scope an instance lies in must be mapped to the scope its target lies in."""
    source = plan.source.elements[instance.value.element_id.removesuffix(INNER_INSTANCE)]
    expected = plan.target.id if source.scope_id == plan.source.id else plan.mapping.get(source.scope_id)
    if expected != target.scope_id:
        raise _refuse(
            key,
            f"the flow scope of active element with id '{source.id}' is changed. "
            f"The flow scope of the active element is expected to be '{source.scope_id}' but was '{target.scope_id}'. "
            "The flow scope of an element cannot be changed during migration yet.",
        )
