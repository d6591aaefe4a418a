"""Stops an instance that never comes to a wait state: its next step becomes an incident, everything else goes on."""

from __future__ import annotations

from zeebelet.errors import Failure
from zeebelet.processors import incidents
from zeebelet.processors.context import Context
from zeebelet.records import ProcessInstance, Record
from zeebelet.state.views import ElementInstance


def stop(ctx: Context) -> None:
    """Take the steps of the instance that is next in turn out of the queue."""
    queue = ctx.writers.queue
    busy = next((command.value for command in queue if isinstance(command.value, ProcessInstance)), None)
    if busy is None:
        return
    mine = [command for command in queue if _belongs(command, busy.process_instance_key)]
    for command in mine:
        queue.remove(command)
    stuck = _stuck(ctx, mine, busy.process_instance_key)
    if stuck is not None:
        incidents.raise_for_element(ctx, stuck, Failure("UNKNOWN", _text(ctx, busy)))


def _belongs(command: Record, process_instance_key: int) -> bool:
    return isinstance(command.value, ProcessInstance) and command.value.process_instance_key == process_instance_key


def _stuck(ctx: Context, commands: list[Record], process_instance_key: int) -> ElementInstance | None:
    """The element the incident is shown at: one that was about to go on, or else the process."""
    for command in commands:
        instance = ctx.state.instances.get(command.key)
        if instance is not None:
            return instance
    return ctx.state.instances.get(process_instance_key)


def _text(ctx: Context, busy: ProcessInstance) -> str:
    return (
        f"Expected process instance '{busy.process_instance_key}' of process '{busy.bpmn_process_id}' to come to a wait "
        f"state, but it went on for {ctx.config.max_steps_per_command} steps. Its model probably loops without waiting. "
        "Cancel the instance and correct the model."
    )
