"""The way back: what the state was made of, so that a command that failed can be undone by making it again."""

from __future__ import annotations

import json
from collections.abc import Sequence

from zeebelet.records import Record, RecordType
from zeebelet.records.codec import dumps
from zeebelet.state.appliers import APPLIERS, State
from zeebelet.state.snapshot import dump, load

_AT_LEAST = 20_000  # records kept before the state is stored and they are let go
_FOR_EACH = 20  # and so many for each element instance: storing them costs as much


class Journal:
    """The state as it was stored last, and every record since."""

    def __init__(self) -> None:
        self._base: bytes | None = None
        self._records: list[Record] = []

    def begin(self, state: State) -> None:
        """Start from a state: what led to it is let go."""
        self._base = dumps(dump(state))
        self._records = []

    def add(self, batch: Sequence[Record], state: State) -> None:
        """A command and all it led to went well."""
        self._records.extend(batch)
        if len(self._records) > max(_AT_LEAST, _FOR_EACH * len(state.instances)):
            self.begin(state)

    def rebuild(self, state: State, batch: Sequence[Record]) -> None:
        """Make the state again, with the records of a batch that is not over on top."""
        made = State()
        if self._base is not None:
            load(made, json.loads(self._base))
        for records in (self._records, batch):
            for record in records:
                if record.record_type is RecordType.EVENT:
                    APPLIERS[record.value_type, record.intent](made, record)
        state.__dict__.update(made.__dict__)
