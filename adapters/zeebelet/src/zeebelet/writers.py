"""The only ways anything gets into the log: an event (which is applied at once), a command, a rejection, an answer."""

from __future__ import annotations

from collections import deque
from typing import Any

from zeebelet.clients import Clients, Respond
from zeebelet.errors import Rejection
from zeebelet.keys import KeyGenerator
from zeebelet.records import Record, RecordType
from zeebelet.state.appliers import APPLIERS, State

COMMAND, EVENT, REJECTION = RecordType


class Writers:
    """Collects what one client command leads to, until it is committed as one batch."""

    def __init__(self, state: State, keys: KeyGenerator) -> None:
        self._state = state
        self._keys = keys
        self._position = 0
        self._source = -1
        self._mark = (0, 0, 0)
        self.now = 0
        self.batch: list[Record] = []
        self.queue: deque[Record] = deque()
        self.clients = Clients()

    def event(self, value_type: str, intent: str, key: int, value: Any) -> Record:
        """State that something happened, and make it so."""
        self._position = position = self._position + 1
        record = Record(position, EVENT, value_type, intent, key, value, self.now, self._source)
        self.batch.append(record)
        APPLIERS[value_type, intent](self._state, record)
        return record

    def command(self, value_type: str, intent: str, key: int, value: Any) -> None:
        """Ask for something; it is looked at when everything asked for earlier is done."""
        self._position = position = self._position + 1
        record = Record(position, COMMAND, value_type, intent, key, value, self.now, self._source)
        self.batch.append(record)
        self.queue.append(record)

    def request(self, record: Record, respond: Respond | None) -> None:
        """Take in a client's command; `respond` gets its answer."""
        self._position += 1
        request_id = self._position if respond else -1
        if respond:
            self.clients.wait(request_id, respond)
        record = record._replace(position=self._position, request_id=request_id, timestamp=self.now)
        self.batch.append(record)
        self.queue.append(record)

    def begin(self, command: Record) -> None:
        """What follows is because of this command."""
        self._source = command.position
        self._mark = (len(self.batch), len(self.queue), len(self.clients.answers))

    def take_back(self) -> bool:
        """Unwrite what was written since `begin`; whether there were events, whose effects then have to be undone."""
        records, commands, answers = self._mark
        events = any(record.record_type is EVENT for record in self.batch[records:])
        del self.batch[records:]
        while len(self.queue) > commands:
            self.queue.pop()
        self.clients.take_back(answers)
        return events

    def reject(self, command: Record, rejection: Rejection) -> None:
        """Say that a command cannot be executed, and why."""
        self._position += 1
        record = command._replace(
            position=self._position,
            record_type=REJECTION,
            timestamp=self.now,
            source_position=command.position,
            rejection_type=rejection.type,
            rejection_reason=rejection.reason,
        )
        self.batch.append(record)
        self.clients.answer(command.request_id, record)

    def take_batch(self) -> list[Record]:
        """Hand over what is to be committed."""
        batch, self.batch = self.batch, []
        return batch

    @property
    def position(self) -> int:
        """Of the newest record."""
        return self._position

    def restore(self, position: int, last_key: int) -> None:
        """Go on behind a snapshot."""
        self._position = position
        self._keys.seen(last_key)

    def replay(self, record: Record) -> None:
        """Apply a stored record again."""
        self._position = max(self._position, record.position)
        if record.record_type is EVENT:
            self._keys.seen(record.key)
            APPLIERS[record.value_type, record.intent](self._state, record)
