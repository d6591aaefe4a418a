"""The parts of the gateway the transports work with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

from zeebelet.gateway.commands import Commands
from zeebelet.gateway.identity import Identity
from zeebelet.gateway.jobs import Activation
from zeebelet.gateway.polling import LongPolls
from zeebelet.gateway.search.tables import Tables
from zeebelet.gateway.streaming import JobStreams
from zeebelet.records import JsonObject, Timer


class MovableClock(Protocol):
    """The engine's clock, which can be moved."""

    def now(self) -> int:
        """Epoch milliseconds."""

    def advance(self, milliseconds: int) -> None:
        """Moves forward."""


class Services(NamedTuple):
    """The parts of the gateway; `clock_moved` is called when somebody moved the clock."""

    commands: Commands
    activation: Activation
    polls: LongPolls
    streams: JobStreams
    tables: Tables
    clock: MovableClock
    clock_moved: Callable[[], None]
    next_timer: Callable[[], int | None]
    timers: Callable[[], Iterable[tuple[int, Timer]]]
    identity: Callable[[], Identity]
    user_task_of: Callable[[Any], JsonObject | None]
    clock_control: bool = True
