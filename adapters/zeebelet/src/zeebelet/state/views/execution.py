"""Element instances and variables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from zeebelet.records import JsonObject, ProcessInstance


class Tokens(Protocol):
    """What moves or waits in an element instance."""

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
    def has_tokens(self) -> bool:
        """Whether anything in it still moves or waits."""
        ...

    @property
    def interrupted_by(self) -> str:
        """The interrupting event sub-process that took over, or the terminate end event that ended everything else."""
        ...


class Waits(Protocol):
    """What an element instance waits for."""

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
    def listener_index(self) -> int:
        """How many execution listeners of the current phase are done."""
        ...

    @property
    def fulfilled(self) -> bool:
        """Whether an ad-hoc sub-process only waits for what is still active in it."""
        ...


class Iterations(Protocol):
    """How far a loop is."""

    @property
    def loop_counter(self) -> int:
        """Which iteration of a multi-instance body it is, from 1."""
        ...

    @property
    def loop_total(self) -> int:
        """How many iterations a multi-instance body was activated for."""
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


class ElementInstance(Tokens, Waits, Iterations, Protocol):
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
