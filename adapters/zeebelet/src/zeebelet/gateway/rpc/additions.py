"""What the gateway protocol of Camunda 8.9 has beyond the stubs pyzeebe ships: names, numbers, types.

A field is `name number type`; `?` before the type marks proto3's `optional`, `*` a repeated field. Types that start with a
capital are messages or enums of the protocol.
"""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "UserTaskProperties": """
        action 1 ?string, assignee 2 ?string, candidateGroups 3 *string, candidateUsers 4 *string,
        changedAttributes 5 *string, dueDate 6 ?string, followUpDate 7 ?string, formKey 8 ?int64, priority 9 ?int32,
        userTaskKey 10 ?int64""",
    "StringList": "values 1 *string",
    "JobResultCorrections": """
        assignee 1 ?string, dueDate 2 ?string, followUpDate 3 ?string, candidateUsers 4 StringList,
        candidateGroups 5 StringList, priority 6 ?int32""",
    "JobResultActivateElement": "elementId 1 string, variables 2 string",
    "JobResult": """
        denied 1 ?bool, corrections 2 JobResultCorrections, deniedReason 3 ?string, type 4 ?string,
        activateElements 5 *JobResultActivateElement, isCompletionConditionFulfilled 6 ?bool,
        isCancelRemainingInstances 7 ?bool""",
    "TerminateProcessInstanceInstruction": "afterElementId 1 string",
    "ProcessInstanceCreationRuntimeInstruction": "terminate 1 TerminateProcessInstanceInstruction",
    "EvaluateConditionalRequest": "tenantId 1 string, processDefinitionKey 2 ?int64, variables 3 string",
    "ProcessInstanceReference": "processDefinitionKey 1 int64, processInstanceKey 2 int64",
    "EvaluateConditionalResponse": """
        processInstances 1 *ProcessInstanceReference, conditionalEvaluationKey 2 int64, tenantId 3 string""",
    "BatchOperationCreatedResult": """
        batchOperationKey 1 string, batchOperationType 2 BatchOperationCreatedResult.BatchOperationTypeEnum""",
    "ModifyProcessInstanceRequest.MoveInstruction": """
        sourceElementInstanceKey 1 int64, sourceElementId 2 string, targetElementId 3 string,
        variableInstructions 4 *ModifyProcessInstanceRequest.VariableInstruction, ancestorElementInstanceKey 5 int64,
        inferAncestorScopeFromSourceHierarchy 6 bool, useSourceParentKeyAsAncestorScopeKey 7 bool""",
}

# Owner -> enum -> its values, numbered from 0; the file itself is owner "".
ENUMS: dict[str, dict[str, str]] = {
    "": {"TenantFilter": "PROVIDED ASSIGNED"},
    "BatchOperationCreatedResult": {
        "BatchOperationTypeEnum": """ADD_VARIABLE CANCEL_PROCESS_INSTANCE DELETE_DECISION_DEFINITION
            DELETE_PROCESS_DEFINITION DELETE_PROCESS_INSTANCE MIGRATE_PROCESS_INSTANCE MODIFY_PROCESS_INSTANCE
            RESOLVE_INCIDENT UPDATE_VARIABLE DELETE_DECISION_INSTANCE"""
    },
    "ActivatedJob": {
        "JobKind": "BPMN_ELEMENT EXECUTION_LISTENER TASK_LISTENER AD_HOC_SUB_PROCESS",
        "ListenerEventType": "ASSIGNING CANCELING COMPLETING CREATING END START UNSPECIFIED UPDATING",
    },
}

FIELDS: dict[str, str] = {
    "ActivateJobsRequest": "tenantFilter 8 TenantFilter",
    "StreamActivatedJobsRequest": "tenantFilter 7 TenantFilter",
    "DeleteResourceRequest": "deleteHistory 3 ?bool",
    "DeleteResourceResponse": "resourceKey 1 string, batchOperation 2 BatchOperationCreatedResult",
    "ModifyProcessInstanceRequest": "moveInstructions 5 *ModifyProcessInstanceRequest.MoveInstruction",
    "ModifyProcessInstanceRequest.TerminateInstruction": "elementId 2 string",
    "ActivatedJob": """
        userTask 15 UserTaskProperties, kind 16 ActivatedJob.JobKind,
        listenerEventType 17 ActivatedJob.ListenerEventType, tags 18 *string""",
    "CompleteJobRequest": "result 3 JobResult",
    "CreateProcessInstanceRequest": """
        runtimeInstructions 8 *ProcessInstanceCreationRuntimeInstruction, tags 9 *string, businessId 10 ?string""",
    "CreateProcessInstanceResponse": "tags 6 *string, businessId 7 ?string",
    "CreateProcessInstanceWithResultResponse": "tags 7 *string, businessId 8 ?string",
    "EvaluateDecisionResponse": "decisionEvaluationKey 13 int64",
    "EvaluatedDecision": "decisionEvaluationInstanceKey 10 string",
    "TopologyResponse": "clusterId 6 string",
}

METHODS: dict[str, tuple[str, str]] = {
    "EvaluateConditional": ("EvaluateConditionalRequest", "EvaluateConditionalResponse"),
}
