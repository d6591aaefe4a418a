"""How batches stand in a file: frames of a header and a body, both with a checksum.

A write that was cut short leaves an incomplete frame at the end of the last file: that is cut off, nobody was told of it.
Anything else that does not match its checksum is damage: the engine does not guess what was there.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple
from zlib import crc32

from zeebelet.errors import CorruptLog

_HEADER = struct.Struct("<4sIII")  # magic, length of the body, checksum of the body, checksum of the fields before
_MAGIC = b"zlog"


class Frame(NamedTuple):
    """A body and where the frame ends."""

    body: bytes
    end: int


def encode(body: bytes) -> bytes:
    """A frame around a body."""
    fields = struct.pack("<4sII", _MAGIC, len(body), crc32(body))
    return fields + struct.pack("<I", crc32(fields)) + body


def decode(content: bytes, *, name: str, is_last: bool) -> Iterator[Frame]:
    """The frames of a file; an incomplete one at the end of the last file ends the reading."""
    offset = 0
    while offset < len(content):
        frame = _read(content, offset, name, is_last=is_last)
        if frame is None:
            return
        yield frame
        offset = frame.end


def _read(content: bytes, offset: int, name: str, *, is_last: bool) -> Frame | None:
    start = offset + _HEADER.size
    if start > len(content):
        _check_torn(name, offset, is_last=is_last)
        return None
    magic, length, body_sum, header_sum = _HEADER.unpack_from(content, offset)
    if magic != _MAGIC or crc32(content[offset : start - 4]) != header_sum:
        if is_last and not content[offset:].strip(b"\0"):
            return None  # space the file system had set aside when the power went
        raise _corrupt(name, offset)
    end = start + length
    body = content[start:end]
    if end > len(content):
        _check_torn(name, offset, is_last=is_last)
        return None
    if crc32(body) != body_sum:
        if is_last and end == len(content):
            return None
        raise _corrupt(name, offset)
    return Frame(body, end)


def _check_torn(name: str, offset: int, *, is_last: bool) -> None:
    if not is_last:
        raise _corrupt(name, offset)


def _corrupt(name: str, offset: int) -> CorruptLog:
    return CorruptLog(
        f"Expected the batch at byte {offset} of '{name}' to match its checksum, but it does not: the file was damaged. "
        "Restore the data directory from a backup; without one, remove it to start empty."
    )
