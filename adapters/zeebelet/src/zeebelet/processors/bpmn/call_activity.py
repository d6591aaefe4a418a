"""Call activities: an instance of another process runs in their place."""

from __future__ import annotations

from zeebelet.errors import Failure
from zeebelet.graph import Element
from zeebelet.graph.specs import CallSpec
from zeebelet.processors import bindings, expressions, subscriptions, variables
from zeebelet.processors.bpmn import transitions
from zeebelet.processors.bpmn.element import ElementProcessor, release
from zeebelet.processors.context import Context
from zeebelet.records import JsonObject, ProcessInstance
from zeebelet.state.views import Deployed, ElementInstance, ProcessDefinition


class CallActivity(ElementProcessor):
    """Waits for the instance it called."""

    def activate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """Start an instance of the called process."""
        assert element.call is not None
        called = _find(ctx, element.call, instance)
        _check_depth(ctx, instance)
        subscriptions.open_all(ctx, element, instance)
        child = _create(ctx, called, instance)
        variables.set_local(ctx, child, child.process_instance_key, _handed_over(ctx, element.call, instance))
        transitions.activated(ctx, instance)
        ctx.command("PROCESS_INSTANCE", "ACTIVATE_ELEMENT", child.process_instance_key, child)

    def terminate(self, ctx: Context, element: Element, instance: ElementInstance) -> None:
        """End the called instance first."""
        release(ctx, element, instance)
        child = ctx.state.instances.get(instance.called_key)
        if child is None:
            transitions.terminated(ctx, element, instance)
        elif not child.is_terminating:
            transitions.terminate(ctx, child)


def _find(ctx: Context, spec: CallSpec, instance: ElementInstance) -> Deployed[ProcessDefinition]:
    process_id = expressions.string(ctx, spec.process_id, instance.key)
    found = bindings.find(ctx, ctx.state.definitions.processes, process_id, spec.binding, instance)
    if found is None:
        raise Failure("CALLED_ELEMENT_ERROR", _not_found(process_id, spec))
    if not found.value.executable.root.none_start_id:
        raise Failure(
            "CALLED_ELEMENT_ERROR",
            f"Expected process with BPMN process id '{process_id}' to have a none start event, but not found.",
        )
    return found


def _not_found(process_id: str, spec: CallSpec) -> str:
    if spec.binding.type == "versionTag":
        return (
            f"Expected process with BPMN process id '{process_id}' and version tag '{spec.binding.version_tag}' "
            "to be deployed, but not found."
        )
    return f"Expected process with BPMN process id '{process_id}' to be deployed, but not found."


def _check_depth(ctx: Context, instance: ElementInstance) -> None:
    depth = 1
    caller = instance.value.parent_element_instance_key
    while caller > 0:
        depth += 1
        found = ctx.state.instances.get(caller)
        caller = found.value.parent_element_instance_key if found else -1
    if depth >= ctx.config.max_process_depth:
        raise Failure(
            "CALLED_ELEMENT_ERROR",
            f"The call activity has reached the maximum depth of {ctx.config.max_process_depth}. "
            "This is likely due to a recursive call. Cancel the root process instance if this was unintentional. "
            "Otherwise, consider increasing the maximum depth, or use process instance modification to adjust the "
            "process instance.",
        )


def _create(ctx: Context, called: Deployed[ProcessDefinition], instance: ElementInstance) -> ProcessInstance:
    key = ctx.next_key()
    caller = instance.value
    return ProcessInstance(
        bpmn_process_id=called.id,
        version=called.version,
        process_definition_key=called.key,
        process_instance_key=key,
        element_id=called.id,
        flow_scope_key=-1,
        bpmn_element_type="PROCESS",
        bpmn_event_type="UNSPECIFIED",
        parent_process_instance_key=caller.process_instance_key,
        parent_element_instance_key=instance.key,
        tenant_id=caller.tenant_id,
        tags=caller.tags,
        business_id=caller.business_id,
        root_process_instance_key=caller.root_process_instance_key,
    )


def _handed_over(ctx: Context, spec: CallSpec, instance: ElementInstance) -> JsonObject:
    if spec.propagate_all_parent_variables:
        return ctx.state.variables.document(instance.key)
    return ctx.state.variables.local_document(instance.key)


def child_completed(ctx: Context, child: ProcessInstance, result: JsonObject) -> None:
    """The called instance completed: its variables are the call activity's result."""
    caller = ctx.state.instances.get(child.parent_element_instance_key)
    if caller is None:
        return
    element = ctx.state.definitions.element(caller.value.process_definition_key, caller.value.element_id)
    if caller.is_terminating:
        transitions.terminated(ctx, element, caller)
        return
    assert element.call is not None
    if result and (element.outputs or element.call.propagate_all_child_variables):
        transitions.triggering(ctx, caller.value, caller.key, element.id, result)
    transitions.complete(ctx, caller)


def child_terminated(ctx: Context, child: ProcessInstance) -> None:
    """The called instance ended: so does the call activity that waited for that."""
    caller = ctx.state.instances.get(child.parent_element_instance_key)
    if caller is not None and caller.is_terminating:
        element = ctx.state.definitions.element(caller.value.process_definition_key, caller.value.element_id)
        transitions.terminated(ctx, element, caller)
