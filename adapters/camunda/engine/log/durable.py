"""A log in files: append-only segments and, now and then, a snapshot of the state that makes the older ones superfluous.

Only events are kept: commands and rejections change nothing. One batch is one frame, so it is there whole or not at all.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from adapters.camunda.engine.errors import EngineError
from adapters.camunda.engine.log import frames
from adapters.camunda.engine.records import Record, RecordType
from adapters.camunda.engine.records.codec import decode, dumps, encode

SEGMENT = "events-*.log"
SNAPSHOT = "state-*.snapshot"


class DirectoryInUse(EngineError):
    """Another engine holds the data directory."""


class DurableLog:
    """Keeps events in `directory`; with `sync` they survive a loss of power, without only the end of the process."""

    def __init__(
        self,
        directory: Path | str,
        *,
        sync: bool = True,
        segment_size: int = 64 * 1024 * 1024,
        snapshot_every: int = 200_000,
    ) -> None:
        self._directory = Path(directory)
        self._directory.mkdir(parents=True, exist_ok=True)
        self._lock = self._take_lock()
        self._sync = sync
        self._segment_size = segment_size
        self._snapshot_every = snapshot_every
        self._since_snapshot = 0
        self._pending: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._position = 0

    def append(self, batch: Sequence[Record]) -> None:
        """Take in the events of a batch."""
        events = [encode(record) for record in batch if record.record_type is RecordType.EVENT]
        if events:
            self._position = events[-1][0]
            self._since_snapshot += len(events)
            self._pending.append(frames.encode(dumps(events)))

    def flush(self) -> None:
        """Write what was taken in with one write, and wait until the disk has it."""
        if not self._pending:
            return
        file = self._segment()
        file.write(b"".join(self._pending))
        file.flush()
        if self._sync:
            os.fdatasync(file.fileno())
        self._pending.clear()

    def snapshot(self) -> Any:
        """The newest state stored."""
        files = self._files(SNAPSHOT)
        if not files:
            return None
        content = files[-1].read_bytes()
        (frame,) = frames.decode(content, name=files[-1].name, is_last=False)
        return json.loads(frame.body)

    def read(self) -> Iterable[Record]:
        """Events behind that snapshot; a torn end is cut off before anything is appended."""
        snapshots = self._files(SNAPSHOT)
        known = _number(snapshots[-1]) if snapshots else 0
        segments = self._files(SEGMENT)
        for segment in segments:
            for record in self._read_segment(segment, is_last=segment == segments[-1]):
                if record.position > known:
                    self._since_snapshot += 1
                    self._position = record.position
                    yield record
        self._position = max(self._position, known)

    def _read_segment(self, segment: Path, *, is_last: bool) -> Iterator[Record]:
        content = segment.read_bytes()
        end = 0
        for frame in frames.decode(content, name=segment.name, is_last=is_last):
            yield from map(decode, json.loads(frame.body))
            end = frame.end
        if end < len(content):
            os.truncate(segment, end)

    def offer_snapshot(self, position: int, dump: Callable[[], Any]) -> None:
        """Store the state when enough has happened since the last time, then drop what it makes superfluous."""
        if self._since_snapshot >= self._snapshot_every:
            self.save_snapshot(position, dump())

    def save_snapshot(self, position: int, state: Any) -> None:
        """Store the state: the new file is complete before the old ones go."""
        self.flush()
        self._close_segment()
        superfluous = [*self._files(SEGMENT), *self._files(SNAPSHOT)]
        target = self._directory / f"state-{position:020d}.snapshot"
        temporary = target.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(frames.encode(dumps(state)))
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        self._sync_directory()
        for path in superfluous:
            if path != target:
                path.unlink()
        self._since_snapshot = 0

    def close(self) -> None:
        """Write what is left and let go of the directory."""
        self.flush()
        self._close_segment()
        self._lock.close()

    def _take_lock(self) -> IO[bytes]:
        lock = (self._directory / "lock").open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise DirectoryInUse(f"Expected '{self._directory}' to be free, but another engine is using it") from error
        return lock

    def _files(self, pattern: str) -> list[Path]:
        return sorted(self._directory.glob(pattern))

    def _segment(self) -> IO[bytes]:
        """The file to append to: the newest, or a new one when that is full."""
        if self._file is not None and self._file.tell() >= self._segment_size:
            self._close_segment()
        if self._file is None:
            segments = self._files(SEGMENT)
            newest = segments[-1] if segments else None
            if newest is None or newest.stat().st_size >= self._segment_size:
                newest = self._directory / f"events-{self._position:020d}.log"
            self._file = newest.open("ab")
            self._sync_directory()
        return self._file

    def _close_segment(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def _sync_directory(self) -> None:
        descriptor = os.open(self._directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _number(path: Path) -> int:
    return int(path.stem.rpartition("-")[2])
