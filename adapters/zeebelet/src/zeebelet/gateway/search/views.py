"""What each search of the API reads and shows. Column names are the API's; see `columns` for the notation."""

from __future__ import annotations

from typing import Any

from zeebelet.gateway.search import narrow
from zeebelet.gateway.search.columns import columns
from zeebelet.gateway.search.filters import Test, column_test, value_test
from zeebelet.gateway.search.kinds import KINDS
from zeebelet.gateway.search.query import Special, View
from zeebelet.gateway.search.tables import Tables

_TEXT = KINDS[""]


def _variables_test(tables: Tables, wanted: list[Any], instance_key: Any, scope_key: Any = None) -> Test:
    tests = [(item["name"], value_test(_TEXT, item["value"])) for item in wanted]

    def holds(row: Any) -> bool:
        found = tables.variables.where("process_instance_key", instance_key(row))
        if scope_key is not None:
            found = [variable for variable in found if variable.scope_key == scope_key(row)]
        return all(any(v.name == name and test(v.value) for v in found) for name, test in tests)

    return holds


def _instance_variables(tables: Tables, wanted: list[Any]) -> Test:
    return _variables_test(tables, wanted, lambda row: row.key)


def _task_instance_variables(tables: Tables, wanted: list[Any]) -> Test:
    of_instance = lambda row: row.value.process_instance_key  # noqa: E731
    return _variables_test(tables, wanted, of_instance, of_instance)


def _task_local_variables(tables: Tables, wanted: list[Any]) -> Test:
    return _variables_test(
        tables,
        wanted,
        lambda row: row.value.process_instance_key,
        lambda row: row.value.element_instance_key,
    )


def _tags(tables: Tables, wanted: list[str]) -> Test:
    return lambda row: set(wanted) <= set(row.value.tags)


def _any_of(attribute: str) -> Special:
    def make(tables: Tables, wanted: Any) -> Test:
        test = value_test(_TEXT, wanted)
        return lambda row: any(test(value) for value in getattr(row.value, attribute))

    return make


def _an_element(column: str) -> Special:
    """Holds for instances one of whose element instances passes."""

    def make(tables: Tables, wanted: Any) -> Test:
        test = column_test(ELEMENT_INSTANCES.column(column), wanted)
        return lambda row: any(test(e) for e in tables.elements.where("value.process_instance_key", row.key))

    return make


def _error_message(tables: Tables, wanted: Any) -> Test:
    test = value_test(_TEXT, wanted)
    return lambda row: any(
        incident.state == "ACTIVE" and test(incident.value.error_message)
        for incident in tables.incidents.where("value.process_instance_key", row.key)
    )


def java_hash(text: str) -> int:
    """Returns Java's `String.hashCode`, by which incidents with one message are grouped."""
    code = 0
    for unit in memoryview(text.encode("utf-16-le")).cast("H"):
        code = (31 * code + unit) & 0xFFFFFFFF
    return code - (1 << 32) if code >= 1 << 31 else code


def _error_hash(tables: Tables, wanted: Any) -> Test:
    test = value_test(_TEXT, wanted)
    return lambda row: any(
        incident.state == "ACTIVE" and test(java_hash(incident.value.error_message))
        for incident in tables.incidents.where("value.process_instance_key", row.key)
    )


def _retries_left(tables: Tables, wanted: bool) -> Test:
    return lambda row: (
        wanted is any(job.failed_with_retries_left for job in tables.jobs.where("value.process_instance_key", row.key))
    )


def _batch(tables: Tables, wanted: Any) -> Test:
    test = value_test(_TEXT, wanted)
    return lambda row: any(test(batch) for batch in row.batches)


def _batch_key(read: Any) -> Special:
    def make(tables: Tables, wanted: Any) -> Test:
        test = value_test(_TEXT, wanted)
        return lambda row: test(str(read(row)))

    return make


PROCESS_DEFINITIONS = View(
    lambda tables: tables.definitions,
    "processDefinitionKey",
    columns(
        """name? resourceName=value.resource_name version=value.version versionTag=value.version_tag:?
        processDefinitionId=value.bpmn_process_id tenantId=value.tenant_id
        processDefinitionKey=value.process_definition_key:key hasStartForm state"""
    ),
    columns("isLatestVersion=is_latest"),
)

PROCESS_INSTANCES = View(
    lambda tables: tables.instances,
    "processInstanceKey",
    columns(
        """processDefinitionId=value.bpmn_process_id processDefinitionName=definition_name:?
        processDefinitionVersion=value.version processDefinitionVersionTag=version_tag:? startDate:date endDate:date
        state hasIncident tenantId=value.tenant_id processInstanceKey=key:key
        processDefinitionKey=value.process_definition_key:key
        parentProcessInstanceKey=value.parent_process_instance_key:key
        parentElementInstanceKey=value.parent_element_instance_key:key rootProcessInstanceKey=root_key:key
        tags=value.tags:list businessId=value.business_id:?"""
    ),
    special={
        "variables": _instance_variables,
        "tags": _tags,
        "elementId": _an_element("elementId"),
        "elementInstanceState": _an_element("state"),
        "hasElementInstanceIncident": _an_element("hasIncident"),
        "errorMessage": _error_message,
        "incidentErrorHashCode": _error_hash,
        "hasRetriesLeft": _retries_left,
        "batchOperationId": _batch,
        "batchOperationKey": _batch,
    },
    narrow=narrow.instances,
)

ELEMENT_INSTANCES = View(
    lambda tables: tables.elements,
    "elementInstanceKey",
    columns(
        """processDefinitionId=value.bpmn_process_id startDate:date endDate:date elementId=value.element_id
        elementName=name type=value.bpmn_element_type state hasIncident tenantId=value.tenant_id
        elementInstanceKey=key:key processInstanceKey=value.process_instance_key:key
        rootProcessInstanceKey=instance.root_key:key processDefinitionKey=value.process_definition_key:key
        incidentKey:key"""
    ),
    columns("elementInstanceScopeKey=value.flow_scope_key:key"),
)

VARIABLES = View(
    lambda tables: tables.variables,
    "variableKey",
    columns(
        """name value=shown_value tenantId variableKey=key:key scopeKey:key processInstanceKey:key
        rootProcessInstanceKey=root_key:key isTruncated"""
    ),
)
FULL_VARIABLES = columns(
    """name value tenantId variableKey=key:key scopeKey:key processInstanceKey:key
    rootProcessInstanceKey=root_key:key"""
)

INCIDENTS = View(
    lambda tables: tables.incidents,
    "incidentKey",
    columns(
        """processDefinitionId=value.bpmn_process_id errorType=value.error_type errorMessage=value.error_message
        elementId=value.element_id creationTime:date state tenantId=value.tenant_id incidentKey=key:key
        processDefinitionKey=value.process_definition_key:key processInstanceKey=value.process_instance_key:key
        rootProcessInstanceKey=root_key:key elementInstanceKey=value.element_instance_key:key
        jobKey=value.job_key:key"""
    ),
)

JOBS = View(
    lambda tables: tables.jobs,
    "jobKey",
    columns(
        """customHeaders=value.custom_headers deadline=value.deadline:date deniedReason? elementId=value.element_id
        elementInstanceKey=value.element_instance_key:key endTime:date errorCode=value.error_code:?
        errorMessage=value.error_message:? hasFailedWithRetriesLeft=failed_with_retries_left isDenied=denied
        jobKey=key:key kind=value.job_kind listenerEventType=value.listener_event_type
        processDefinitionId=value.bpmn_process_id processDefinitionKey=value.process_definition_key:key
        processInstanceKey=value.process_instance_key:key rootProcessInstanceKey=root_key:key retries=value.retries
        state tenantId=value.tenant_id type=value.type worker=value.worker creationTime:date lastUpdateTime:date"""
    ),
)

USER_TASKS = View(
    lambda tables: tables.user_tasks,
    "userTaskKey",
    columns(
        """name? state assignee=value.assignee:? elementId=value.element_id
        candidateGroups=value.candidate_groups:list candidateUsers=value.candidate_users:list
        processDefinitionId=value.bpmn_process_id creationDate:date completionDate:date followUpDate=follow_up:date
        dueDate=due:date tenantId=value.tenant_id externalFormReference=value.external_form_reference:?
        processDefinitionVersion=value.process_definition_version customHeaders=value.custom_headers
        priority=value.priority userTaskKey=key:key elementInstanceKey=value.element_instance_key:key processName?
        processDefinitionKey=value.process_definition_key:key processInstanceKey=value.process_instance_key:key
        rootProcessInstanceKey=root_key:key formKey=value.form_key:key tags=value.tags:list"""
    ),
    special={
        "candidateGroup": _any_of("candidate_groups"),
        "candidateUser": _any_of("candidate_users"),
        "processInstanceVariables": _task_instance_variables,
        "localVariables": _task_local_variables,
        "tags": _tags,
    },
    narrow=narrow.tasks,
)

MESSAGE_SUBSCRIPTIONS = View(
    lambda tables: tables.message_subscriptions,
    "messageSubscriptionKey",
    columns(
        """messageSubscriptionKey=key:key processDefinitionId=value.bpmn_process_id
        processDefinitionKey=value.process_definition_key:key processInstanceKey=value.process_instance_key:key
        rootProcessInstanceKey=root_key:key elementId=value.element_id
        elementInstanceKey=value.element_instance_key:key messageSubscriptionState=state lastUpdatedDate:date
        messageName=value.message_name correlationKey=value.correlation_key:? tenantId=value.tenant_id"""
    ),
)

CORRELATIONS = View(
    lambda tables: tables.correlations,
    "key",
    columns(
        """correlationKey=value.correlation_key:? correlationTime:date elementId elementInstanceKey:key
        messageKey=value.message_key:key messageName=value.message_name partitionId
        processDefinitionId=value.bpmn_process_id processDefinitionKey=value.process_definition_key:key
        processInstanceKey=value.process_instance_key:key rootProcessInstanceKey=root_key:key
        subscriptionKey:key tenantId=value.tenant_id"""
    ),
    columns("key"),
)

DECISIONS = View(
    lambda tables: tables.decisions,
    "decisionDefinitionKey",
    columns(
        """decisionDefinitionId=value.decision_id decisionDefinitionKey=value.decision_key:key
        decisionRequirementsId=value.decision_requirements_id
        decisionRequirementsKey=value.decision_requirements_key:key decisionRequirementsName=requirements_name
        decisionRequirementsVersion=requirements_version name=value.decision_name tenantId=value.tenant_id
        version=value.version"""
    ),
    columns("isLatestVersion=is_latest"),
)

REQUIREMENTS = View(
    lambda tables: tables.requirements,
    "decisionRequirementsKey",
    columns(
        """decisionRequirementsId decisionRequirementsKey:key decisionRequirementsName resourceName tenantId
        version=decision_requirements_version"""
    ),
)

DECISION_INSTANCES = View(
    lambda tables: tables.decision_instances,
    "decisionEvaluationInstanceKey",
    columns(
        """decisionDefinitionId=value.decision_id decisionDefinitionKey=value.decision_key:key
        decisionDefinitionName=value.decision_name decisionDefinitionType=type
        decisionDefinitionVersion=value.decision_version decisionEvaluationInstanceKey=key
        decisionEvaluationKey=evaluation_key:key elementInstanceKey=evaluation.element_instance_key:key
        evaluationDate:date evaluationFailure=failure:? processDefinitionKey=evaluation.process_definition_key:key
        processInstanceKey=evaluation.process_instance_key:key result
        rootDecisionDefinitionKey=evaluation.decision_key:key rootProcessInstanceKey:key state
        tenantId=value.tenant_id"""
    ),
    columns("decisionRequirementsKey=evaluation.decision_requirements_key:key"),
)

SEQUENCE_FLOWS = columns(
    """sequenceFlowId=id processInstanceKey=value.process_instance_key:key rootProcessInstanceKey=root_key:key
    processDefinitionKey=value.process_definition_key:key processDefinitionId=value.bpmn_process_id
    elementId=value.element_id tenantId=value.tenant_id"""
)

BATCHES = View(
    lambda tables: tables.batches,
    "batchOperationKey",
    columns(
        """batchOperationKey=key:key state batchOperationType=type startDate:date endDate:date actorType? actorId?
        operationsTotalCount=total operationsFailedCount=failed operationsCompletedCount=completed errors:list"""
    ),
    columns("operationType=type"),
    {"batchOperationKey": _batch_key(lambda row: row.key)},
)

BATCH_ITEMS = View(
    lambda tables: tables.batch_items,
    "id",
    columns(
        """operationType=batch.type batchOperationKey=batch.key:key itemKey=item_key:key processInstanceKey:key
        rootProcessInstanceKey=root_key:key state processedDate:date errorMessage?"""
    ),
    columns("id"),
    {
        "batchOperationKey": _batch_key(lambda row: row.batch.key),
        "itemKey": _batch_key(lambda row: row.item_key),
    },
)

FORM = columns("tenantId formId version formKey:key")
RESOURCE = columns("resourceName version versionTag? resourceId tenantId resourceKey:key")
