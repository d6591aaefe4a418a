"""The log's contract, and the logs that keep nothing longer than the process lives."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from zeebelet.records import Record


class Log(Protocol):
    """An append-only sequence of records, written in batches that are kept whole or not at all."""

    def append(self, batch: Sequence[Record]) -> None:
        """Take in what one command led to."""
        ...

    def flush(self) -> None:
        """Make everything taken in safe; answers are given after this."""
        ...

    def snapshot(self) -> Any:
        """The state as it was stored last, None when it never was."""
        ...

    def read(self) -> Iterable[Record]:
        """Every event kept since that snapshot, in order."""
        ...

    def offer_snapshot(self, position: int, dump: Callable[[], Any]) -> None:
        """Store the state, if it is time to; everything up to `position` is in it."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class NoLog:
    """Keeps nothing: the engine's state is all there is."""

    def append(self, batch: Sequence[Record]) -> None:
        """Forget it."""

    def flush(self) -> None:
        """Nothing to make safe."""

    def snapshot(self) -> Any:
        """Never stored."""
        return None

    def read(self) -> Iterable[Record]:
        """Nothing."""
        return ()

    def offer_snapshot(self, position: int, dump: Callable[[], Any]) -> None:
        """Not wanted."""

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryLog(NoLog):
    """Keeps everything in memory."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def append(self, batch: Sequence[Record]) -> None:
        """Keep a batch."""
        self.records.extend(batch)

    def read(self) -> Iterable[Record]:
        """Every record, oldest first."""
        return self.records
