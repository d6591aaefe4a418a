"""Builds the search tables from the engine's events, in their order."""

from __future__ import annotations

import logging
from collections.abc import Callable

from zeebelet.gateway.search import definitions, execution, instances
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import Record, RecordType

log = logging.getLogger(__name__)
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
                self._take_in(apply, record)

    def _take_in(self, apply: Apply, record: Record) -> None:
        """One record that cannot be shown hides no other."""
        try:
            apply(self.tables, record)
        except Exception:
            log.exception("%s/%s with key %d is not shown", record.value_type, record.intent, record.key)
