"""What each unary RPC asks of the engine: the request's message becomes a command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zeebelet.gateway.commands import Command, check_partition
from zeebelet.gateway.documents import document
from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.jobs import BLANK_JOB
from zeebelet.records import (
    DEFAULT_TENANT,
    ActivateInstruction,
    ConditionalEvaluation,
    DecisionEvaluation,
    Deployment,
    DeploymentResource,
    Incident,
    JobBatch,
    JsonObject,
    MappingInstruction,
    Message,
    MoveInstruction,
    ProcessInstance,
    ProcessInstanceCreation,
    ProcessInstanceMigration,
    ProcessInstanceModification,
    ResourceDeletion,
    Signal,
    StartInstruction,
    TerminateInstruction,
    VariableDocument,
    VariableInstruction,
)

BLANK_INSTANCE = ProcessInstance("", -1, -1, -1, "", -1, "PROCESS")
BLANK_INCIDENT = Incident("", "", "", -1, -1, "", -1)


def check_tenants(request: Any, rpc: str) -> None:
    """Refuses any tenant but the default one: this engine has no multi-tenancy."""
    tenants = list(getattr(request, "tenantIds", ())) or [getattr(request, "tenantId", "")]
    for tenant in tenants:
        if tenant not in ("", DEFAULT_TENANT):
            raise InvalidRequestError(
                f"Expected to handle gRPC request {rpc} with tenant identifier '{tenant}', "
                "but multi-tenancy is disabled"
            )


def _on_partition(key: int) -> int:
    check_partition(key)
    return key


def _job_result(request: Any) -> JsonObject | None:
    if not request.HasField("result"):
        return None
    result = request.result
    found: JsonObject = {
        "type": result.type or "userTask",
        "activateElements": [
            {"elementId": element.elementId, "variables": document(element.variables)}
            for element in result.activateElements
        ],
    }
    for name in ("denied", "deniedReason", "isCompletionConditionFulfilled", "isCancelRemainingInstances"):
        if result.HasField(name):
            found[name] = getattr(result, name)
    if result.HasField("corrections"):
        found["corrections"] = _corrections(result.corrections)
    return found


def _corrections(corrections: Any) -> JsonObject:
    plain = {
        name: getattr(corrections, name)
        for name in ("assignee", "dueDate", "followUpDate", "priority")
        if corrections.HasField(name)
    }
    lists = {
        name: list(getattr(corrections, name).values)
        for name in ("candidateUsers", "candidateGroups")
        if corrections.HasField(name)
    }
    return plain | lists


def _complete_job(r: Any) -> Command:
    value = BLANK_JOB._replace(variables=document(r.variables), result=_job_result(r))
    return Command("JOB", "COMPLETE", value, _on_partition(r.jobKey))


def _fail_job(r: Any) -> Command:
    value = BLANK_JOB._replace(
        retries=r.retries,
        error_message=r.errorMessage,
        retry_backoff=r.retryBackOff,
        variables=document(r.variables),
    )
    return Command("JOB", "FAIL", value, _on_partition(r.jobKey))


def _throw_error(r: Any) -> Command:
    value = BLANK_JOB._replace(error_code=r.errorCode, error_message=r.errorMessage, variables=document(r.variables))
    return Command("JOB", "THROW_ERROR", value, _on_partition(r.jobKey))


def _update_retries(r: Any) -> Command:
    return Command("JOB", "UPDATE_RETRIES", BLANK_JOB._replace(retries=r.retries), _on_partition(r.jobKey))


def _update_timeout(r: Any) -> Command:
    return Command("JOB", "UPDATE_TIMEOUT", BLANK_JOB._replace(timeout=r.timeout), _on_partition(r.jobKey))


def creation(r: Any) -> ProcessInstanceCreation:
    """Returns how an instance is to be started."""
    return ProcessInstanceCreation(
        bpmn_process_id=r.bpmnProcessId,
        process_definition_key=r.processDefinitionKey,
        version=r.version,
        variables=document(r.variables),
        start_instructions=tuple(StartInstruction(start.elementId) for start in r.startInstructions),
        terminate_after=tuple(
            instruction.terminate.afterElementId
            for instruction in r.runtimeInstructions
            if instruction.HasField("terminate")
        ),
        tags=tuple(r.tags),
        business_id=r.businessId,
    )


def _create(r: Any) -> Command:
    return Command("PROCESS_INSTANCE_CREATION", "CREATE", creation(r))


def _create_with_result(r: Any) -> Command:
    value = creation(r.request)._replace(fetch_variables=tuple(r.fetchVariables))
    return Command("PROCESS_INSTANCE_CREATION", "CREATE_WITH_AWAITING_RESULT", value)


def _cancel(r: Any) -> Command:
    return Command("PROCESS_INSTANCE", "CANCEL", BLANK_INSTANCE, _on_partition(r.processInstanceKey))


def _variable_instructions(r: Any) -> tuple[VariableInstruction, ...]:
    return tuple(VariableInstruction(document(v.variables), v.scopeId) for v in r.variableInstructions)


def _move(r: Any) -> MoveInstruction:
    return MoveInstruction(
        r.sourceElementId,
        r.sourceElementInstanceKey or -1,
        r.targetElementId,
        r.ancestorElementInstanceKey or -1,
        r.inferAncestorScopeFromSourceHierarchy,
        r.useSourceParentKeyAsAncestorScopeKey,
        _variable_instructions(r),
    )


def _modify(r: Any) -> Command:
    value = ProcessInstanceModification(
        _on_partition(r.processInstanceKey),
        tuple(
            ActivateInstruction(
                activate.elementId,
                activate.ancestorElementInstanceKey or -1,
                _variable_instructions(activate),
            )
            for activate in r.activateInstructions
        ),
        tuple(TerminateInstruction(t.elementInstanceKey or -1, t.elementId) for t in r.terminateInstructions),
        tuple(map(_move, r.moveInstructions)),
    )
    return Command("PROCESS_INSTANCE_MODIFICATION", "MODIFY", value, r.processInstanceKey)


def _migrate(r: Any) -> Command:
    plan = r.migrationPlan
    value = ProcessInstanceMigration(
        _on_partition(r.processInstanceKey),
        plan.targetProcessDefinitionKey,
        tuple(MappingInstruction(m.sourceElementId, m.targetElementId) for m in plan.mappingInstructions),
    )
    return Command("PROCESS_INSTANCE_MIGRATION", "MIGRATE", value, r.processInstanceKey)


def _set_variables(r: Any) -> Command:
    key = _on_partition(r.elementInstanceKey)
    semantics = "LOCAL" if r.local else "PROPAGATE"
    return Command("VARIABLE_DOCUMENT", "UPDATE", VariableDocument(key, document(r.variables), semantics), key)


def _resolve(r: Any) -> Command:
    return Command("INCIDENT", "RESOLVE", BLANK_INCIDENT, _on_partition(r.incidentKey))


def _publish(r: Any) -> Command:
    value = Message(r.name, r.correlationKey, r.timeToLive, r.messageId, document(r.variables))
    return Command("MESSAGE", "PUBLISH", value)


def _broadcast(r: Any) -> Command:
    return Command("SIGNAL", "BROADCAST", Signal(r.signalName, document(r.variables)))


def _deploy(r: Any) -> Command:
    resources = tuple(DeploymentResource(resource.name, resource.content) for resource in r.resources)
    return Command("DEPLOYMENT", "CREATE", Deployment(resources))


def _deploy_process(r: Any) -> Command:
    resources = tuple(DeploymentResource(process.name, process.definition) for process in r.processes)
    return Command("DEPLOYMENT", "CREATE", Deployment(resources))


def _delete_resource(r: Any) -> Command:
    return Command("RESOURCE_DELETION", "DELETE", ResourceDeletion(r.resourceKey), _on_partition(r.resourceKey))


def _evaluate_decision(r: Any) -> Command:
    value = DecisionEvaluation(r.decisionId, r.decisionKey or -1, document(r.variables))
    return Command("DECISION_EVALUATION", "EVALUATE", value)


def _evaluate_conditional(r: Any) -> Command:
    value = ConditionalEvaluation(document(r.variables), r.processDefinitionKey or -1)
    return Command("CONDITIONAL_EVALUATION", "EVALUATE", value)


COMMANDS: dict[str, Callable[[Any], Command]] = {
    "BroadcastSignal": _broadcast,
    "CancelProcessInstance": _cancel,
    "CompleteJob": _complete_job,
    "CreateProcessInstance": _create,
    "CreateProcessInstanceWithResult": _create_with_result,
    "DeleteResource": _delete_resource,
    "DeployProcess": _deploy_process,
    "DeployResource": _deploy,
    "EvaluateConditional": _evaluate_conditional,
    "EvaluateDecision": _evaluate_decision,
    "FailJob": _fail_job,
    "MigrateProcessInstance": _migrate,
    "ModifyProcessInstance": _modify,
    "PublishMessage": _publish,
    "ResolveIncident": _resolve,
    "SetVariables": _set_variables,
    "ThrowError": _throw_error,
    "UpdateJobRetries": _update_retries,
    "UpdateJobTimeout": _update_timeout,
}


def job_batch(r: Any) -> JobBatch:
    """Returns what a worker asks for; a stream takes jobs one by one."""
    return JobBatch(r.type, r.worker, r.timeout, getattr(r, "maxJobsToActivate", 1), tuple(r.fetchVariable))
