"""The executable process: elements by id, each with everything its execution needs, references as ids."""

from __future__ import annotations

from dataclasses import dataclass, field

from zeebelet.graph.expression import Expression
from zeebelet.graph.specs import (
    AdHocSpec,
    CallSpec,
    CodeSpec,
    CompensationSpec,
    ConditionSpec,
    DecisionSpec,
    JobSpec,
    ListenerSpec,
    LoopSpec,
    MappingSpec,
    MessageSpec,
    PublishSpec,
    ScriptSpec,
    TimerSpec,
    UserTaskSpec,
)

INNER_INSTANCE = "#innerInstance"
JOINING = frozenset({"PARALLEL_GATEWAY", "INCLUSIVE_GATEWAY"})
CONTAINERS = frozenset({"PROCESS", "SUB_PROCESS", "EVENT_SUB_PROCESS", "AD_HOC_SUB_PROCESS"})


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow."""

    id: str
    source_id: str
    target_id: str
    condition: Expression | None = None
    joins: bool = False  # its target collects tokens before it starts


@dataclass(frozen=True, slots=True)
class Element:
    """One executable element."""

    id: str
    name: str
    type: str  # bpmn_element_type of the records
    event_type: str  # bpmn_event_type of the records
    scope_id: str  # the container it lies in; empty for the process
    incoming: tuple[Flow, ...] = ()
    outgoing: tuple[Flow, ...] = ()
    default_flow: str = ""

    inputs: tuple[MappingSpec, ...] = ()
    outputs: tuple[MappingSpec, ...] = ()
    start_listeners: tuple[ListenerSpec, ...] = ()
    end_listeners: tuple[ListenerSpec, ...] = ()

    # events
    interrupting: bool = True
    attached_to: str = ""
    message: MessageSpec | None = None
    publish: PublishSpec | None = None
    timer: TimerSpec | None = None
    signal: Expression | None = None
    condition: ConditionSpec | None = None
    error: CodeSpec | None = None
    escalation: CodeSpec | None = None
    compensation: CompensationSpec | None = None
    link_target: str = ""  # of a link throw event: the catch event it jumps to
    after_event_gateway: bool = False

    # activities
    job: JobSpec | None = None
    user_task: UserTaskSpec | None = None
    call: CallSpec | None = None
    decision: DecisionSpec | None = None
    script: ScriptSpec | None = None
    loop: LoopSpec | None = None
    ad_hoc: AdHocSpec | None = None
    boundary_ids: tuple[str, ...] = ()
    compensation_boundary_id: str = ""
    is_for_compensation: bool = False

    # containers
    child_ids: tuple[str, ...] = ()
    start_ids: tuple[str, ...] = ()  # every start event in it
    none_start_id: str = ""
    event_sub_process_ids: tuple[str, ...] = ()
    event_start_ids: tuple[str, ...] = ()  # the start events of its event sub-processes

    catch_ids: tuple[str, ...] = ()  # the events it listens to while active
    properties: dict[str, str] = field(default_factory=dict)

    @property
    def is_container(self) -> bool:
        """Whether it holds other elements."""
        return self.type in CONTAINERS

    @property
    def activation_type(self) -> str:
        """The type a token arriving at it activates: the loop around it, if it has one."""
        return "MULTI_INSTANCE_BODY" if self.loop else self.type


@dataclass(frozen=True, slots=True)
class ExecutableProcess:
    """A deployed process, ready to run."""

    id: str
    name: str
    version_tag: str
    elements: dict[str, Element]
    flows: dict[str, Flow]

    @property
    def root(self) -> Element:
        """The process itself as an element."""
        return self.elements[self.id]

    def scope_chain(self, element_id: str) -> tuple[str, ...]:
        """The containers around an element, innermost first, the process last."""
        chain: list[str] = []
        scope = self.elements[element_id].scope_id
        while scope:
            chain.append(scope)
            scope = self.elements[scope].scope_id
        return tuple(chain)
