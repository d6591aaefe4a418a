"""What feeds the search side: a log that passes on everything it keeps, and what it kept before.

Searches must know finished instances after a restart too, and the engine's snapshots hold only what still lives. So the
tables go into the same snapshot, and are exactly as far as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from zeebelet.gateway.search import storage
from zeebelet.gateway.search.projection import Projection
from zeebelet.records import Record

_CONTENT = "search"


class Kept(Protocol):
    """The log that really keeps things."""

    def append(self, batch: Sequence[Record]) -> None:
        """Takes in what one command led to."""

    def flush(self) -> None:
        """Makes everything taken in safe."""

    def snapshot(self) -> Any:
        """The state as it was stored last."""

    def read(self) -> Iterable[Record]:
        """Every event kept since that snapshot."""

    def offer_snapshot(self, position: int, dump: Callable[[], Any]) -> None:
        """Stores the state, if it is time to."""

    def close(self) -> None:
        """Lets go of files."""


class SearchFeed:
    """A log around a log: the projection sees what is replayed, and what is committed."""

    def __init__(self, log: Kept, projection: Projection) -> None:
        self._log = log
        self._projection = projection
        self._uncommitted: list[Record] = []

    def append(self, batch: Sequence[Record]) -> None:
        """Takes in what one command led to."""
        self._log.append(batch)
        self._uncommitted.extend(batch)

    def flush(self) -> None:
        """Makes everything taken in safe, then shows it."""
        self._log.flush()
        for record in self._uncommitted:
            self._projection.on_record(record)
        self._uncommitted.clear()

    def snapshot(self) -> Any:
        """The state as it was stored last; the tables are filled from it."""
        stored = self._log.snapshot()
        if stored is not None:
            storage.load(self._projection.tables, stored[_CONTENT])
        return stored

    def read(self) -> Iterable[Record]:
        """Every event kept since that snapshot, in order."""
        for record in self._log.read():
            self._projection.on_record(record)
            yield record

    def offer_snapshot(self, position: int, dump: Callable[[], Any]) -> None:
        """Stores the state with the tables, if it is time to."""
        self._log.offer_snapshot(position, lambda: {**dump(), _CONTENT: storage.dump(self._projection.tables)})

    def close(self) -> None:
        """Lets go of files."""
        self._log.close()
