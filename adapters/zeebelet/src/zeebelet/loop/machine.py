"""Processes one client command with everything it leads to, and rebuilds the state from a log."""

from __future__ import annotations

import logging
from typing import Any

from zeebelet.clients import Respond
from zeebelet.clock import ControlledClock
from zeebelet.errors import Rejection
from zeebelet.keys import KeyGenerator
from zeebelet.log import Log
from zeebelet.processors import PROCESSORS, Context, EngineConfig, runaway
from zeebelet.processors.fixpoint import look_again
from zeebelet.records import Record
from zeebelet.state.appliers import State
from zeebelet.state.snapshot import dump, fingerprint, load
from zeebelet.state.views import Views
from zeebelet.writers import Writers

logger = logging.getLogger(__name__)


class Machine:
    """The state and the processors that may change it."""

    def __init__(self, clock: ControlledClock, config: EngineConfig) -> None:
        self._state = State()
        self.state: Views = self._state
        self._clock = clock
        self._keys = KeyGenerator()
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
            if not look_again(self._context):
                return writers.take_batch()

    def _step(self, command: Record) -> None:
        self.writers.begin(command)
        try:
            PROCESSORS[command.value_type, command.intent](self._context, command)
            if self._context.later:
                self._context.finish()
        except Rejection as rejection:
            self.writers.reject(command, rejection)
        except Exception as error:
            # A bug of the engine: what was written so far stands, the command is refused, everything else goes on.
            logger.exception("Processing %s/%s with key %d failed", command.value_type, command.intent, command.key)
            reason = (
                f"Expected to process command '{command.intent}' without errors, but {type(error).__name__}: {error}"
            )
            self.writers.reject(command, Rejection("PROCESSING_ERROR", reason))

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
