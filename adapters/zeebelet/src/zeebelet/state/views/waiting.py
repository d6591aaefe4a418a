"""What is waited for: subscriptions, triggers, messages."""

from __future__ import annotations

from typing import Protocol

from zeebelet.records import (
    CompensationSubscription,
    ConditionalSubscription,
    JsonObject,
    Message,
    MessageStartEventSubscription,
    ProcessMessageSubscription,
    SignalSubscription,
    Timer,
)
from zeebelet.state.views.indexed import Indexed, Schedule


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


class Started(Protocol):
    """Instances started by a message with a correlation key."""

    def active_instance(self, bpmn_process_id: str, correlation_key: str) -> int | None:
        """The living instance a message with this key started."""
        ...

    def started_by(self, process_instance_key: int) -> StartedBy | None:
        """What an instance was started for."""
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
