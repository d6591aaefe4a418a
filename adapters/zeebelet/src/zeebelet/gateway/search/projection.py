"""Builds the search tables from the engine's events, in their order."""

from __future__ import annotations

from collections.abc import Callable

from zeebelet.gateway.search import definitions, execution, instances
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import Record, RecordType

Apply = Callable[[Tables, Record], None]


class Projection:
    """A listener of engine records; `tables` is what searches read."""

    def __init__(self) -> None:
        self.tables = Tables()
        self._apply: dict[tuple[str, str], Apply] = {
            **definitions.APPLY,
            **instances.APPLY,
            **execution.APPLY,
        }

    def on_record(self, record: Record) -> None:
        """Takes in one record; rejections changed nothing."""
        if record.record_type is RecordType.EVENT:
            apply = self._apply.get((record.value_type, record.intent))
            if apply is not None:
                apply(self.tables, record)
