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
    "EvaluateConditionalRequest": "tenantId 1 string, processDefinitionKey 2 int64, variables 3 string",
    "ProcessInstanceReference": "processDefinitionKey 1 int64, processInstanceKey 2 int64",
    "EvaluateConditionalResponse": "processInstances 1 *ProcessInstanceReference",
}

ENUMS: dict[str, dict[str, str]] = {
    "ActivatedJob": {
        "JobKind": "BPMN_ELEMENT EXECUTION_LISTENER TASK_LISTENER AD_HOC_SUB_PROCESS",
        "ListenerEventType": "ASSIGNING CANCELING COMPLETING CREATING END START UNSPECIFIED UPDATING",
    },
}

FIELDS: dict[str, str] = {
    "ActivatedJob": """
        userTask 15 UserTaskProperties, kind 16 ActivatedJob.JobKind,
        listenerEventType 17 ActivatedJob.ListenerEventType, tags 18 *string""",
    "CompleteJobRequest": "result 3 JobResult",
    "CreateProcessInstanceRequest": "runtimeInstructions 8 *ProcessInstanceCreationRuntimeInstruction, tags 9 *string",
    "CreateProcessInstanceResponse": "tags 6 *string",
    "CreateProcessInstanceWithResultResponse": "tags 7 *string",
    "EvaluateDecisionResponse": "decisionEvaluationKey 13 int64",
    "EvaluatedDecision": "decisionEvaluationInstanceKey 10 string",
    "TopologyResponse": "clusterId 6 string",
}

METHODS: dict[str, tuple[str, str]] = {
    "EvaluateConditional": ("EvaluateConditionalRequest", "EvaluateConditionalResponse"),
}
