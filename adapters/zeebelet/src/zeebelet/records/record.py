"""The log entry itself."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, NamedTuple


class RecordType(IntEnum):
    """What a record is."""

    COMMAND = 0
    EVENT = 1
    REJECTION = 2


class Record(NamedTuple):
    """One entry of the log. `value_type` is the value's class name in UPPER_SNAKE (`PROCESS_INSTANCE`)."""

    position: int
    record_type: RecordType
    value_type: str
    intent: str
    key: int
    value: Any
    timestamp: int  # epoch milliseconds of the engine's clock
    source_position: int = -1  # the command that led to this event
    request_id: int = -1  # the client request a command came with, -1 for internal ones
    rejection_type: str = ""  # INVALID_ARGUMENT, NOT_FOUND, ALREADY_EXISTS, INVALID_STATE, PROCESSING_ERROR ...
    rejection_reason: str = ""
