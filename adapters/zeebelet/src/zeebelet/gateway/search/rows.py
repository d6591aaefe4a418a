"""The rows of the search tables. Keys are integers, times epoch milliseconds, -1 where there is none."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from zeebelet.gateway import documents
from zeebelet.gateway.search import models
from zeebelet.gateway.search.kinds import milliseconds
from zeebelet.records import (
    DecisionEvaluation,
    DecisionMetadata,
    DecisionRequirementsMetadata,
    EvaluatedDecision,
    Incident,
    Job,
    ProcessInstance,
    ProcessMetadata,
    UserTask,
)

LONGEST_SHOWN_VALUE = 8191


@dataclass
class ProcessDefinitionRow:
    """A deployed version of a process."""

    value: ProcessMetadata
    state: str = "ACTIVE"
    is_latest: bool = True

    @cached_property
    def model(self) -> models.Model:
        """What the BPMN file says."""
        return models.read(self.value.resource, self.value.bpmn_process_id)

    @property
    def name(self) -> str:
        """The name of the process."""
        return self.model.name

    @property
    def has_start_form(self) -> bool:
        """Whether its start event has a form."""
        return bool(self.model.start_form_id)


@dataclass(slots=True)
class ProcessInstanceRow:
    """A process instance, running or finished."""

    key: int
    value: ProcessInstance
    definition: ProcessDefinitionRow | None
    start_date: int
    end_date: int = -1
    state: str = "ACTIVE"
    incidents: int = 0
    batches: tuple[str, ...] = ()

    @property
    def has_incident(self) -> bool:
        """Whether it, or an instance it called, has an unresolved incident."""
        return self.incidents > 0

    @property
    def definition_name(self) -> str:
        """The name of its process."""
        return self.definition.name if self.definition else ""

    @property
    def version_tag(self) -> str:
        """The version tag of its process."""
        return self.definition.value.version_tag if self.definition else ""

    @property
    def root_key(self) -> int:
        """The instance at the top of the call hierarchy."""
        root = self.value.root_process_instance_key
        return root if root > 0 else self.key


@dataclass(slots=True)
class ElementInstanceRow:
    """An element instance, running or finished."""

    key: int
    value: ProcessInstance
    instance: ProcessInstanceRow
    start_date: int
    end_date: int = -1
    state: str = "ACTIVE"
    incident_key: int = -1

    @property
    def has_incident(self) -> bool:
        """Whether it has an unresolved incident."""
        return self.incident_key > 0

    @property
    def name(self) -> str:
        """The name of the element; its id where the model gives none."""
        names = self.instance.definition.model.element_names if self.instance.definition else {}
        return names.get(self.value.element_id, self.value.element_id)


@dataclass(slots=True)
class VariableRow:
    """A variable in its scope."""

    key: int
    name: str
    content: Any
    scope_key: int
    process_instance_key: int
    root_key: int
    tenant_id: str

    @property
    def value(self) -> str:
        """The value as JSON text."""
        return documents.text(self.content)

    @property
    def is_truncated(self) -> bool:
        """Whether a search shows only the beginning of the value."""
        return len(self.value) > LONGEST_SHOWN_VALUE

    @property
    def shown_value(self) -> str:
        """The value as a search shows it."""
        return self.value[:LONGEST_SHOWN_VALUE]


@dataclass(slots=True)
class IncidentRow:
    """An incident, active or resolved."""

    key: int
    value: Incident
    creation_time: int
    root_key: int
    state: str = "ACTIVE"


@dataclass(slots=True)
class JobRow:
    """A job, open or finished."""

    key: int
    value: Job
    creation_time: int
    root_key: int
    state: str = "CREATED"
    last_update_time: int = -1
    end_time: int = -1
    denied: bool | None = None
    denied_reason: str = ""

    @property
    def failed_with_retries_left(self) -> bool:
        """Whether it failed and will be tried again."""
        return self.state == "FAILED" and self.value.retries > 0


class TaskEvent(NamedTuple):
    """One thing that happened to a user task: when, what, who has it since, and which attributes changed."""

    time: int
    intent: str
    assignee: str
    action: str
    changed: tuple[str, ...] = ()


@dataclass(slots=True)
class UserTaskRow:
    """A user task; `pending` is what a transition that listeners still decide on would make of it."""

    key: int
    value: UserTask
    element: ElementInstanceRow | None
    creation_date: int
    root_key: int
    state: str = "CREATING"
    completion_date: int = -1
    pending: UserTask | None = None
    history: tuple[TaskEvent, ...] = ()

    @property
    def name(self) -> str:
        """The name of its element."""
        return self.element.name if self.element else self.value.element_id

    @property
    def process_name(self) -> str:
        """The name of its process."""
        return self.element.instance.definition_name if self.element else ""

    @property
    def due(self) -> int:
        """When it is due."""
        return milliseconds(self.value.due_date) if self.value.due_date else -1

    @property
    def follow_up(self) -> int:
        """When somebody wants to look at it again."""
        return milliseconds(self.value.follow_up_date) if self.value.follow_up_date else -1


@dataclass(slots=True)
class MessageSubscriptionRow:
    """An element that waits for a message, or waited."""

    key: int
    value: Any
    root_key: int
    state: str
    last_updated_date: int


@dataclass(slots=True)
class CorrelationRow:
    """A message that met a subscription."""

    key: str
    subscription_key: int
    value: Any
    element_id: str
    element_instance_key: int
    root_key: int
    correlation_time: int
    partition_id: int = 1


@dataclass(slots=True)
class DecisionRow:
    """A deployed version of a decision."""

    value: DecisionMetadata
    requirements: DecisionRequirementsMetadata | None
    is_latest: bool = True

    @property
    def requirements_name(self) -> str:
        """The name of its requirements graph."""
        return self.requirements.decision_requirements_name if self.requirements else ""

    @property
    def requirements_version(self) -> int:
        """The version of its requirements graph."""
        return self.requirements.decision_requirements_version if self.requirements else 1


@dataclass(slots=True)
class DecisionInstanceRow:
    """One evaluation of one decision; `evaluation` is the whole it was part of, without its parts."""

    key: str
    evaluation_key: int
    evaluation: DecisionEvaluation
    value: EvaluatedDecision
    evaluation_date: int
    root_process_instance_key: int
    state: str = "EVALUATED"
    failure: str = ""

    @property
    def result(self) -> str:
        """The output as JSON text."""
        return documents.text(self.value.decision_output)

    @property
    def type(self) -> str:
        """The kind of decision, in the words of the API."""
        known = ("DECISION_TABLE", "LITERAL_EXPRESSION")
        return self.value.decision_type if self.value.decision_type in known else "UNKNOWN"


@dataclass(slots=True)
class SequenceFlowRow:
    """A sequence flow an instance has taken."""

    id: str
    value: ProcessInstance
    root_key: int


@dataclass(slots=True)
class BatchRow:
    """A batch operation."""

    key: int
    type: str
    start_date: int
    state: str = "CREATED"
    end_date: int = -1
    actor_type: str = "ANONYMOUS"
    actor_id: str = ""
    total: int = 0
    failed: int = 0
    completed: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class BatchItemRow:
    """One thing a batch operation is applied to."""

    id: str
    batch: BatchRow
    item_key: int
    process_instance_key: int
    root_key: int
    state: str = "ACTIVE"
    processed_date: int = -1
    error_message: str = ""
