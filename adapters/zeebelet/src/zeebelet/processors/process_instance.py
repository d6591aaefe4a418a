"""Commands on process instances."""

from __future__ import annotations

from zeebelet.errors import invalid_state, not_found
from zeebelet.processors.bpmn import registry
from zeebelet.processors.context import Context
from zeebelet.records import Record
from zeebelet.state.views import ElementInstance


def cancel(ctx: Context, command: Record) -> None:
    """PROCESS_INSTANCE/CANCEL: answered when termination starts."""
    instance = _root(ctx, command.key)
    element = ctx.state.definitions.element(instance.value.process_definition_key, instance.value.element_id)
    event = ctx.event("PROCESS_INSTANCE", "ELEMENT_TERMINATING", instance.key, instance.value)
    ctx.answer(command, event)
    registry.processor("PROCESS").terminate(ctx, element, instance)


def _root(ctx: Context, key: int) -> ElementInstance:
    instance = ctx.state.instances.get(key)
    if instance is None or instance.value.bpmn_element_type != "PROCESS" or instance.is_terminating:
        raise not_found(f"Expected to cancel a process instance with key '{key}', but no such process was found")
    if instance.value.parent_process_instance_key > 0:
        raise invalid_state(
            f"Expected to cancel a process instance with key '{key}', but it is created by a parent process instance. "
            f"Cancel the root process instance '{instance.value.root_process_instance_key}' instead."
        )
    return instance


PROCESSORS = {("PROCESS_INSTANCE", "CANCEL"): cancel}
