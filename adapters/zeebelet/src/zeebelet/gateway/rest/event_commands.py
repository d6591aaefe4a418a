"""Commands that concern no instance in particular: messages, signals, decisions, conditions, the clock, resources."""

from __future__ import annotations

from typing import Any

from zeebelet.gateway import documents
from zeebelet.gateway.commands import Command
from zeebelet.gateway.errors import ForbiddenError
from zeebelet.gateway.rest.context import Call, key_of
from zeebelet.gateway.rest.evaluations import evaluated_decision
from zeebelet.records import (
    ClockChange,
    ConditionalEvaluation,
    DecisionEvaluation,
    JsonObject,
    Message,
    MessageCorrelation,
    Record,
    ResourceDeletion,
    Signal,
)


def publish_message(call: Call) -> Command:
    """Returns the command that publishes a message."""
    body = call.body
    value = Message(
        body["name"],
        body["correlationKey"],
        body["timeToLive"],
        body.get("messageId", ""),
        body.get("variables", {}),
    )
    return Command("MESSAGE", "PUBLISH", value)


def published(record: Record) -> JsonObject:
    """Returns the answer to a publication."""
    return {"tenantId": record.value.tenant_id, "messageKey": str(record.key)}


def correlate_message(call: Call) -> Command:
    """Returns the command that correlates a message now or not at all."""
    body = call.body
    value = MessageCorrelation(body["name"], body["correlationKey"], body.get("variables", {}))
    return Command("MESSAGE_CORRELATION", "CORRELATE", value)


def correlated(record: Record) -> JsonObject:
    """Returns the answer to a correlation."""
    value = record.value
    message_key = value.message_key if value.message_key > 0 else record.key
    return {
        "tenantId": value.tenant_id,
        "messageKey": str(message_key),
        "processInstanceKey": str(value.process_instance_key),
    }


def broadcast(call: Call) -> Command:
    """Returns the command that broadcasts a signal."""
    return Command("SIGNAL", "BROADCAST", Signal(call.body["signalName"], call.body.get("variables", {})))


def broadcasted(record: Record) -> JsonObject:
    """Returns the answer to a broadcast."""
    return {"tenantId": record.value.tenant_id, "signalKey": str(record.key)}


def evaluate_decision(call: Call) -> Command:
    """Returns the command that evaluates a decision."""
    body = call.body
    value = DecisionEvaluation(
        body.get("decisionDefinitionId", ""), key_of(body, "decisionDefinitionKey"), body.get("variables", {})
    )
    return Command("DECISION_EVALUATION", "EVALUATE", value)


def decision_evaluated(record: Record) -> JsonObject:
    """Returns the answer to an evaluation; a failed one is an answer, too."""
    value = record.value
    return {
        "decisionDefinitionId": value.decision_id,
        "decisionDefinitionKey": str(value.decision_key),
        "decisionDefinitionName": value.decision_name,
        "decisionDefinitionVersion": value.decision_version,
        "decisionEvaluationKey": str(record.key),
        "decisionInstanceKey": str(record.key),
        "decisionRequirementsId": value.decision_requirements_id,
        "decisionRequirementsKey": str(value.decision_requirements_key),
        "evaluatedDecisions": [
            evaluated_decision(f"{record.key}-{index}", decision)
            for index, decision in enumerate(value.evaluated_decisions, 1)
        ],
        "failedDecisionDefinitionId": value.failed_decision_id or None,
        "failureMessage": value.evaluation_failure_message or None,
        "output": documents.text(value.decision_output),
        "tenantId": value.tenant_id,
    }


def evaluate_conditionals(call: Call) -> Command:
    """Returns the command that evaluates conditional start events."""
    value = ConditionalEvaluation(call.body["variables"], key_of(call.body, "processDefinitionKey"))
    return Command("CONDITIONAL_EVALUATION", "EVALUATE", value)


def conditionals_evaluated(record: Record) -> JsonObject:
    """Returns the answer to an evaluation of conditional start events."""
    return {
        "conditionalEvaluationKey": str(record.key),
        "tenantId": record.value.tenant_id,
        "processInstances": [
            {"processDefinitionKey": str(definition), "processInstanceKey": str(instance)}
            for definition, instance in record.value.started
        ],
    }


def delete_resource(call: Call) -> Command:
    """Returns the command that deletes a definition."""
    key = call.key("resourceKey")
    return Command("RESOURCE_DELETION", "DELETE", ResourceDeletion(key), key)


def resource_deleted(record: Record) -> JsonObject:
    """Returns the answer to a deletion."""
    return {"resourceKey": str(record.value.resource_key), "batchOperation": None}


def check_clock_control(call: Call) -> None:
    """Refuses to move the clock of an engine that was started with a fixed one."""
    if not call.services.clock_control:
        raise ForbiddenError("The clock of this engine cannot be moved: it was started with --no-clock-control.")


async def pin_clock(call: Call) -> Any:
    """Makes the clock stand still at a moment."""
    check_clock_control(call)
    await call.services.commands.ask(Command("CLOCK", "PIN", ClockChange(call.body["timestamp"])))
    call.services.clock_moved()


async def reset_clock(call: Call) -> Any:
    """Lets the clock follow the wall clock again."""
    check_clock_control(call)
    await call.services.commands.ask(Command("CLOCK", "RESET", ClockChange()))
    call.services.clock_moved()
