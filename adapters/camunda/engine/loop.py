"""The engine: takes a command, processes it and all it leads to, commits, then tells everybody.

One thread owns an engine. A call made while another is running (by a listener, say) is taken in and processed after it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from adapters.camunda.engine.clock import Clock, ControlledClock
from adapters.camunda.engine.errors import EngineError, Rejection
from adapters.camunda.engine.keys import KeyGenerator
from adapters.camunda.engine.log import Log, NoLog
from adapters.camunda.engine.processors import PROCESSORS, Context, EngineConfig
from adapters.camunda.engine.processors.fixpoint import look_again
from adapters.camunda.engine.records import Record, RecordType
from adapters.camunda.engine.state.appliers import State
from adapters.camunda.engine.state.snapshot import dump, fingerprint, load
from adapters.camunda.engine.state.views import Views
from adapters.camunda.engine.writers import Respond, Writers

logger = logging.getLogger(__name__)

Listener = Callable[[Record], None]
JobsListener = Callable[[str], None]

# What is due, and the command that makes it happen.
_DUE = (
    ("timers", "TIMER", "TRIGGER"),
    ("deadlines", "JOB", "TIME_OUT"),
    ("backoffs", "JOB", "RECUR_AFTER_BACKOFF"),
    ("expiry", "MESSAGE", "EXPIRE"),
)
_MAX_ROUNDS = 10_000  # of one tick: a timer that is due again at once must not stop everything else


class Engine:
    """An embedded Zeebe-compatible engine."""

    def __init__(
        self, *, clock: Clock | None = None, log: Log | None = None, config: EngineConfig | None = None
    ) -> None:
        self.clock = clock if isinstance(clock, ControlledClock) else ControlledClock(clock)
        self._state = State()
        self.state: Views = self._state
        self._keys = KeyGenerator()
        self._writers = Writers(self._state, self._keys)
        self._log: Log = log or NoLog()
        self._context = Context(
            self.state, self._writers, keys=self._keys, clock=self.clock, config=config or EngineConfig()
        )
        self._listeners: list[Listener] = []
        self._jobs_listeners: list[JobsListener] = []
        self._inbox: deque[tuple[Record, Respond | None]] = deque()
        self._uncommitted: list[Record] = []
        self._grouped = 0
        self._stopped = False
        self._running = False
        self._replay()

    def submit(
        self,
        value_type: str,
        intent: str,
        value: Any,
        *,
        key: int = -1,
        respond: Respond | None = None,
    ) -> None:
        """Process a command and everything it leads to; `respond` gets the event or rejection that answers it, once."""
        if self._stopped:
            raise EngineError("Expected the log to be writable, but writing failed before; restart the engine")
        command = Record(-1, RecordType.COMMAND, value_type, intent, key, value, 0)
        self._inbox.append((command, respond))
        self._run()

    def tick(self) -> None:
        """Let everything happen that is due."""
        now = self.clock.now()
        for _ in range(_MAX_ROUNDS):
            due = [(value_type, intent, key) for value_type, intent, key in self._due(now)]
            if not due:
                return
            for value_type, intent, key in due:
                self.submit(value_type, intent, None, key=key)

    def next_due(self) -> int | None:
        """When the next thing is due, in epoch milliseconds."""
        times = [time for name, _, _ in _DUE if (time := self._schedule(name).next_due()) is not None]
        return min(times, default=None)

    def next_timer(self) -> int | None:
        """When the next timer is due, in epoch milliseconds."""
        return self.state.subscriptions.timer_schedule.next_due()

    def subscribe(self, listener: Listener) -> None:
        """Call `listener` with every event and rejection, in order, after it is committed."""
        self._listeners.append(listener)

    def on_jobs_available(self, listener: JobsListener) -> None:
        """Call `listener` with the type of every job that becomes activatable."""
        self._jobs_listeners.append(listener)

    @contextmanager
    def group(self) -> Iterator[None]:
        """Commit several commands at once: answers and listeners wait until the block ends."""
        self._grouped += 1
        try:
            yield
        finally:
            self._grouped -= 1
            self._run()

    def fingerprint(self) -> str:
        """A hash of the whole state."""
        return fingerprint(self._state)

    def close(self) -> None:
        """Commit and close the log."""
        self._log.close()

    def _schedule(self, name: str) -> Any:
        return {
            "timers": self.state.subscriptions.timer_schedule,
            "deadlines": self.state.jobs.deadlines,
            "backoffs": self.state.jobs.backoffs,
            "expiry": self.state.messages.expiry,
        }[name]

    def _due(self, now: int) -> Iterable[tuple[str, str, int]]:
        for name, value_type, intent in _DUE:
            for key in self._schedule(name).due(now):
                yield value_type, intent, key

    def _replay(self) -> None:
        stored = self._log.snapshot()
        if stored is not None:
            load(self._state, stored["state"])
            self._writers.restore(stored["position"], stored["last_key"])
        for record in self._log.read():
            self._writers.replay(record)
        if self.state.pinned_time >= 0:
            self.clock.pin(self.state.pinned_time)

    def _run(self) -> None:
        if self._running:
            return
        self._running = True
        try:
            while self._inbox or (self._uncommitted and not self._grouped):
                while self._inbox:
                    self._process_next()
                if not self._grouped:
                    self._commit()
        finally:
            self._running = False

    def _process_next(self) -> None:
        command, respond = self._inbox.popleft()
        writers = self._writers
        writers.now = self.clock.now()
        self._context.notes.triggered_conditions.clear()
        writers.request(command, respond)
        queue = writers.queue
        while True:
            while queue:
                self._process(queue.popleft())
            if not look_again(self._context):
                break
        batch = writers.take_batch()
        self._log.append(batch)
        self._uncommitted.extend(batch)

    def _commit(self) -> None:
        """Make everything safe, then tell everybody."""
        batch, self._uncommitted = self._uncommitted, []
        try:
            self._log.flush()
        except OSError:
            self._stopped = True  # the state is ahead of the log: going on would promise what a restart forgets
            raise
        self._log.offer_snapshot(self._writers.position, self._dump)
        self._tell(batch)

    def _dump(self) -> Any:
        return {"position": self._writers.position, "last_key": self._keys.last, "state": dump(self._state)}

    def _process(self, command: Record) -> None:
        self._writers.begin(command)
        try:
            PROCESSORS[command.value_type, command.intent](self._context, command)
        except Rejection as rejection:
            self._writers.reject(command, rejection)
        except Exception as error:
            # A bug of the engine: what was written so far stands, the command is refused, everything else goes on.
            logger.exception("Processing %s/%s with key %d failed", command.value_type, command.intent, command.key)
            reason = (
                f"Expected to process command '{command.intent}' without errors, but {type(error).__name__}: {error}"
            )
            self._writers.reject(command, Rejection("PROCESSING_ERROR", reason))

    def _tell(self, batch: list[Record]) -> None:
        if self._listeners:
            for record in batch:
                if record.record_type is not RecordType.COMMAND:
                    for listener in self._listeners:
                        listener(record)
        for respond, answer in self._writers.take_answers():
            respond(answer)
        types = self._context.notes.activatable_types
        if types:
            self._context.notes.activatable_types = {}
            for job_type in types:
                for jobs_listener in self._jobs_listeners:
                    jobs_listener(job_type)


__all__ = ["Engine", "EngineConfig"]
