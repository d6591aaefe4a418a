"""Pulls jobs: the only intake where streams are off or away, the backfill where they are on (a stream never brings old jobs)."""

from __future__ import annotations

import asyncio
import logging

from workers.ports.errors import Misconfigured, PortError
from workers.ports.jobs import ActivatedJob
from workers.runtime.backoff import Backoff
from workers.runtime.lane import Lane
from workers.runtime.pulse import Pulse

_LOG = logging.getLogger(__name__)
_ONCE = -1
# A poll costs as much as several jobs: wait a moment for half of the slots instead of polling for each that gets free.
_LINGER, _LINGERS = 0.002, 5
# An empty answer that comes back sooner was no long poll: it must not turn into a busy loop.
_QUICK = 0.05
# Longest pause for results that are on their way: it paces a busy gateway, and is no more than a hiccup when they are stuck.
_PACE = 0.25
_GRACE = 15.0
# A poll that takes longer gives its slots back: pushed jobs must not wait for one that may bring nothing.
_SLOW = 0.25
# How long a poll that may just be bringing jobs is listened to when the worker stops: a long poll most likely brings none.
_LISTEN = {True: 0.1, False: 1.0}
# A job of a long poll that holds no slots waits so long for one.
_PATIENCE = 5.0


class Poller:
    """The poll loop of one lane."""

    def __init__(self, lane: Lane, *, long_poll: float) -> None:
        self.lane = lane
        self.pulse = Pulse()
        self._long_poll = long_poll
        self._errors = Backoff(0.1, 10.0)
        self._idle = Backoff(0.5, 10.0, factor=1.5)
        self._rested = False
        self.patience = _LISTEN[True]

    async def run(self) -> None:
        """Polls for as long as the worker takes in jobs; no error ends it."""
        while not self.lane.intake.draining:
            try:
                pause = await self._turn()
                self._errors.reset()
                self.lane.intake.auth_refused, self.lane.intake.poll_failures = False, 0
            except PortError as error:
                pause = self._failed(error)
            except Exception:
                _LOG.exception("polling %s failed unexpectedly", self.lane.definition.type)
                pause = self._failed(None)
            self._rested = await self._rest(pause) if pause > 0 else False

    async def _turn(self) -> float:
        """One poll: returns the pause until the next."""
        lane = self.lane
        self.pulse.beat("waiting for the system", within=lane.door.wait + _GRACE)
        await lane.door.passage()
        if lane.door.probing and lane.leases.busy:
            return _QUICK  # one job at a time finds out whether the system is back
        await lane.outbox.calm(within=_PACE)
        wait = _ONCE if lane.intake.streaming else int(self._long_poll * 1000)
        try:
            slots = await self._reserve(lane.capacity.fair if wait > 0 else lane.capacity.most)
            if lane.intake.draining:
                return 0.0
            if wait > 0 and lane.capacity.contended:
                self._unreserve()  # waiting for jobs that may never come it would keep others from theirs
            lane.intake.stealable, self.patience = wait > 0, _LISTEN[wait > 0]
            slow = asyncio.get_running_loop().call_later(_SLOW, self._unreserve) if wait < 0 else None
            self.pulse.beat("polling", within=max(wait, 0) / 1000 + _GRACE)
            begun = asyncio.get_running_loop().time()
            try:
                found = await self._poll(slots, wait)
            finally:
                if slow is not None:
                    slow.cancel()
        finally:
            self.patience = _LISTEN[True]
            self._unreserve()
        quick = asyncio.get_running_loop().time() - begun < _QUICK
        return self._judge(found, idle=wait < 0 or quick)

    def _judge(self, found: int, *, idle: bool) -> float:
        intake = self.lane.intake
        if found:
            self._idle.reset()
            intake.surprises += self._rested
            intake.backlog_since = intake.backlog_since or asyncio.get_running_loop().time()
            return 0.0
        intake.backlog_since = None
        return self._idle.next() if idle else 0.0

    async def _reserve(self, most: int) -> int:
        lane = self.lane
        self.pulse.beat("waiting for a free slot", within=None)
        await lane.capacity.acquire()
        lane.intake.reserved = 1
        if lane.door.probing:
            return 1
        for _ in range(_LINGERS):
            if lane.capacity.free >= lane.capacity.most // 2:
                break
            await asyncio.sleep(_LINGER)
        lane.intake.reserved += lane.capacity.take(most - 1)
        return lane.intake.reserved

    def _unreserve(self) -> None:
        lane = self.lane
        lane.intake.stealable = False
        if lane.intake.reserved:
            lane.capacity.release(lane.intake.reserved)
            lane.intake.reserved = 0

    async def _poll(self, slots: int, wait: int) -> int:
        lane, found = self.lane, 0
        lane.stats.polls += 1
        async for batch in lane.gateway.activate(lane.request, limit=slots, wait=wait):
            for job in batch:
                found += 1
                if lane.intake.reserved and not lane.intake.draining:
                    lane.intake.reserved -= 1
                    lane.admit(job)
                else:
                    await self._squeeze_in(job)
        return found

    async def _squeeze_in(self, job: ActivatedJob) -> None:
        """A job nothing is reserved for any more: its slot was given away while the poll was under way."""
        lane, received = self.lane, asyncio.get_running_loop().time()
        if lane.intake.draining:
            lane.hand_back(job, "the worker is stopping")
        elif lane.slot() or (lane.capacity.contended and await self._slot_in_time()):
            lane.admit(job, received=received)
        else:
            lane.hand_back(job, "there was no room")

    async def _slot_in_time(self) -> bool:
        self.pulse.beat("waiting for a slot", within=_PATIENCE + _GRACE)
        try:
            async with asyncio.timeout(_PATIENCE):
                await self.lane.capacity.acquire()
        except TimeoutError:
            return False
        return True

    def _failed(self, error: PortError | None) -> float:
        lane, pause = self.lane, self._errors.next()
        lane.stats.poll_errors += 1
        lane.intake.auth_refused, lane.intake.poll_failures = isinstance(error, Misconfigured), self._errors.failures
        if self._errors.failures in (1, 10) or self._errors.failures % 100 == 0:
            _LOG.warning("polling %s failed (%d in a row): %s", lane.definition.type, self._errors.failures, error)
        return pause

    async def _rest(self, pause: float) -> bool:
        """Sleeps; True when it slept all the way. It is woken when slots were scarce: then older jobs are likely to wait."""
        self.pulse.beat("resting", within=pause + _GRACE)
        self.lane.wake.clear()
        await asyncio.sleep(min(pause, _QUICK))
        try:
            async with asyncio.timeout(max(0.0, pause - _QUICK)):
                await self.lane.wake.wait()
        except TimeoutError:
            return True
        return False
