"""Restarts loops that died or say nothing any more, and corrects a slot count that does not add up."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Protocol, TypeAlias

from workers.runtime.lane import Lane
from workers.runtime.pulse import Pulse

_LOG = logging.getLogger(__name__)


class Loop(Protocol):
    """A loop that shows its pulse."""

    pulse: Pulse
    patience: float

    def run(self) -> Coroutine[Any, Any, None]:
        """Runs until intake stops."""
        ...


Make: TypeAlias = Callable[[], Loop]


class Watched:
    """One loop of one lane under supervision. It may end by itself only while draining or when `may_end`."""

    def __init__(self, lane: Lane, make: Make, *, may_end: bool = False) -> None:
        self.lane, self._make, self._may_end = lane, make, may_end
        self._start()

    def _start(self) -> None:
        self.loop = self._make()
        self.task = asyncio.create_task(self.loop.run())

    def check(self, now: float) -> None:
        """Starts the loop anew when it has ended or is silent for too long."""
        if self.lane.intake.draining or (self._may_end and _ended_well(self.task)):
            return
        if not self.task.done() and not self.loop.pulse.overdue(now):
            return
        what = type(self.loop).__name__
        _LOG.error("the %s of %s is stuck (%s); restarted", what, self.lane.definition.type, self.loop.pulse.doing)
        self.task.cancel()
        self.lane.stats.restarts += 1
        self._start()

    async def stop(self) -> None:
        """Gives the loop a moment to end by itself, then cancels it."""
        await asyncio.wait({self.task}, timeout=self.loop.patience)
        self.task.cancel()
        await asyncio.wait({self.task})


def _ended_well(task: asyncio.Task[None]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


class Watchdog:
    """Looks at all loops and all slot counts."""

    def __init__(self, lanes: list[Lane], loops: list[Watched]) -> None:
        self._lanes, self._loops = lanes, loops
        self._odd: dict[str, int] = {}

    def tick(self) -> None:
        """One round."""
        now = asyncio.get_running_loop().time()
        for loop in self._loops:
            loop.check(now)
        for lane in self._lanes:
            self._count(lane)

    def _count(self, lane: Lane) -> None:
        """Slots held must be those of jobs, of a poll, or on their way. A difference seen twice in a row is a leak."""
        name = lane.definition.type
        leaked = lane.capacity.held - lane.leases.slots - lane.intake.reserved - lane.capacity.promised
        if leaked > 0 and self._odd.get(name) == leaked:
            _LOG.error("%d slots of %s were not given back; corrected", leaked, name)
            lane.capacity.release(leaked)
            leaked = 0
        self._odd[name] = leaked
