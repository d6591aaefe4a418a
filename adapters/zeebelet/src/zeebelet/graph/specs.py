"""What an element does, one frozen value per concern; an `Element` carries those that apply to it."""

from __future__ import annotations

from dataclasses import dataclass

from zeebelet.graph.expression import Expression

LATEST = "latest"
DEPLOYMENT = "deployment"
VERSION_TAG = "versionTag"


@dataclass(frozen=True, slots=True)
class Binding:
    """Which version of a named resource is meant: the latest, the one deployed together, or the one with a tag."""

    type: str = LATEST
    version_tag: str = ""


@dataclass(frozen=True, slots=True)
class MappingSpec:
    """An input or output mapping; `path` is the target split at its dots."""

    source: Expression
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job worker's task."""

    type: Expression
    retries: Expression
    headers: dict[str, str]
    linked_resources: tuple[LinkedResource, ...] = ()


@dataclass(frozen=True, slots=True)
class LinkedResource:
    """A resource a job's worker works with, found by id and binding when the job is created."""

    resource_id: str
    resource_type: str
    link_name: str
    binding: Binding


@dataclass(frozen=True, slots=True)
class ListenerSpec:
    """A listener job: on `start` or `end` of an element, or on a change of a user task."""

    event_type: str
    type: Expression
    retries: Expression


@dataclass(frozen=True, slots=True)
class FormSpec:
    """The form of a user task: a deployed form's id, an embedded form's key, or a reference of somebody else's."""

    form_id: Expression | None = None
    form_key: str = ""
    external_reference: Expression | None = None
    binding: Binding = Binding()


@dataclass(frozen=True, slots=True)
class UserTaskSpec:
    """A user task, native or worked through a job."""

    native: bool
    headers: dict[str, str]
    form: FormSpec
    assignee: Expression | None = None
    candidate_groups: Expression | None = None
    candidate_users: Expression | None = None
    due_date: Expression | None = None
    follow_up_date: Expression | None = None
    priority: Expression | None = None
    listeners: tuple[ListenerSpec, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageSpec:
    """A message to wait for."""

    name: Expression
    correlation_key: Expression | None


@dataclass(frozen=True, slots=True)
class PublishSpec:
    """A message an event publishes itself."""

    name: Expression
    correlation_key: Expression
    message_id: Expression | None
    time_to_live: Expression | None


@dataclass(frozen=True, slots=True)
class TimerSpec:
    """A timer; `kind` is timeDate, timeDuration or timeCycle."""

    kind: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class ConditionSpec:
    """A conditional event: the condition, and which changes of which variables make it worth a look (empty: all)."""

    expression: Expression
    variable_names: tuple[str, ...] = ()
    variable_events: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """An error or escalation code; None catches every code."""

    code: Expression | None


@dataclass(frozen=True, slots=True)
class CompensationSpec:
    """A compensation throw event (`activity_id` limits it) or boundary event (`handler_id`)."""

    activity_id: str = ""
    handler_id: str = ""


@dataclass(frozen=True, slots=True)
class CallSpec:
    """A called process."""

    process_id: Expression
    binding: Binding
    propagate_all_parent_variables: bool
    propagate_all_child_variables: bool


@dataclass(frozen=True, slots=True)
class DecisionSpec:
    """A called decision."""

    decision_id: Expression
    binding: Binding
    result_variable: str


@dataclass(frozen=True, slots=True)
class ScriptSpec:
    """A FEEL script."""

    expression: Expression
    result_variable: str


@dataclass(frozen=True, slots=True)
class LoopSpec:
    """Multi-instance."""

    sequential: bool
    input_collection: Expression
    input_element: str = ""
    output_collection: str = ""
    output_element: Expression | None = None
    completion_condition: Expression | None = None


@dataclass(frozen=True, slots=True)
class AdHocSpec:
    """An ad-hoc sub-process."""

    active_elements: Expression | None = None
    completion_condition: Expression | None = None
    cancel_remaining: bool = True
    output_collection: str = ""
    output_element: Expression | None = None
