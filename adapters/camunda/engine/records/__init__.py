"""What the log holds: commands, the events they lead to, and rejections.

Commands are imperative (`COMPLETE`), events past tense (`COMPLETED`), life-cycle states end in `-ING`/`-ED`. Value and field
names follow the record names of Zeebe's exporters (protocol/record/value), in snake case. Values are immutable and cheap:
a NamedTuple each; a changed value is `value._replace(...)`. Everything that crosses the gateway, is stored or is replayed is
made of these, so they hold only str, int, bool, None, list, dict, bytes and other values."""

from adapters.camunda.engine.records.decisions import (
    DecisionEvaluation,
    EvaluatedDecision,
    EvaluatedInput,
    EvaluatedOutput,
    MatchedRule,
)
from adapters.camunda.engine.records.deployment import (
    DecisionMetadata,
    DecisionRequirementsMetadata,
    Deployment,
    DeploymentResource,
    FormMetadata,
    ProcessMetadata,
    ResourceDeletion,
    ResourceMetadata,
)
from adapters.camunda.engine.records.events import (
    ClockChange,
    ConditionalEvaluation,
    ConditionalSubscription,
    Message,
    MessageCorrelation,
    MessageStartEventSubscription,
    ProcessMessageSubscription,
    Signal,
    SignalSubscription,
    Timer,
)
from adapters.camunda.engine.records.execution import (
    AdHocActivation,
    CompensationSubscription,
    Escalation,
    Incident,
    Job,
    JobBatch,
    ProcessInstance,
    UserTask,
    Variable,
    VariableDocument,
)
from adapters.camunda.engine.records.instance_commands import (
    ActivateInstruction,
    MappingInstruction,
    MoveInstruction,
    ProcessInstanceCreation,
    ProcessInstanceMigration,
    ProcessInstanceModification,
    ProcessInstanceResult,
    StartInstruction,
    TerminateInstruction,
    VariableInstruction,
)
from adapters.camunda.engine.records.json import DEFAULT_TENANT, JsonObject
from adapters.camunda.engine.records.record import Record, RecordType

__all__ = [
    "DEFAULT_TENANT",
    "ActivateInstruction",
    "AdHocActivation",
    "ClockChange",
    "CompensationSubscription",
    "ConditionalEvaluation",
    "ConditionalSubscription",
    "DecisionEvaluation",
    "DecisionMetadata",
    "DecisionRequirementsMetadata",
    "Deployment",
    "DeploymentResource",
    "Escalation",
    "EvaluatedDecision",
    "EvaluatedInput",
    "EvaluatedOutput",
    "FormMetadata",
    "Incident",
    "Job",
    "JobBatch",
    "JsonObject",
    "MappingInstruction",
    "MatchedRule",
    "Message",
    "MessageCorrelation",
    "MessageStartEventSubscription",
    "MoveInstruction",
    "ProcessInstance",
    "ProcessInstanceCreation",
    "ProcessInstanceMigration",
    "ProcessInstanceModification",
    "ProcessInstanceResult",
    "ProcessMessageSubscription",
    "ProcessMetadata",
    "Record",
    "RecordType",
    "ResourceDeletion",
    "ResourceMetadata",
    "Signal",
    "SignalSubscription",
    "StartInstruction",
    "TerminateInstruction",
    "Timer",
    "UserTask",
    "Variable",
    "VariableDocument",
    "VariableInstruction",
]
