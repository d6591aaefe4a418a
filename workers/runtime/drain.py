"""The orderly end of a worker: intake off, running jobs may finish, the rest goes back at once with its retries unchanged."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from enum import IntEnum

from workers.runtime.lane import Lane
from workers.runtime.lease import Stage
from workers.runtime.watchdog import Watched

_LOG = logging.getLogger(__name__)
_TICK = 0.1
# What is being sent when everything else has ended, results and jobs handed back, gets this long to arrive.
_LAST_WORDS = 5.0


class Exit(IntEnum):
    """How a worker ended; the process's exit code."""

    DRAINED = 0
    HANDED_BACK = 3
    HARD = 4


async def drain(lanes: Sequence[Lane], loops: Sequence[Watched], *, limit: float, hurried: Callable[[], bool]) -> Exit:
    """Stops intake, waits for running jobs until `limit` seconds or until `hurried`, hands the rest back."""
    _LOG.info("stopping: %d jobs are running", sum(len(lane.leases) for lane in lanes))
    until = asyncio.get_running_loop().time() + limit
    for lane in lanes:
        lane.intake.draining = True
    await asyncio.gather(*(loop.stop() for loop in loops))
    await _finish(lanes, until, hurried)
    left = [asyncio.ensure_future(handing) for lane in lanes for handing in lane.give_up()]
    unheard = await _last_words(lanes, left)
    if hurried():
        return Exit.HARD
    # Also a job whose result found nobody, or whose thread does not return, did not end in an orderly way.
    return Exit.HANDED_BACK if left or unheard or any(lane.leases for lane in lanes) else Exit.DRAINED


async def _finish(lanes: Sequence[Lane], until: float, hurried: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    while not hurried() and loop.time() < until:
        tasks = [task for lane in lanes for lease, task in lane.leases.items() if not lease.stuck]
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=min(_TICK, max(0.0, until - loop.time())))


async def _last_words(lanes: Sequence[Lane], left: Sequence[asyncio.Future[None]]) -> int:
    """Bounded: a gateway that is away must not keep a worker from ending. Returns how much it did not hear."""
    asides = [asyncio.ensure_future(lane.settle()) for lane in lanes]
    delivering = [
        task
        for lane in lanes
        for lease, task in lane.leases.items()
        if lease.stage is Stage.DELIVERING and not lease.stuck
    ]
    sending = {*asides, *left, *delivering}
    if not sending:
        return 0
    _, late = await asyncio.wait(sending, timeout=_LAST_WORDS)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late)
    return len(late)
