"""Receives pushed jobs: the fast way in. A stream is opened again before it gets old and after it ends, for whatever reason."""

from __future__ import annotations

import asyncio
import logging
import random
from datetime import timedelta

from workers.ports.errors import Misconfigured, PortError
from workers.ports.jobs import ActivatedJob, Unsupported
from workers.runtime.backoff import Backoff
from workers.runtime.lane import Lane
from workers.runtime.pulse import Pulse

_LOG = logging.getLogger(__name__)
_TICK = 0.5
_GRACE = 15.0
# A stream that ends sooner was no success, even without an error: opening it again at once would be a busy loop.
_SETTLED = 1.0
# So many times in a row a poll found new jobs that an open stream should have brought: the stream is dead on the other side.
_SURPRISES = 3
# Without a free slot for this long the stream is closed: jobs would age in its buffers and the backlog would starve.
_BLOCKED = 5.0
_QUIET, _LONGEST_SHED = 0.1, 2.0
# A job that took longer to come was not waiting in a buffer: whoever was behind has caught up.
_BUFFERED = 0.005


class Session:
    """One open stream."""

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.opened = self.heard = asyncio.get_running_loop().time()
        # Shedding: there is no room, everything goes back. Leaving: a successor is open, what still comes is taken if it fits.
        self.shedding = self.leaving = False
        self._behind: float | None = None
        self._waiting: asyncio.Timeout | None = None
        self.task = asyncio.create_task(self._read())

    async def _read(self) -> None:
        now = asyncio.get_running_loop().time
        asked = now()
        async for job in self.lane.gateway.stream(self.lane.request):
            self.heard = now()
            self.lane.intake.surprises = 0
            if self.heard - asked > _BUFFERED:
                self._behind = None
            if self.shedding or self.lane.intake.draining or not self.lane.door.closed:
                self._return(job)
            elif self.lane.slot():
                self.lane.admit(job)
            elif self.leaving:
                self._return(job)
            elif await self._patience(job):
                self.lane.admit(job, received=self.heard)
            asked = now()

    async def _patience(self, job: ActivatedJob) -> bool:
        """Waits for a slot before it reads on: the gateway feels it and gives other jobs to others. Not for each job anew: those
        in the buffers grow old together, so what counts is since when there has been no room."""
        self._behind = self.heard if self._behind is None else self._behind
        try:
            async with asyncio.timeout_at(self._behind + _BLOCKED) as self._waiting:
                await self.lane.capacity.acquire()
            return True
        except TimeoutError:
            self.shedding = True
            self._return(job)
            return False
        except asyncio.CancelledError:
            self._return(job)
            raise
        finally:
            self._waiting = None
            self.lane.wake.set()

    def _return(self, job: ActivatedJob) -> None:
        pause = max(1.0, self.lane.door.wait)
        self.lane.hand_back(job, "there was no room", backoff=timedelta(seconds=pause))

    async def close(self) -> None:
        """Closes softly: what is already on its way is taken or handed back, so that no job has to wait for its time-out."""
        self.leaving = True
        loop = asyncio.get_running_loop()
        if self._waiting is not None and not self._waiting.expired():
            self._waiting.reschedule(loop.time())  # it reads nothing while it waits for a slot
        begun = self.heard = loop.time()
        while not self.task.done() and loop.time() - self.heard < _QUIET and loop.time() - begun < _LONGEST_SHED:
            await asyncio.sleep(_QUIET / 4)
        self.task.cancel()
        await asyncio.wait({self.task})


class Streamer:
    """The stream loop of one lane."""

    def __init__(self, lane: Lane, *, age: float) -> None:
        self.lane = lane
        self.pulse = Pulse()
        self.patience = _QUIET
        self._age = age
        self._errors = Backoff(0.2, 10.0)
        self._closing: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Keeps a stream open for as long as the worker takes in jobs and the gateway knows streams."""
        intake = self.lane.intake
        session: Session | None = None
        try:
            while not intake.draining:
                await self._ready()
                session = Session(self.lane)
                intake.streaming, intake.stream = True, "open"
                self.lane.stats.stream_opens += 1
                self.lane.wake.set()  # jobs that came while there was no stream are older than it: a poll brings them
                await self._watch(session)
                if not await self._ended(session):
                    return
        finally:
            intake.streaming, intake.stream = False, "off"
            await self._settle(session)

    async def _ready(self) -> None:
        """A stream is of use only while its jobs can be started."""
        lane = self.lane
        while not lane.door.closed or (lane.capacity.free + lane.intake.lent == 0 and lane.stats.stream_opens):
            lane.intake.streaming, lane.intake.stream = False, "waiting"
            self.pulse.beat("waiting for room", within=_GRACE)
            await asyncio.sleep(_TICK)

    async def _watch(self, session: Session) -> None:
        """Until the stream ends by itself or should be closed."""
        lane, loop = self.lane, asyncio.get_running_loop()
        until = loop.time() + self._age * random.uniform(0.8, 1.2)  # noqa: S311 - spreads re-opening, keeps no secret
        while not session.task.done() and loop.time() < until:
            if session.shedding or lane.intake.draining or not lane.door.closed or lane.intake.surprises >= _SURPRISES:
                return
            self.pulse.beat("streaming", within=_GRACE)
            await asyncio.wait({session.task}, timeout=_TICK)

    async def _ended(self, session: Session) -> bool:
        """What the end of a stream means; False when streaming makes no sense here."""
        lane = self.lane
        if not session.task.done():
            self._retire(session)
            return True
        error = session.task.exception()
        if isinstance(error, Unsupported):
            _LOG.info("the gateway does not stream jobs; %s is polled", lane.definition.type)
            return False
        lived = asyncio.get_running_loop().time() - session.opened
        if lived > _SETTLED:
            self._errors.reset()
            if error is None:
                return True
        lane.intake.streaming, lane.intake.stream = False, "retrying"
        await self._pause(error)
        return True

    async def _pause(self, error: BaseException | None) -> None:
        lane, pause = self.lane, self._errors.next()
        lane.stats.stream_errors += 1
        lane.intake.auth_refused = isinstance(error, Misconfigured)
        unexpected = error is not None and not isinstance(error, PortError)
        if unexpected or self._errors.failures == 1:
            _LOG.warning(
                "the stream of %s ended: %r", lane.definition.type, error, exc_info=error if unexpected else None
            )
        self.pulse.beat("retrying", within=pause + _GRACE)
        await asyncio.sleep(pause)

    def _retire(self, session: Session) -> None:
        """Closes an old stream beside its successor, so that there is no moment without one."""
        self.lane.intake.surprises = 0
        session.shedding = session.shedding or self.lane.intake.draining
        task = asyncio.create_task(session.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _settle(self, session: Session | None) -> None:
        if session is not None and not session.task.done():
            self._retire(session)
        if self._closing:
            await asyncio.wait(self._closing)
