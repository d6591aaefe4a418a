"""Wakes the engine when something is due: timers, job time-outs, back-offs, message expiry."""

from __future__ import annotations

import asyncio
from typing import Protocol

_LONGEST_SLEEP_S = 3600.0
_SHORTEST_SLEEP_S = 0.001


class Clock(Protocol):
    """The engine's clock."""

    def now(self) -> int:
        """Epoch milliseconds."""


class Ticks(Protocol):
    """The part of the engine that knows what is due."""

    @property
    def clock(self) -> Clock:
        """The engine's clock."""

    def tick(self) -> None:
        """Fires everything due."""

    def next_due(self) -> int | None:
        """Epoch milliseconds of the earliest due thing."""


class Ticker:
    """Sleeps until the earliest due time of the engine's clock. `look` tells it that due times may have changed."""

    def __init__(self, engine: Ticks) -> None:
        self._engine = engine
        self._handle: asyncio.TimerHandle | None = None
        self._due: int | None = None

    def look(self) -> None:
        """Sleeps anew when the earliest due time changed."""
        due = self._engine.next_due()
        if due != self._due:
            self._sleep(due)

    def moved(self) -> None:
        """Fires what the moved clock made due."""
        self._engine.tick()
        self._sleep(self._engine.next_due())

    def stop(self) -> None:
        """Ends the waiting."""
        self._sleep(None)

    def _sleep(self, due: int | None) -> None:
        self._due = due
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        if due is not None:
            now = self._engine.clock.now()
            delay = min(max((due - now) / 1000, _SHORTEST_SLEEP_S), _LONGEST_SLEEP_S)
            self._handle = asyncio.get_running_loop().call_later(delay, self._wake, now, due)

    def _wake(self, slept_from: int, due: int) -> None:
        self._handle = None
        now = self._engine.clock.now()
        if now == slept_from and due > now:
            self._due = None  # a pinned clock stands still; whoever moves it calls `moved`
            return
        self.moved()
