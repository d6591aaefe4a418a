"""Running instances: elements, jobs, variables, incidents, user tasks."""

from __future__ import annotations

from typing import Any, NamedTuple

from zeebelet.records.json import DEFAULT_TENANT, JsonObject


class ProcessInstance(NamedTuple):
    """PROCESS_INSTANCE. Intents: ACTIVATE_ELEMENT, COMPLETE_ELEMENT, TERMINATE_ELEMENT, CANCEL (commands);
    ELEMENT_ACTIVATING, ELEMENT_ACTIVATED, ELEMENT_COMPLETING, ELEMENT_COMPLETED, ELEMENT_TERMINATING, ELEMENT_TERMINATED,
    SEQUENCE_FLOW_TAKEN, ELEMENT_MIGRATED, SEQUENCE_FLOW_DELETED, ANCESTOR_MIGRATED (events)."""

    bpmn_process_id: str
    version: int
    process_definition_key: int
    process_instance_key: int
    element_id: str
    flow_scope_key: int  # -1 for the process itself
    bpmn_element_type: str  # PROCESS, SERVICE_TASK, MULTI_INSTANCE_BODY, SEQUENCE_FLOW ...
    bpmn_event_type: str = "UNSPECIFIED"  # NONE, MESSAGE, TIMER, ERROR, ...
    parent_process_instance_key: int = -1
    parent_element_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    business_id: str = ""
    root_process_instance_key: int = -1
    incoming_flow_id: str = (
        ""  # the flow whose token activated it; empty when started otherwise (ours, not exported by Zeebe)
    )


class MultiInstance(NamedTuple):
    """MULTI_INSTANCE. Event INPUT_COLLECTION_EVALUATED; the key is that of the multi-instance body."""

    input_collection: list[Any]


class Job(NamedTuple):
    """JOB. Commands: COMPLETE, FAIL, THROW_ERROR, UPDATE_RETRIES, UPDATE_TIMEOUT, UPDATE, TIME_OUT, RECUR_AFTER_BACKOFF,
    CANCEL, YIELD. Events: CREATED, COMPLETED, FAILED, ERROR_THROWN, RETRIES_UPDATED, TIMEOUT_UPDATED, UPDATED, TIMED_OUT,
    RECURRED_AFTER_BACKOFF, CANCELED, YIELDED, MIGRATED."""

    type: str
    retries: int
    process_instance_key: int
    element_instance_key: int
    element_id: str
    bpmn_process_id: str
    process_definition_version: int
    process_definition_key: int
    worker: str = ""
    deadline: int = -1
    timeout: int = -1
    retry_backoff: int = 0
    recurring_time: int = -1
    variables: JsonObject = {}  # noqa: RUF012 - never mutated; a NamedTuple default is shared by contract
    custom_headers: dict[str, str] = {}  # noqa: RUF012
    error_message: str = ""
    error_code: str = ""
    job_kind: str = "BPMN_ELEMENT"  # EXECUTION_LISTENER, TASK_LISTENER, AD_HOC_SUB_PROCESS
    listener_event_type: str = "UNSPECIFIED"
    result: JsonObject | None = None
    changed_attributes: tuple[str, ...] = ()
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    root_process_instance_key: int = -1


class JobBatch(NamedTuple):
    """JOB_BATCH. Command ACTIVATE, event ACTIVATED (job_keys, jobs filled in)."""

    type: str
    worker: str
    timeout: int
    max_jobs_to_activate: int
    fetch_variables: tuple[str, ...] = ()
    tenant_ids: tuple[str, ...] = ()
    job_keys: tuple[int, ...] = ()
    jobs: tuple[Job, ...] = ()
    truncated: bool = False


class Variable(NamedTuple):
    """VARIABLE. Events CREATED, UPDATED, MIGRATED. `value` is the JSON value itself."""

    name: str
    value: Any
    scope_key: int
    process_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    tenant_id: str = DEFAULT_TENANT
    root_process_instance_key: int = -1


class VariableDocument(NamedTuple):
    """VARIABLE_DOCUMENT. Command UPDATE, event UPDATED. `update_semantics` is PROPAGATE or LOCAL."""

    scope_key: int
    variables: JsonObject
    update_semantics: str = "PROPAGATE"


class Incident(NamedTuple):
    """INCIDENT. Command RESOLVE; events CREATED, RESOLVED, MIGRATED."""

    error_type: str
    error_message: str
    bpmn_process_id: str
    process_definition_key: int
    process_instance_key: int
    element_id: str
    element_instance_key: int
    job_key: int = -1
    variable_scope_key: int = -1
    tenant_id: str = DEFAULT_TENANT
    root_process_instance_key: int = -1


class UserTask(NamedTuple):
    """USER_TASK. Commands ASSIGN, CLAIM, UPDATE, COMPLETE, CANCEL; events CREATING, CREATED, ASSIGNING, ASSIGNED, CLAIMING,
    UPDATING, UPDATED, UPDATE_DENIED, COMPLETING, COMPLETED, COMPLETION_DENIED, ASSIGNMENT_DENIED, CORRECTED, CANCELING,
    CANCELED, MIGRATED."""

    user_task_key: int
    element_id: str
    element_instance_key: int
    process_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    process_definition_version: int
    assignee: str = ""
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due_date: str = ""
    follow_up_date: str = ""
    form_key: int = -1
    external_form_reference: str = ""
    priority: int = 50
    custom_headers: dict[str, str] = {}  # noqa: RUF012
    variables: JsonObject = {}  # noqa: RUF012
    changed_attributes: tuple[str, ...] = ()
    denied_reason: str = ""
    action: str = ""
    creation_timestamp: int = -1
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    root_process_instance_key: int = -1


class Escalation(NamedTuple):
    """ESCALATION. Events ESCALATED, NOT_ESCALATED."""

    process_instance_key: int
    escalation_code: str
    throw_element_id: str
    catch_element_id: str = ""


class CompensationSubscription(NamedTuple):
    """COMPENSATION_SUBSCRIPTION. Events CREATED, TRIGGERED, COMPLETED, DELETED, MIGRATED."""

    process_instance_key: int
    process_definition_key: int
    compensable_activity_id: str
    compensable_activity_instance_key: int
    compensable_activity_scope_key: int
    compensation_handler_id: str
    throw_event_id: str = ""
    throw_event_instance_key: int = -1
    compensation_handler_instance_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT


class AdHocActivation(NamedTuple):
    """AD_HOC_SUB_PROCESS_INSTRUCTION. Command ACTIVATE, event ACTIVATED; `elements` = ((element id, variables), ...)."""

    ad_hoc_sub_process_instance_key: int
    elements: tuple[tuple[str, JsonObject], ...]
    cancel_remaining_instances: bool = False
    tenant_id: str = DEFAULT_TENANT
