"""What each unary RPC answers: the fields of its response, from the engine's answering event."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.gateway import documents
from zeebelet.gateway.jobs import ActivatedJob
from zeebelet.records import (
    DecisionMetadata,
    DecisionRequirementsMetadata,
    EvaluatedDecision,
    FormMetadata,
    JsonObject,
    ProcessMetadata,
    Record,
)


def _process(p: ProcessMetadata) -> JsonObject:
    return {
        "bpmnProcessId": p.bpmn_process_id,
        "version": p.version,
        "processDefinitionKey": p.process_definition_key,
        "resourceName": p.resource_name,
        "tenantId": p.tenant_id,
    }


def _decision(d: DecisionMetadata) -> JsonObject:
    return {
        "dmnDecisionId": d.decision_id,
        "dmnDecisionName": d.decision_name,
        "version": d.version,
        "decisionKey": d.decision_key,
        "dmnDecisionRequirementsId": d.decision_requirements_id,
        "decisionRequirementsKey": d.decision_requirements_key,
        "tenantId": d.tenant_id,
    }


def _requirements(d: DecisionRequirementsMetadata) -> JsonObject:
    return {
        "dmnDecisionRequirementsId": d.decision_requirements_id,
        "dmnDecisionRequirementsName": d.decision_requirements_name,
        "version": d.decision_requirements_version,
        "decisionRequirementsKey": d.decision_requirements_key,
        "resourceName": d.resource_name,
        "tenantId": d.tenant_id,
    }


def _form(f: FormMetadata) -> JsonObject:
    return {
        "formId": f.form_id,
        "version": f.version,
        "formKey": f.form_key,
        "resourceName": f.resource_name,
        "tenantId": f.tenant_id,
    }


def _deployment(record: Record) -> JsonObject:
    value = record.value
    deployments = [
        *({"process": _process(p)} for p in value.processes),
        *({"decision": _decision(d)} for d in value.decisions),
        *({"decisionRequirements": _requirements(d)} for d in value.decision_requirements),
        *({"form": _form(f)} for f in value.forms),
    ]
    return {"key": record.key, "deployments": deployments, "tenantId": value.tenant_id}


def _deployed_processes(record: Record) -> JsonObject:
    return {"key": record.key, "processes": [_process(p) for p in record.value.processes]}


def _created(record: Record) -> JsonObject:
    value = record.value
    return {
        "processDefinitionKey": value.process_definition_key,
        "bpmnProcessId": value.bpmn_process_id,
        "version": value.version,
        "processInstanceKey": value.process_instance_key,
        "tenantId": value.tenant_id,
        "tags": value.tags,
        **({"businessId": value.business_id} if value.business_id else {}),
    }


def _completed(record: Record) -> JsonObject:
    return _created(record) | {"variables": documents.text(record.value.variables)}


def _key_and_tenant(record: Record) -> JsonObject:
    return {"key": record.key, "tenantId": record.value.tenant_id}


def _key(record: Record) -> JsonObject:
    return {"key": record.key}


def _resource_deleted(record: Record) -> JsonObject:
    return {"resourceKey": str(record.value.resource_key)}


def _nothing(record: Record) -> JsonObject:
    return {}


def _evaluated_decision(record: Record, index: int, d: EvaluatedDecision) -> JsonObject:
    return {
        "decisionKey": d.decision_key,
        "decisionId": d.decision_id,
        "decisionName": d.decision_name,
        "decisionVersion": d.decision_version,
        "decisionType": d.decision_type,
        "decisionOutput": documents.text(d.decision_output),
        "tenantId": d.tenant_id,
        "decisionEvaluationInstanceKey": f"{record.key}-{index}",
        "evaluatedInputs": [
            {"inputId": i.input_id, "inputName": i.input_name, "inputValue": documents.text(i.input_value)}
            for i in d.evaluated_inputs
        ],
        "matchedRules": [
            {
                "ruleId": rule.rule_id,
                "ruleIndex": rule.rule_index,
                "evaluatedOutputs": [
                    {
                        "outputId": o.output_id,
                        "outputName": o.output_name,
                        "outputValue": documents.text(o.output_value),
                    }
                    for o in rule.evaluated_outputs
                ],
            }
            for rule in d.matched_rules
        ],
    }


def _evaluated(record: Record) -> JsonObject:
    value = record.value
    failed = bool(value.evaluation_failure_message)
    return {
        "decisionKey": value.decision_key,
        "decisionId": value.decision_id,
        "decisionName": value.decision_name,
        "decisionVersion": value.decision_version,
        "decisionRequirementsId": value.decision_requirements_id,
        "decisionRequirementsKey": value.decision_requirements_key,
        "decisionOutput": "" if failed else documents.text(value.decision_output),
        "evaluatedDecisions": [
            _evaluated_decision(record, index, d) for index, d in enumerate(value.evaluated_decisions, 1)
        ],
        "failedDecisionId": value.failed_decision_id,
        "failureMessage": value.evaluation_failure_message,
        "tenantId": value.tenant_id,
        "decisionInstanceKey": record.key,
        "decisionEvaluationKey": record.key,
    }


def _conditionals(record: Record) -> JsonObject:
    started = [
        {"processDefinitionKey": definition, "processInstanceKey": instance}
        for definition, instance in record.value.started
    ]
    return {
        "processInstances": started,
        "conditionalEvaluationKey": record.key,
        "tenantId": record.value.tenant_id,
    }


ANSWERS: dict[str, Callable[[Record], JsonObject]] = {
    "BroadcastSignal": _key_and_tenant,
    "CancelProcessInstance": _nothing,
    "CompleteJob": _nothing,
    "CreateProcessInstance": _created,
    "CreateProcessInstanceWithResult": _completed,
    "DeleteResource": _resource_deleted,
    "DeployProcess": _deployed_processes,
    "DeployResource": _deployment,
    "EvaluateConditional": _conditionals,
    "EvaluateDecision": _evaluated,
    "FailJob": _nothing,
    "MigrateProcessInstance": _nothing,
    "ModifyProcessInstance": _nothing,
    "PublishMessage": _key_and_tenant,
    "ResolveIncident": _nothing,
    "SetVariables": _key,
    "ThrowError": _nothing,
    "UpdateJobRetries": _nothing,
    "UpdateJobTimeout": _nothing,
}


def activated_job(activated: ActivatedJob, user_task: JsonObject | None = None) -> JsonObject:
    """Returns the fields of a job as a worker gets it; `user_task` for the jobs of task listeners."""
    job = activated.job
    fields = {
        "key": activated.key,
        "type": job.type,
        "processInstanceKey": job.process_instance_key,
        "bpmnProcessId": job.bpmn_process_id,
        "processDefinitionVersion": job.process_definition_version,
        "processDefinitionKey": job.process_definition_key,
        "elementId": job.element_id,
        "elementInstanceKey": job.element_instance_key,
        "customHeaders": documents.text(job.custom_headers),
        "worker": job.worker,
        "retries": job.retries,
        "deadline": job.deadline,
        "variables": documents.text(job.variables),
        "tenantId": job.tenant_id,
        "kind": job.job_kind,
        "listenerEventType": job.listener_event_type,
        "tags": job.tags,
    }
    return fields if user_task is None else fields | {"userTask": user_task}
