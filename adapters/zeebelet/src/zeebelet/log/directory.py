"""The directory of a durable log: its files, who holds it, and writes that survive a loss of power."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO

from zeebelet.errors import EngineError

SEGMENT = "events-*.log"
SNAPSHOT = "state-*.snapshot"


class DirectoryInUse(EngineError):
    """Another engine holds the data directory."""


class Directory:
    """A data directory, held by one engine."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()

    def _take_lock(self) -> IO[bytes]:
        lock = (self._path / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise DirectoryInUse(f"Expected '{self._path}' to be free, but another engine is using it") from error
        return lock

    def segments(self) -> list[Path]:
        """Files of events, oldest first."""
        return sorted(self._path.glob(SEGMENT))

    def snapshots(self) -> list[Path]:
        """Files of the state, oldest first."""
        return sorted(self._path.glob(SNAPSHOT))

    def segment(self, position: int) -> Path:
        """A new file for the events after a position."""
        return self._path / f"events-{position:020d}.log"

    def replace_by_snapshot(self, position: int, content: bytes) -> None:
        """Store the state up to a position: the new file is complete before those it makes superfluous go."""
        superfluous = [*self.segments(), *self.snapshots()]
        target = self._path / f"state-{position:020d}.snapshot"
        temporary = target.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        self.sync()
        for path in superfluous:
            if path != target:
                path.unlink()

    def sync(self) -> None:
        """Make new and renamed files safe."""
        descriptor = os.open(self._path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def release(self) -> None:
        """Let another engine have it."""
        self._lock.close()


def position_of(path: Path) -> int:
    """The position in a file's name."""
    return int(path.stem.rpartition("-")[2])
