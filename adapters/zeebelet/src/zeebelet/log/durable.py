"""A log in files: append-only segments and, now and then, a snapshot of the state that makes the older ones superfluous.

Only events are kept: commands and rejections change nothing. One batch is one frame, so it is there whole or not at all.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from zeebelet.log import frames
from zeebelet.log.directory import Directory, position_of
from zeebelet.records import Record, RecordType
from zeebelet.records.codec import decode, dumps, encode


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
        self._directory = Directory(Path(directory))
        self._sync = sync
        self._segment_size = segment_size
        self._snapshot_every = snapshot_every
        self._since_snapshot = 0
        self._pending: list[bytes] = []
        self._file: IO[bytes] | None = None
        self._position = 0
        self._written = 0

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
        self._written = self._position

    def snapshot(self) -> Any:
        """The newest state stored."""
        files = self._directory.snapshots()
        if not files:
            return None
        content = files[-1].read_bytes()
        (frame,) = frames.decode(content, name=files[-1].name, is_last=False)
        return json.loads(frame.body)

    def read(self) -> Iterable[Record]:
        """Events behind that snapshot; a torn end is cut off before anything is appended."""
        snapshots = self._directory.snapshots()
        self._position = self._written = known = position_of(snapshots[-1]) if snapshots else 0
        segments = self._directory.segments()
        for segment in segments:
            for record in self._read_segment(segment, is_last=segment == segments[-1]):
                if record.position > known:
                    self._since_snapshot += 1
                    self._position = self._written = record.position
                    yield record

    def _read_segment(self, segment: Path, *, is_last: bool) -> Iterator[Record]:
        content = segment.read_bytes()
        end = 0
        for frame in frames.decode(content, name=segment.name, is_last=is_last):
            yield from map(decode, json.loads(frame.body))
            end = frame.end
        if end < len(content):
            os.truncate(segment, end)

    def offer_snapshot(self, position: int, dump: Callable[[], Any]) -> None:
        """Store the state when enough has happened since the last time, and drop what that makes superfluous."""
        if self._since_snapshot >= self._snapshot_every:
            self._close_segment()
            self._directory.replace_by_snapshot(position, frames.encode(dumps(dump())))
            self._since_snapshot = 0

    def close(self) -> None:
        """Write what is left and let go of the directory."""
        self.flush()
        self._close_segment()
        self._directory.release()

    def _segment(self) -> IO[bytes]:
        """The file to append to: the newest, or a new one when that is full."""
        if self._file is not None and self._file.tell() >= self._segment_size:
            self._close_segment()
        if self._file is None:
            newest = next(reversed(self._directory.segments()), None)
            if newest is None or newest.stat().st_size >= self._segment_size:
                newest = self._directory.segment(self._written)
            self._file = newest.open("ab")
            self._directory.sync()
        return self._file

    def _close_segment(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
