"""How everybody but the appliers sees the state: read-only. Each Protocol is the readable half of a table."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from adapters.camunda.engine import dmn
from adapters.camunda.engine.graph import Element, ExecutableProcess
from adapters.camunda.engine.records import (
    CompensationSubscription,
    ConditionalSubscription,
    DecisionMetadata,
    DecisionRequirementsMetadata,
    FormMetadata,
    Incident,
    Job,
    JsonObject,
    Message,
    MessageStartEventSubscription,
    ProcessInstance,
    ProcessMessageSubscription,
    ProcessMetadata,
    ResourceMetadata,
    SignalSubscription,
    Timer,
    UserTask,
)

T_co = TypeVar("T_co", covariant=True)


class ElementInstance(Protocol):
    """A living element."""

    @property
    def key(self) -> int:
        """Its key; the process instance key for a process."""
        ...

    @property
    def value(self) -> ProcessInstance:
        """What its records say."""
        ...

    @property
    def state(self) -> str:
        """The last life-cycle event: ELEMENT_ACTIVATING, ELEMENT_ACTIVATED, ELEMENT_COMPLETING or ELEMENT_TERMINATING."""
        ...

    @property
    def is_active(self) -> bool:
        """Whether it is ELEMENT_ACTIVATED."""
        ...

    @property
    def is_terminating(self) -> bool:
        """Whether it is ELEMENT_TERMINATING."""
        ...

    @property
    def has_tokens(self) -> bool:
        """Whether anything in it still moves or waits."""
        ...

    @property
    def children(self) -> Mapping[int, None] | None:
        """Keys of the instances directly in it."""
        ...

    @property
    def active_flows(self) -> int:
        """Tokens on their way along a sequence flow."""
        ...

    @property
    def joins(self) -> Mapping[tuple[str, str], int] | None:
        """Tokens waiting at a gateway, by (gateway id, flow id)."""
        ...

    @property
    def interrupted_by(self) -> str:
        """The start event of the interrupting event sub-process that took over."""
        ...

    @property
    def job_key(self) -> int:
        """Its open job."""
        ...

    @property
    def user_task_key(self) -> int:
        """Its open native user task."""
        ...

    @property
    def called_key(self) -> int:
        """The process instance it called."""
        ...

    @property
    def loop_counter(self) -> int:
        """Which iteration of a multi-instance body it is, from 1."""
        ...

    @property
    def loop_total(self) -> int:
        """How many iterations a multi-instance body was activated for."""
        ...

    @property
    def fulfilled(self) -> bool:
        """Whether an ad-hoc sub-process only waits for what is still active in it."""
        ...

    @property
    def spawned_children(self) -> int:
        """How many children it ever had."""
        ...

    @property
    def completed_children(self) -> int:
        """How many children completed."""
        ...

    @property
    def terminated_children(self) -> int:
        """How many children were terminated."""
        ...

    @property
    def listener_index(self) -> int:
        """How many execution listeners of the current phase are done."""
        ...


class Instances(Protocol):
    """Element instances."""

    def get(self, key: int, /) -> ElementInstance | None:
        """By key."""
        ...

    @property
    def stop_after(self) -> Mapping[int, tuple[str, ...]]:
        """Process instances that end after one of some elements."""
        ...

    def parent(self, instance: Any) -> ElementInstance | None:
        """The instance around it."""
        ...

    def children(self, instance: Any) -> list[Any]:
        """The instances directly in it, oldest first."""
        ...

    def running(self, process_definition_key: int) -> int:
        """How many instances of a definition are alive."""
        ...

    def all(self) -> Iterable[ElementInstance]:
        """Everything alive, oldest first."""
        ...

    def __len__(self) -> int: ...


class Variables(Protocol):
    """Variables."""

    def local(self, scope_key: int, name: str) -> tuple[int, Any] | None:
        """(key, value) in exactly this scope."""
        ...

    def visible(self, scope_key: int, name: str) -> tuple[int, Any] | None:
        """(key, value) of the nearest one."""
        ...

    def local_document(self, scope_key: int) -> JsonObject:
        """Those of exactly this scope."""
        ...

    def document(self, scope_key: int) -> JsonObject:
        """All that are visible."""
        ...

    def context(self, scope_key: int) -> Mapping[str, Any]:
        """All that are visible, looked up when asked for."""
        ...


class JobEntry(Protocol):
    """A job and where it stands."""

    @property
    def value(self) -> Job:
        """The job."""
        ...

    @property
    def state(self) -> str:
        """ACTIVATABLE, ACTIVATED, FAILED or ERROR_THROWN."""
        ...


class Schedule(Protocol):
    """Things that are due."""

    def next_due(self) -> int | None:
        """The earliest due time."""
        ...

    def due(self, now: int) -> list[int]:
        """Keys due at `now` or before, earliest first."""
        ...


class Jobs(Protocol):
    """Jobs."""

    @property
    def deadlines(self) -> Schedule:
        """When activated jobs time out."""
        ...

    @property
    def backoffs(self) -> Schedule:
        """When failed jobs come back."""
        ...

    def get(self, key: int) -> JobEntry | None:
        """By key."""
        ...

    def activatable(self, job_type: str) -> Iterable[int]:
        """Those a worker may have, lowest key first."""
        ...

    def activatable_types(self) -> list[str]:
        """Types with at least one such job."""
        ...

    def all(self) -> Iterable[tuple[int, JobEntry]]:
        """Every job, oldest first."""
        ...

    def __len__(self) -> int: ...


class Indexed(Protocol[T_co]):
    """Values by key and by some indexes."""

    def get(self, key: int) -> T_co | None:
        """By key."""
        ...

    def by(self, index: str, entry: Hashable) -> list[int]:
        """Keys of an index entry, oldest first."""
        ...

    def has(self, index: str, entry: Hashable) -> bool:
        """Whether an index entry holds anything."""
        ...

    def all(self) -> Iterable[tuple[int, T_co]]:
        """Every (key, value), oldest first."""
        ...

    def __len__(self) -> int: ...


class Trigger(Protocol):
    """An event that happened and is not handled yet."""

    @property
    def key(self) -> int:
        """Its key."""
        ...

    @property
    def target_element_id(self) -> str:
        """The catch event."""
        ...

    @property
    def variables(self) -> JsonObject:
        """What came with it."""
        ...


class Triggers(Protocol):
    """Events that happened."""

    def first(self, scope_key: int) -> Trigger | None:
        """The oldest unhandled one of an element instance."""
        ...


class Subscriptions(Protocol):
    """What is waited for."""

    @property
    def timers(self) -> Indexed[Timer]:
        """By `element`, and by `definition` for start events."""
        ...

    @property
    def timer_schedule(self) -> Schedule:
        """When timers are due."""
        ...

    @property
    def messages(self) -> Indexed[ProcessMessageSubscription]:
        """By `element`, and by `message` = (name, correlation key)."""
        ...

    @property
    def message_starts(self) -> Indexed[MessageStartEventSubscription]:
        """By `definition`, and by `message` = name."""
        ...

    @property
    def signals(self) -> Indexed[SignalSubscription]:
        """By `element`, `signal` and, for start events, `definition`."""
        ...

    @property
    def conditions(self) -> Indexed[ConditionalSubscription]:
        """By `element`, `instance` and, for start events, `definition`."""
        ...

    @property
    def compensations(self) -> Indexed[CompensationSubscription]:
        """By `scope`, `activity`, `throw`, `handler`."""
        ...

    @property
    def triggers(self) -> Triggers:
        """Events that happened and are not handled yet."""
        ...


class StartedBy(Protocol):
    """What a message started an instance for."""

    @property
    def bpmn_process_id(self) -> str:
        """The process."""
        ...

    @property
    def correlation_key(self) -> str:
        """The key."""
        ...


class Messages(Protocol):
    """Buffered messages."""

    @property
    def expiry(self) -> Schedule:
        """When they are forgotten."""
        ...

    def get(self, key: int) -> Message | None:
        """By key."""
        ...

    def buffered(self, name: str, correlation_key: str) -> list[int]:
        """By name and key, oldest first."""
        ...

    def is_known(self, message: Message) -> bool:
        """Whether name, key and id are taken."""
        ...

    def was_correlated(self, key: int, bpmn_process_id: str) -> bool:
        """Whether it reached a process already."""
        ...

    def active_instance(self, bpmn_process_id: str, correlation_key: str) -> int | None:
        """The living instance a message with this key started."""
        ...

    def started_by(self, process_instance_key: int) -> StartedBy | None:
        """What an instance was started for."""
        ...


class UserTaskEntry(Protocol):
    """A native user task and where it stands."""

    @property
    def value(self) -> UserTask:
        """The task."""
        ...

    @property
    def state(self) -> str:
        """Its life-cycle state: CREATED, ASSIGNING, ..."""
        ...

    @property
    def pending(self) -> UserTask | None:
        """What the running transition asks for."""
        ...

    @property
    def before(self) -> str:
        """The state a denial returns to."""
        ...

    @property
    def listener_index(self) -> int:
        """How many task listeners of the running transition are done."""
        ...


class UserTasks(Protocol):
    """Native user tasks."""

    def get(self, key: int) -> UserTaskEntry | None:
        """By key."""
        ...

    def all(self) -> Mapping[int, UserTaskEntry]:
        """Every one, oldest first."""
        ...


class Deployed(Protocol[T_co]):
    """A deployed thing."""

    @property
    def key(self) -> int:
        """Its key."""
        ...

    @property
    def id(self) -> str:
        """Its id in the model."""
        ...

    @property
    def version(self) -> int:
        """Its version."""
        ...

    @property
    def deployment_key(self) -> int:
        """The deployment it came with."""
        ...

    @property
    def version_tag(self) -> str:
        """Its version tag."""
        ...

    @property
    def value(self) -> T_co:
        """The thing."""
        ...


class Registry(Protocol[T_co]):
    """Versions of named things."""

    def get(self, key: int) -> Deployed[T_co] | None:
        """By key."""
        ...

    def latest(self, identifier: str) -> Deployed[T_co] | None:
        """The highest version that is not deleted."""
        ...

    def version(self, identifier: str, version: int) -> Deployed[T_co] | None:
        """By number."""
        ...

    def deployed_with(self, identifier: str, deployment_key: int) -> Deployed[T_co] | None:
        """Of the same deployment."""
        ...

    def tagged(self, identifier: str, version_tag: str) -> Deployed[T_co] | None:
        """The newest with a tag."""
        ...

    def last_version(self, identifier: str) -> int:
        """The highest version number ever given."""
        ...

    def all(self) -> Iterable[Deployed[T_co]]:
        """Everything, oldest first."""
        ...


class ProcessDefinition(Protocol):
    """A deployed process."""

    @property
    def metadata(self) -> ProcessMetadata:
        """What its record says."""
        ...

    @property
    def executable(self) -> ExecutableProcess:
        """How it runs."""
        ...


class DecisionRequirements(Protocol):
    """A deployed decision requirements graph."""

    @property
    def metadata(self) -> DecisionRequirementsMetadata:
        """What its record says."""
        ...

    @property
    def graph(self) -> dmn.DecisionRequirementsGraph:
        """How it is evaluated."""
        ...


class Definitions(Protocol):
    """What is deployed."""

    @property
    def processes(self) -> Registry[ProcessDefinition]:
        """Processes."""
        ...

    @property
    def decision_requirements(self) -> Registry[DecisionRequirements]:
        """Decision requirements graphs."""
        ...

    @property
    def decisions(self) -> Registry[DecisionMetadata]:
        """Decisions."""
        ...

    @property
    def forms(self) -> Registry[FormMetadata]:
        """Forms."""
        ...

    @property
    def resources(self) -> Registry[ResourceMetadata]:
        """Generic resources."""
        ...

    def process(self, process_definition_key: int) -> ExecutableProcess:
        """The executable process of a definition that exists."""
        ...

    def element(self, process_definition_key: int, element_id: str) -> Element:
        """An element of a definition that exists."""
        ...


class Views(Protocol):
    """Everything, read-only."""

    @property
    def definitions(self) -> Definitions:
        """What is deployed."""
        ...

    @property
    def instances(self) -> Instances:
        """Element instances."""
        ...

    @property
    def variables(self) -> Variables:
        """Variables."""
        ...

    @property
    def jobs(self) -> Jobs:
        """Jobs."""
        ...

    @property
    def incidents(self) -> Indexed[Incident]:
        """Open incidents, by `element`, `job` and `instance`."""
        ...

    @property
    def subscriptions(self) -> Subscriptions:
        """What is waited for."""
        ...

    @property
    def messages(self) -> Messages:
        """Buffered messages."""
        ...

    @property
    def user_tasks(self) -> UserTasks:
        """Native user tasks."""
        ...

    @property
    def pinned_time(self) -> int:
        """Where the clock is pinned, -1 when it is not."""
        ...
