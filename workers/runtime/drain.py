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
# How long a poll that may just be bringing jobs is listened to before it is cut.
_POLL_PATIENCE = 0.1
# Results that are being sent when everything else has ended get this long to arrive.
_LAST_WORDS = 5.0


class Exit(IntEnum):
    """How a worker ended; the process's exit code."""

    DRAINED = 0
    HANDED_BACK = 3
    HARD = 4


async def drain(lanes: Sequence[Lane], loops: Sequence[Watched], *, limit: float, hurried: Callable[[], bool]) -> Exit:
    """Stops intake, waits for running jobs until `limit` seconds or until `hurried`, hands the rest back."""
    _LOG.info("stopping: %d jobs are running", sum(len(lane.leases) for lane in lanes))
    for lane in lanes:
        lane.intake.draining = True
    await asyncio.gather(*(loop.stop(patience=_POLL_PATIENCE) for loop in loops))
    await _finish(lanes, limit, hurried)
    left = [handing for lane in lanes for handing in lane.give_up()]
    await asyncio.gather(*left, *(lane.settle() for lane in lanes))
    await _last_words(lanes)
    if hurried():
        return Exit.HARD
    return Exit.HANDED_BACK if left else Exit.DRAINED


async def _finish(lanes: Sequence[Lane], limit: float, hurried: Callable[[], bool]) -> None:
    loop = asyncio.get_running_loop()
    until = loop.time() + limit
    while not hurried() and loop.time() < until:
        tasks = [task for lane in lanes for lease, task in lane.leases.items() if not lease.stuck]
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=min(_TICK, max(0.0, until - loop.time())))


async def _last_words(lanes: Sequence[Lane]) -> None:
    delivering = [task for lane in lanes for lease, task in lane.leases.items() if lease.stage is Stage.DELIVERING]
    sending = [task for task in delivering if not task.done()]
    if sending:
        await asyncio.wait(sending, timeout=_LAST_WORDS)
