"""Where the engine keeps what happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from adapters.camunda.engine.records import Record


class Log(Protocol):
    """An append-only sequence of records, written in batches that are kept whole or not at all."""

    def append(self, batch: Sequence[Record]) -> None:
        """Keep what one command led to; when this returns, it is safe."""
        ...

    def read(self) -> Iterable[Record]:
        """Everything kept, in order."""
        ...

    def close(self) -> None:
        """Let go of files."""
        ...


class NoLog:
    """Keeps nothing: the engine's state is all there is."""

    def append(self, batch: Sequence[Record]) -> None:
        """Forget it."""

    def read(self) -> Iterable[Record]:
        """Nothing."""
        return ()

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryLog:
    """Keeps everything in memory."""

    def __init__(self) -> None:
        self.records: list[Record] = []

    def append(self, batch: Sequence[Record]) -> None:
        """Keep a batch."""
        self.records.extend(batch)

    def read(self) -> Iterable[Record]:
        """Every record, oldest first."""
        return self.records

    def close(self) -> None:
        """Nothing to let go of."""
