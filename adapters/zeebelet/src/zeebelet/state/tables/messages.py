"""Published messages that are still buffered, and the instances started by a message."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from zeebelet.records import Message
from zeebelet.state.tables.schedule import Schedule
from zeebelet.state.tables.subscriptions import Indexed


class StartedBy(NamedTuple):
    """The process and correlation key an instance was started for: there is one such instance at a time."""

    bpmn_process_id: str
    correlation_key: str


class MessageTable:
    """Buffered messages by key, by name and correlation key, and by id."""

    def __init__(self) -> None:
        self._messages: Indexed[Message] = Indexed(
            message=lambda message: (message.name, message.correlation_key),
            id=lambda message: (message.name, message.correlation_key, message.message_id),
        )
        self._correlated: dict[int, set[str]] = {}
        self.expiry = Schedule()

    def get(self, key: int) -> Message | None:
        """A buffered message."""
        return self._messages.get(key)

    def buffered(self, name: str, correlation_key: str) -> list[int]:
        """Buffered messages with this name and key, oldest first."""
        return self._messages.by("message", (name, correlation_key))

    def is_known(self, message: Message) -> bool:
        """Whether a buffered message has the same name, key and id."""
        return self._messages.has("id", (message.name, message.correlation_key, message.message_id))

    def was_correlated(self, key: int, bpmn_process_id: str) -> bool:
        """Whether a message reached this process already; it never does twice."""
        return bpmn_process_id in self._correlated.get(key, ())

    def put(self, key: int, message: Message) -> None:
        """Buffer a message."""
        self._messages.put(key, message)
        self.expiry.put(key, message.deadline)

    def remove(self, key: int) -> None:
        """Forget a message."""
        self._messages.remove(key)
        self._correlated.pop(key, None)
        self.expiry.discard(key)

    def correlate(self, key: int, bpmn_process_id: str) -> None:
        """A message reached a process."""
        if self._messages.get(key) is not None:
            self._correlated.setdefault(key, set()).add(bpmn_process_id)

    def dump(self) -> tuple[Iterable[tuple[int, Message]], dict[int, set[str]]]:
        """Messages and what they reached, for snapshots."""
        return self._messages.all(), self._correlated


class StartedTable:
    """The instances started by a message with a correlation key: one for each process and key at a time."""

    def __init__(self) -> None:
        self._started: dict[int, StartedBy] = {}
        self._locks: dict[StartedBy, int] = {}

    def all(self) -> dict[int, StartedBy]:
        """Everything, for snapshots."""
        return self._started

    def active_instance(self, bpmn_process_id: str, correlation_key: str) -> int | None:
        """The living instance of a process that a message with this key started."""
        return self._locks.get(StartedBy(bpmn_process_id, correlation_key))

    def started_by(self, process_instance_key: int) -> StartedBy | None:
        """What an instance was started for."""
        return self._started.get(process_instance_key)

    def lock(self, process_instance_key: int, started: StartedBy) -> None:
        """An instance was started by a message with a correlation key."""
        self._started[process_instance_key] = started
        self._locks[started] = process_instance_key

    def unlock(self, process_instance_key: int) -> None:
        """That instance ended."""
        started = self._started.pop(process_instance_key, None)
        if started is not None:
            self._locks.pop(started, None)
