"""The engine: takes commands, processes and commits them, then tells everybody.

One thread owns an engine. A call made while another is running (by a listener, say) is taken in and processed after it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from zeebelet.clients import Respond
from zeebelet.clock import Clock, ControlledClock
from zeebelet.errors import EngineError
from zeebelet.log import Log, NoLog
from zeebelet.loop.agenda import Agenda
from zeebelet.loop.machine import Machine
from zeebelet.loop.outbox import Outbox
from zeebelet.processors import EngineConfig
from zeebelet.records import Record, RecordType, Timer

_MAX_ROUNDS = 10_000  # of one tick: a timer that is due again at once must not stop everything else


class Engine:
    """An embedded Zeebe-compatible engine; in memory unless given a log, which it goes on from."""

    def __init__(
        self, *, clock: Clock | None = None, log: Log | None = None, config: EngineConfig | None = None
    ) -> None:
        self.clock = clock if isinstance(clock, ControlledClock) else ControlledClock(clock)
        self._machine = Machine(self.clock, config or EngineConfig())
        self.state = self._machine.state
        self._outbox = Outbox(log or NoLog(), self._machine)
        self._agenda = Agenda(self.state)
        self._inbox: deque[tuple[Record, Respond | None]] = deque()
        self._grouped = 0
        self._running = False
        self._machine.replay(log or NoLog())

    def submit(
        self, value_type: str, intent: str, value: Any, *, key: int = -1, respond: Respond | None = None
    ) -> None:
        """Process a command and everything it leads to; `respond` gets the event or rejection that answers it, once."""
        if self._outbox.failed:
            raise EngineError("Expected the log to be writable, but writing failed before; restart the engine")
        command = Record(-1, RecordType.COMMAND, value_type, intent, key, value, 0)
        self._inbox.append((command, respond))
        self._run()

    def tick(self) -> None:
        """Let everything happen that is due; called by a listener it does nothing, the caller's turn is not over."""
        if self._running:
            return
        now = self.clock.now()
        for _ in range(_MAX_ROUNDS):
            due = self._agenda.due(now)
            if not due:
                return
            with self.group():
                for value_type, intent, key in due:
                    self.submit(value_type, intent, None, key=key)

    def next_due(self) -> int | None:
        """When the next thing is due, in epoch milliseconds."""
        return self._agenda.next_due()

    def next_timer(self) -> int | None:
        """When the next timer is due, in epoch milliseconds."""
        return self._agenda.next_timer()

    def timers(self) -> Iterable[tuple[int, Timer]]:
        """The timers that are set, by their keys."""
        return self.state.subscriptions.timers.all()

    def subscribe(self, listener: Callable[[Record], None]) -> None:
        """Call `listener` with every event and rejection, in order, after it is committed."""
        self._outbox.listeners.append(listener)

    def on_jobs_available(self, listener: Callable[[str], None]) -> None:
        """Call `listener` with the type of every job that becomes activatable."""
        self._outbox.jobs_listeners.append(listener)

    @contextmanager
    def group(self) -> Iterator[None]:
        """Commit several commands with one write: answers and listeners wait until the block ends."""
        self._grouped += 1
        try:
            yield
        finally:
            self._grouped -= 1
            self._run()

    def fingerprint(self) -> str:
        """A hash of the whole state: two engines share it only if they hold the same."""
        return self._machine.fingerprint()

    def close(self) -> None:
        """Commit and close the log."""
        self._outbox.close()

    def _run(self) -> None:
        """Process what was asked, and commit unless a group goes on."""
        if self._running:
            return
        self._running = True
        try:
            while self._inbox or (self._outbox.is_open and not self._grouped):
                while self._inbox:
                    self._outbox.take(self._machine.process(*self._inbox.popleft()))
                if not self._grouped:
                    self._outbox.commit()
        finally:
            self._running = False
