"""Every operation and who answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from zeebelet.gateway.commands import Command
from zeebelet.gateway.rest import (
    batches,
    cluster,
    deployments,
    event_commands,
    instance_commands,
    statistics,
    work_commands,
)
from zeebelet.gateway.rest.context import Call
from zeebelet.gateway.rest.lookups import LOOKUPS
from zeebelet.gateway.rest.searches import SEARCHES, answer
from zeebelet.records import Record


def _nothing(record: Record) -> None:
    """A command without an answer of its own."""


class Asks(NamedTuple):
    """An operation that is a command: what it asks, and what its answer is made of."""

    command: Callable[[Call], Command]
    answer: Callable[[Record], Any] = _nothing


COMMANDS: dict[str, Asks] = {
    "activateAdHocSubProcessActivities": Asks(instance_commands.activate_ad_hoc),
    "assignUserTask": Asks(work_commands.assign_task),
    "broadcastSignal": Asks(event_commands.broadcast, event_commands.broadcasted),
    "cancelProcessInstance": Asks(lambda call: instance_commands.cancel(call.key("processInstanceKey"))),
    "completeJob": Asks(work_commands.complete_job),
    "completeUserTask": Asks(work_commands.complete_task),
    "correlateMessage": Asks(event_commands.correlate_message, event_commands.correlated),
    "createElementInstanceVariables": Asks(instance_commands.set_variables),
    "deleteResource": Asks(event_commands.delete_resource, event_commands.resource_deleted),
    "evaluateConditionals": Asks(event_commands.evaluate_conditionals, event_commands.conditionals_evaluated),
    "evaluateDecision": Asks(event_commands.evaluate_decision, event_commands.decision_evaluated),
    "failJob": Asks(work_commands.fail_job),
    "migrateProcessInstance": Asks(lambda call: instance_commands.migrate(call.key("processInstanceKey"), call.body)),
    "modifyProcessInstance": Asks(instance_commands.modify),
    "publishMessage": Asks(event_commands.publish_message, event_commands.published),
    "resolveIncident": Asks(lambda call: instance_commands.resolve_incident(call.key("incidentKey"))),
    "throwJobError": Asks(work_commands.throw_error),
    "unassignUserTask": Asks(work_commands.unassign_task),
    "updateJob": Asks(work_commands.update_job),
    "updateUserTask": Asks(work_commands.update_task),
}


def _evaluate_expression(call: Call) -> Any:
    # FEEL is imported when it is first asked for: most starts of the engine do not need it here.
    from zeebelet.gateway.rest.expressions import evaluate

    return evaluate(call)


Handler = Callable[[Call], Any]
HANDLERS: dict[str, Handler] = {
    **LOOKUPS,
    "activateJobs": work_commands.activate_jobs,
    "cancelBatchOperation": batches.cancel,
    "cancelProcessInstancesBatchOperation": batches.cancel_instances,
    "createDeployment": deployments.create,
    "createProcessInstance": instance_commands.create,
    "deleteProcessInstance": batches.delete_instance,
    "deleteProcessInstancesBatchOperation": batches.delete_instances,
    "evaluateExpression": _evaluate_expression,
    "getAuthentication": cluster.me,
    "getLicense": cluster.license_of,
    "getProcessDefinitionStatistics": statistics.of_definition,
    "getProcessInstanceStatistics": statistics.of_instance,
    "getStatus": cluster.status,
    "getSystemConfiguration": cluster.configuration,
    "getTopology": cluster.topology,
    "migrateProcessInstancesBatchOperation": batches.migrate_instances,
    "modifyProcessInstancesBatchOperation": batches.modify_instances,
    "pinClock": event_commands.pin_clock,
    "resetClock": event_commands.reset_clock,
    "resolveIncidentsBatchOperation": batches.resolve_incidents,
    "resolveProcessInstanceIncidents": batches.resolve_instance_incidents,
    "resumeBatchOperation": batches.resume,
    "suspendBatchOperation": batches.suspend,
}


def _asking(asks: Asks) -> Handler:
    async def handle(call: Call) -> Any:
        return asks.answer(await call.services.commands.ask(asks.command(call), timeout=30.0))

    return handle


def _searching(operation: str) -> Handler:
    return lambda call: answer(operation, call)


def handlers() -> dict[str, Handler]:
    """Returns the handler of every operation."""
    return {
        **HANDLERS,
        **{name: _asking(asks) for name, asks in COMMANDS.items()},
        **{name: _searching(name) for name in SEARCHES},
    }
