"""What a processor may use: the state to read, the writers to write, keys, time, limits."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from zeebelet.clock import ControlledClock
from zeebelet.keys import KeyGenerator
from zeebelet.records import Record
from zeebelet.state.views import Views
from zeebelet.writers import Writers


@dataclass(frozen=True, slots=True)
class EngineConfig:
    """Limits; the defaults are Zeebe's."""

    max_process_depth: int = 1000
    max_message_size: int = 4 * 1024 * 1024
    max_error_message_size: int = 10_000
    max_steps_per_command: int = 1_000_000  # ours: an instance that never waits is stopped instead of the whole engine


@dataclass(slots=True)
class Awaited:
    """A client that waits for an instance's result."""

    request_id: int
    fetch_variables: tuple[str, ...]


class Context:
    """Passed to every processor. What is not in the state here is forgotten when the engine stops: waiting clients, notes."""

    def __init__(
        self, state: Views, writers: Writers, *, keys: KeyGenerator, clock: ControlledClock, config: EngineConfig
    ) -> None:
        self.state = state
        self.writers = writers
        self.clock = clock
        self.config = config
        self.event: Callable[[str, str, int, Any], Record] = writers.event
        self.command: Callable[[str, str, int, Any], None] = writers.command
        self.next_key: Callable[[], int] = keys.next
        self.awaited: dict[int, Awaited] = {}
        self.user_task_requests: dict[int, Record] = {}
        self.notes = Notes()
        self.later: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()  # what is left to do for one command

    def forget_step(self) -> None:
        """A command failed: what it left for later is not done."""
        self.later.clear()
        self.notes.next_items.clear()
        self.notes.finished_loops.clear()

    def finish(self) -> None:
        """Do what a command left for later: chains of any depth, without recursion."""
        while self.later:
            step, arguments = self.later.popleft()
            step(self, *arguments)

    @property
    def now(self) -> int:
        """Epoch milliseconds; the same for everything one command leads to."""
        return self.writers.now

    def feel_clock(self) -> datetime:
        """The time as FEEL's `now()` sees it."""
        return datetime.fromtimestamp(self.writers.now / 1000, UTC)

    def answer(self, command: Record, event: Record) -> None:
        """Answer the client a command came from, if it came from one."""
        if command.request_id >= 0:
            self.writers.clients.answer(command.request_id, event)


@dataclass(slots=True)
class Notes:
    """What has to be looked at when the current command has led to nothing more."""

    inclusive_scopes: dict[int, None] = field(default_factory=dict)  # scopes in which an inclusive join may start now
    changed_variables: dict[int, dict[str, str]] = field(default_factory=dict)  # scope -> variable -> create/update
    opened_conditions: dict[int, None] = field(default_factory=dict)  # conditional subscriptions not looked at yet
    finished_loops: set[int] = field(default_factory=set)  # multi-instance bodies whose completion condition holds
    next_items: dict[int, tuple[int, Any]] = field(default_factory=dict)  # body -> (index, item) of its next iteration
    triggered_conditions: set[int] = field(default_factory=set)  # they happen once for each client command
    activatable_types: dict[str, None] = field(default_factory=dict)  # job types workers can be told about
    looking_at: int = -1  # the element instance or process instance that is looked at

    def copied(self) -> tuple[dict[int, None], dict[int, dict[str, str]], dict[int, None]]:
        """What is to be looked at, as it is before the look."""
        return self.inclusive_scopes, self.changed_variables, self.opened_conditions

    def restore(
        self, before: tuple[dict[int, None], dict[int, dict[str, str]], dict[int, None]], *, without: int
    ) -> None:
        """Look at everything again but at what failed."""
        for place, entries in zip(("inclusive_scopes", "changed_variables", "opened_conditions"), before, strict=True):
            setattr(self, place, {key: value for key, value in entries.items() if key != without})  # type: ignore[attr-defined]
