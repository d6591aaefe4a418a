"""Processes one client command with everything it leads to, and rebuilds the state from a log."""

from __future__ import annotations

import logging
from typing import Any

from zeebelet.clients import Respond
from zeebelet.clock import ControlledClock
from zeebelet.errors import Rejection
from zeebelet.keys import KeyGenerator
from zeebelet.log import Log
from zeebelet.loop.journal import Journal
from zeebelet.processors import PROCESSORS, Context, EngineConfig, faults, runaway
from zeebelet.processors.fixpoint import look_again
from zeebelet.records import Record, RecordType
from zeebelet.state.appliers import State
from zeebelet.state.snapshot import dump, fingerprint, load
from zeebelet.state.views import Views
from zeebelet.writers import Writers

logger = logging.getLogger(__name__)
MAX_FAULTS = 1_000  # of one look at what depends on everything
NOTHING = Record(-1, RecordType.COMMAND, "PROCESS_INSTANCE", "LOOK_AGAIN", -1, None, 0)


class Machine:
    """The state and the processors that may change it."""

    def __init__(self, clock: ControlledClock, config: EngineConfig) -> None:
        self._state = State()
        self.state: Views = self._state
        self._clock = clock
        self._keys = KeyGenerator()
        self._journal = Journal()
        self.writers = Writers(self._state, self._keys)
        self._context = Context(self.state, self.writers, keys=self._keys, clock=clock, config=config)

    def replay(self, log: Log) -> None:
        """Rebuild the state: the stored one, then every event since."""
        stored = log.snapshot()
        if stored is not None:
            load(self._state, stored["state"])
            self.writers.restore(stored["position"], stored["last_key"])
        for record in log.read():
            self.writers.replay(record)
        if self.writers.position > 0:
            self._journal.begin(self._state)
        if self.state.pinned_time >= 0:
            self._clock.pin(self.state.pinned_time)

    def process(self, command: Record, respond: Respond | None) -> list[Record]:
        """The records a command leads to, until it leads to nothing more."""
        writers = self.writers
        writers.now = self._clock.now()
        self._context.notes.triggered_conditions.clear()
        writers.request(command, respond)
        queue = writers.queue
        steps = 0
        while True:
            while queue:
                self._step(queue.popleft())
                steps += 1
                if steps >= self._context.config.max_steps_per_command:
                    runaway.stop(self._context)
                    steps = 0
            if not self._look_again():
                batch = writers.take_batch()
                self._journal.add(batch, self._state)
                return batch

    def _step(self, command: Record) -> None:
        self.writers.begin(command)
        try:
            if self.state.banned:
                faults.check_not_banned(self._context, command)
            PROCESSORS[command.value_type, command.intent](self._context, command)
            if self._context.later:
                self._context.finish()
        except Rejection as rejection:
            self._context.later.clear()
            self.writers.reject(command, rejection)
        except Exception as error:
            self._isolate(command, error)

    def _isolate(self, command: Record, error: Exception) -> None:
        """A fault of the engine: what the command wrote is undone, its instance stops, everything else goes on."""
        logger.error(
            "Processing %s/%s with key %d failed; what it wrote is undone and its instance is banned",
            *(command.value_type, command.intent, command.key),
            exc_info=error,
        )
        self._undo()
        try:
            faults.stop(self._context, command, error)
        except Exception:
            logger.exception("Keeping that error failed, too")
            self._undo()
        if command.position >= 0:
            self.writers.reject(command, faults.refusal(command, error))

    def _undo(self) -> None:
        self._context.forget_step()
        if self.writers.take_back():
            self._journal.rebuild(self._state, self.writers.batch)

    def _look_again(self) -> bool:
        """What depends on everything at once: joins and conditions; a fault there stops the instance that was looked at."""
        notes = self._context.notes
        for _ in range(MAX_FAULTS):
            before = notes.copied()
            self.writers.begin(NOTHING)
            try:
                return look_again(self._context)
            except Exception as error:
                self._isolate(NOTHING._replace(key=notes.looking_at), error)
                notes.restore(before, without=notes.looking_at)
        return bool(self.writers.queue)

    def take_activatable_types(self) -> list[str]:
        """The job types workers can be told about since the last time."""
        notes = self._context.notes
        types, notes.activatable_types = list(notes.activatable_types), {}
        return types

    def dump(self) -> Any:
        """The state as it is stored."""
        return {"position": self.writers.position, "last_key": self._keys.last, "state": dump(self._state)}

    def fingerprint(self) -> str:
        """A hash of the whole state."""
        return fingerprint(self._state)
