"""The engine's time: the wall clock, unless somebody moves it."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Where the engine gets the time from."""

    def now(self) -> int:
        """Epoch milliseconds."""
        ...


class ControlledClock:
    """The wall clock, which can be pinned to a moment or moved forward."""

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base
        self._pinned = -1
        self._offset = 0

    def now(self) -> int:
        """Epoch milliseconds, as pinned or moved."""
        return self._pinned if self._pinned >= 0 else self._wall() + self._offset

    def pin(self, time_ms: int) -> None:
        """Stand still at `time_ms` until pinned again, advanced or reset."""
        self._pinned = time_ms

    def advance(self, milliseconds: int) -> None:
        """Move forward; a pinned clock stays pinned, further on."""
        if self._pinned >= 0:
            self._pinned += milliseconds
        else:
            self._offset += milliseconds

    def reset(self) -> None:
        """Follow the wall clock again."""
        self._pinned = -1
        self._offset = 0

    def _wall(self) -> int:
        return self._base.now() if self._base else time.time_ns() // 1_000_000
