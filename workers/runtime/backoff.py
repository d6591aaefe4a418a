"""Pauses between attempts of the runtime itself (polls, streams, commands), not of jobs."""

from __future__ import annotations

import random


class Backoff:
    """Grows exponentially up to a cap, spread by jitter, and starts over after a success."""

    __slots__ = ("_cap", "_factor", "_first", "_next", "failures")

    def __init__(self, first: float, cap: float, *, factor: float = 2.0) -> None:
        self._first, self._cap, self._factor = first, cap, factor
        self._next = first
        self.failures = 0

    def next(self) -> float:
        """The pause after one more failure: between half and all of the present step."""
        step = self._next
        self._next = min(step * self._factor, self._cap)
        self.failures += 1
        return step * (0.5 + 0.5 * random.random())  # noqa: S311 - jitter, not a secret

    def reset(self) -> None:
        """A success: scattered failures never add up."""
        self._next = self._first
        self.failures = 0
