"""What leaves the engine: records to the log, then to listeners; answers to clients; news to workers. Nothing unsafe does."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from zeebelet.log import Log
from zeebelet.loop.machine import Machine
from zeebelet.records import Record, RecordType

logger = logging.getLogger(__name__)


T = TypeVar("T")


def _call(hear: Callable[[T], None], news: T) -> None:
    """Tell one; what goes wrong there is nobody else's business."""
    try:
        hear(news)
    except Exception:
        logger.exception("A listener of the engine failed")


class Outbox:
    """Holds back what a command led to until the log has it."""

    def __init__(self, log: Log, machine: Machine) -> None:
        self._log = log
        self._machine = machine
        self._uncommitted: list[Record] = []
        self.listeners: list[Callable[[Record], None]] = []
        self.jobs_listeners: list[Callable[[str], None]] = []
        self.failed = False

    @property
    def is_open(self) -> bool:
        """Whether something waits for a commit."""
        return bool(self._uncommitted)

    def take(self, batch: list[Record]) -> None:
        """Hand a batch to the log."""
        self._log.append(batch)
        self._uncommitted.extend(batch)

    def commit(self) -> None:
        """Make everything safe, then tell everybody."""
        batch, self._uncommitted = self._uncommitted, []
        try:
            self._log.flush()
        except OSError:
            self.failed = True  # the state is ahead of the log: going on would promise what a restart forgets
            raise
        self._log.offer_snapshot(self._machine.writers.position, self._machine.dump)
        self._tell(batch)

    def _tell(self, batch: list[Record]) -> None:
        if self.listeners:
            for record in batch:
                if record.record_type is not RecordType.COMMAND:
                    for listener in self.listeners:
                        try:
                            listener(record)
                        except Exception:
                            logger.exception("A listener of the engine failed")
        for answer in self._machine.writers.clients.take():
            _call(answer.respond, answer.record)
        for job_type in self._machine.take_activatable_types():
            for jobs_listener in self.jobs_listeners:
                _call(jobs_listener, job_type)

    def close(self) -> None:
        """Let go of the log."""
        self._log.close()
