"""What the log holds: commands, the events they lead to, and rejections.

Commands are imperative (`COMPLETE`), events past tense (`COMPLETED`), life-cycle states end in `-ING`/`-ED`. Value and field
names follow the record names of Zeebe's exporters (protocol/record/value), in snake case. Values are immutable and cheap:
a NamedTuple each; a changed value is `value._replace(...)`. Everything that crosses the gateway, is stored or is replayed is
made of these, so they hold only str, int, bool, None, list, dict, bytes and other values.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple

JsonObject = dict[str, Any]
DEFAULT_TENANT = "<default>"


class RecordType(IntEnum):
    """What a record is."""

    COMMAND = 0
    EVENT = 1
    REJECTION = 2


class Record(NamedTuple):
    """One entry of the log. `value_type` is the value's class name in UPPER_SNAKE (`PROCESS_INSTANCE`)."""

    position: int
    record_type: RecordType
    value_type: str
    intent: str
    key: int
    value: Any
    timestamp: int  # epoch milliseconds of the engine's clock
    source_position: int = -1  # the command that led to this event
    request_id: int = -1  # the client request a command came with, -1 for internal ones
    rejection_type: str = ""  # INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, INVALID_STATE, PROCESSING_ERROR ...
    rejection_reason: str = ""


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


class DeploymentResource(NamedTuple):
    """A file of a deployment."""

    resource_name: str
    resource: bytes


class ProcessMetadata(NamedTuple):
    """PROCESS (event CREATED, DELETED) and the metadata of a deployment."""

    bpmn_process_id: str
    version: int
    process_definition_key: int
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    resource: bytes = b""
    tenant_id: str = DEFAULT_TENANT


class DecisionRequirementsMetadata(NamedTuple):
    """DECISION_REQUIREMENTS (CREATED, DELETED)."""

    decision_requirements_id: str
    decision_requirements_name: str
    decision_requirements_version: int
    decision_requirements_key: int
    namespace: str
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    resource: bytes = b""
    deployment_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class DecisionMetadata(NamedTuple):
    """DECISION (CREATED, DELETED)."""

    decision_id: str
    decision_name: str
    version: int
    decision_key: int
    decision_requirements_id: str
    decision_requirements_key: int
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class FormMetadata(NamedTuple):
    """FORM (CREATED, DELETED)."""

    form_id: str
    version: int
    form_key: int
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    resource: bytes = b""
    tenant_id: str = DEFAULT_TENANT


class ResourceMetadata(NamedTuple):
    """RESOURCE: a generic resource (CREATED, DELETED)."""

    resource_id: str
    version: int
    resource_key: int
    resource_name: str
    checksum: bytes
    duplicate: bool = False
    version_tag: str = ""
    deployment_key: int = -1
    resource: bytes = b""
    tenant_id: str = DEFAULT_TENANT


class Deployment(NamedTuple):
    """DEPLOYMENT. Command CREATE, event CREATED."""

    resources: tuple[DeploymentResource, ...]
    processes: tuple[ProcessMetadata, ...] = ()
    decision_requirements: tuple[DecisionRequirementsMetadata, ...] = ()
    decisions: tuple[DecisionMetadata, ...] = ()
    forms: tuple[FormMetadata, ...] = ()
    generic_resources: tuple[ResourceMetadata, ...] = ()
    deployment_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class ResourceDeletion(NamedTuple):
    """RESOURCE_DELETION. Command DELETE, events DELETING, DELETED."""

    resource_key: int
    tenant_id: str = DEFAULT_TENANT


class StartInstruction(NamedTuple):
    """Where a new instance starts instead of its none start event."""

    element_id: str


class ProcessInstanceCreation(NamedTuple):
    """PROCESS_INSTANCE_CREATION. Commands CREATE, CREATE_WITH_AWAITING_RESULT; event CREATED."""

    bpmn_process_id: str = ""
    process_definition_key: int = -1
    version: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    start_instructions: tuple[StartInstruction, ...] = ()
    terminate_after: tuple[str, ...] = ()  # runtime instructions: element ids
    fetch_variables: tuple[str, ...] = ()
    process_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    business_id: str = ""


class ProcessInstanceResult(NamedTuple):
    """PROCESS_INSTANCE_RESULT. Event COMPLETED: the answer of CREATE_WITH_AWAITING_RESULT."""

    bpmn_process_id: str
    process_definition_key: int
    version: int
    process_instance_key: int
    variables: JsonObject
    tenant_id: str = DEFAULT_TENANT
    tags: tuple[str, ...] = ()
    business_id: str = ""


class VariableInstruction(NamedTuple):
    """Variables set by a modification: at `element_id`, or globally when empty."""

    variables: JsonObject
    element_id: str = ""


class ActivateInstruction(NamedTuple):
    """Activates an element in a running instance."""

    element_id: str
    ancestor_scope_key: int = -1
    variable_instructions: tuple[VariableInstruction, ...] = ()


class TerminateInstruction(NamedTuple):
    """Terminates by element instance key, or all of an element id (8.9)."""

    element_instance_key: int = -1
    element_id: str = ""


class MoveInstruction(NamedTuple):
    """Moves tokens of one element (instance) to another (8.9)."""

    source_element_id: str = ""
    source_element_instance_key: int = -1
    target_element_id: str = ""
    ancestor_scope_key: int = -1
    infer_ancestor: bool = False
    use_source_parent_as_ancestor: bool = False
    variable_instructions: tuple[VariableInstruction, ...] = ()


class ProcessInstanceModification(NamedTuple):
    """PROCESS_INSTANCE_MODIFICATION. Command MODIFY, event MODIFIED."""

    process_instance_key: int
    activate_instructions: tuple[ActivateInstruction, ...] = ()
    terminate_instructions: tuple[TerminateInstruction, ...] = ()
    move_instructions: tuple[MoveInstruction, ...] = ()


class MappingInstruction(NamedTuple):
    """One line of a migration plan."""

    source_element_id: str
    target_element_id: str


class ProcessInstanceMigration(NamedTuple):
    """PROCESS_INSTANCE_MIGRATION. Command MIGRATE, event MIGRATED."""

    process_instance_key: int
    target_process_definition_key: int
    mapping_instructions: tuple[MappingInstruction, ...] = ()


class Message(NamedTuple):
    """MESSAGE. Commands PUBLISH, EXPIRE; events PUBLISHED, EXPIRED."""

    name: str
    correlation_key: str
    time_to_live: int
    message_id: str = ""
    variables: JsonObject = {}  # noqa: RUF012
    deadline: int = -1
    tenant_id: str = DEFAULT_TENANT


class MessageCorrelation(NamedTuple):
    """MESSAGE_CORRELATION. Command CORRELATE; events CORRELATED, NOT_CORRELATED."""

    name: str
    correlation_key: str
    variables: JsonObject = {}  # noqa: RUF012
    message_key: int = -1
    process_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class ProcessMessageSubscription(NamedTuple):
    """PROCESS_MESSAGE_SUBSCRIPTION. Events CREATED, CORRELATED, DELETED, MIGRATED."""

    message_name: str
    correlation_key: str
    element_id: str
    element_instance_key: int
    process_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    interrupting: bool = True
    message_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT
    root_process_instance_key: int = -1


class MessageStartEventSubscription(NamedTuple):
    """MESSAGE_START_EVENT_SUBSCRIPTION. Events CREATED, CORRELATED, DELETED."""

    message_name: str
    start_event_id: str
    process_definition_key: int
    bpmn_process_id: str
    correlation_key: str = ""
    message_key: int = -1
    process_instance_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT


class Timer(NamedTuple):
    """TIMER. Command TRIGGER, CANCEL; events CREATED, TRIGGERED, CANCELED, MIGRATED."""

    element_instance_key: int  # -1 for a timer start event
    process_instance_key: int
    process_definition_key: int
    target_element_id: str
    due_date: int
    repetitions: int = 1  # -1 for ever
    interval: str = ""  # ISO repetition or cron the next due date comes from
    tenant_id: str = DEFAULT_TENANT


class Signal(NamedTuple):
    """SIGNAL. Command BROADCAST, event BROADCASTED."""

    signal_name: str
    variables: JsonObject = {}  # noqa: RUF012
    tenant_id: str = DEFAULT_TENANT


class SignalSubscription(NamedTuple):
    """SIGNAL_SUBSCRIPTION. Events CREATED, DELETED, MIGRATED. `catch_event_instance_key` is -1 for a start event."""

    signal_name: str
    catch_event_id: str
    catch_event_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    process_instance_key: int = -1
    tenant_id: str = DEFAULT_TENANT


class ConditionalSubscription(NamedTuple):
    """CONDITIONAL_SUBSCRIPTION (8.9). Events CREATED, TRIGGERED, DELETED, MIGRATED."""

    condition: str
    catch_event_id: str
    scope_key: int  # -1 for a start event
    element_instance_key: int
    process_instance_key: int
    process_definition_key: int
    bpmn_process_id: str
    interrupting: bool = True
    variable_names: tuple[str, ...] = ()
    variable_events: tuple[str, ...] = ()
    tenant_id: str = DEFAULT_TENANT


class ConditionalEvaluation(NamedTuple):
    """CONDITIONAL_EVALUATION (8.9). Command EVALUATE, event EVALUATED; `started` = ((definition key, instance key), ...)."""

    variables: JsonObject
    process_definition_key: int = -1
    started: tuple[tuple[int, int], ...] = ()
    tenant_id: str = DEFAULT_TENANT


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


class EvaluatedInput(NamedTuple):
    """An input column of an evaluated decision table."""

    input_id: str
    input_name: str
    input_value: Any


class EvaluatedOutput(NamedTuple):
    """An output column of a matched rule."""

    output_id: str
    output_name: str
    output_value: Any


class MatchedRule(NamedTuple):
    """A rule that fired; `rule_index` counts from 1."""

    rule_id: str
    rule_index: int
    evaluated_outputs: tuple[EvaluatedOutput, ...]


class EvaluatedDecision(NamedTuple):
    """One decision of a requirements graph as it was evaluated; required ones come first."""

    decision_id: str
    decision_name: str
    decision_key: int
    decision_version: int
    decision_type: str  # DECISION_TABLE, LITERAL_EXPRESSION, CONTEXT, INVOCATION, LIST, RELATION ...
    decision_output: Any
    evaluated_inputs: tuple[EvaluatedInput, ...] = ()
    matched_rules: tuple[MatchedRule, ...] = ()
    tenant_id: str = DEFAULT_TENANT


class DecisionEvaluation(NamedTuple):
    """DECISION_EVALUATION. Command EVALUATE; events EVALUATED, FAILED."""

    decision_id: str = ""
    decision_key: int = -1
    variables: JsonObject = {}  # noqa: RUF012
    decision_name: str = ""
    decision_version: int = -1
    decision_requirements_id: str = ""
    decision_requirements_key: int = -1
    decision_output: Any = None
    evaluated_decisions: tuple[EvaluatedDecision, ...] = ()
    failed_decision_id: str = ""
    evaluation_failure_message: str = ""
    process_definition_key: int = -1
    bpmn_process_id: str = ""
    process_instance_key: int = -1
    element_instance_key: int = -1
    element_id: str = ""
    tenant_id: str = DEFAULT_TENANT


class AdHocActivation(NamedTuple):
    """AD_HOC_SUB_PROCESS_INSTRUCTION. Command ACTIVATE, event ACTIVATED; `elements` = ((element id, variables), ...)."""

    ad_hoc_sub_process_instance_key: int
    elements: tuple[tuple[str, JsonObject], ...]
    cancel_remaining_instances: bool = False
    tenant_id: str = DEFAULT_TENANT


class ClockChange(NamedTuple):
    """CLOCK. Commands PIN, RESET; events PINNED, RESETTED. `time` in epoch milliseconds."""

    time: int = -1
