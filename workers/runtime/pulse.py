"""Signs of life of a loop. A loop says what it does and by when it will speak again; the watchdog believes nothing else."""

from __future__ import annotations

import asyncio


class Pulse:
    """One loop's last word."""

    __slots__ = ("beats", "deadline", "doing", "since")

    def __init__(self) -> None:
        self.doing = "starting"
        self.since = asyncio.get_running_loop().time()
        self.deadline: float | None = None
        self.beats = 0

    def beat(self, doing: str, *, within: float | None) -> None:
        """Goes on to `doing`; silent for longer than `within` seconds means stuck (None: may wait as long as it takes)."""
        self.doing = doing
        self.since = asyncio.get_running_loop().time()
        self.deadline = None if within is None else self.since + within
        self.beats += 1

    def overdue(self, now: float) -> bool:
        """Whether the loop should have spoken by now."""
        return self.deadline is not None and now > self.deadline
