"""Everything of one task type: its slots, its circuits, the jobs it holds, its counters. Lanes share nothing that can fail."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias

from workers.ports.errors import InUse, Refused, Unavailable
from workers.ports.jobs import ActivatedJob, JobGateway, JobRequest
from workers.runtime.capacity import Capacity
from workers.runtime.circuit import Door
from workers.runtime.definition import TaskDefinition
from workers.runtime.delivery import Receipt, deliver
from workers.runtime.execute import Attempt, attempt_of, ended
from workers.runtime.lease import Ending, Lease, Leases, Stage
from workers.runtime.outbox import Outbox
from workers.runtime.outcome import BpmnError, Completed, Failed, HandedBack, Outcome, Refusal
from workers.runtime.stats import Stats

_LOG = logging.getLogger(__name__)
Work: TypeAlias = Callable[[Attempt], Awaitable[Outcome]]
# A job nobody had room for comes again after this pause: at once would bring it straight back to us.
_HAND_BACK_PAUSE = timedelta(seconds=1)
# Results of finished handlers that may wait for the gateway, per slot. Sending them side by side is what makes a worker fast;
# bounding them is what keeps an engine under back-pressure from being asked for ever more work.
_RESULTS_PER_SLOT = 4


@dataclass(slots=True)
class Intake:
    """What the two ways in tell each other and the health page. `reserved` slots belong to the poll in flight."""

    draining: bool = False
    streaming: bool = False
    stream: str = "off"
    auth_refused: bool = False
    poll_failures: int = 0
    reserved: int = 0
    stealable: bool = False
    surprises: int = 0
    backlog_since: float | None = None

    @property
    def lent(self) -> int:
        """Slots a long poll keeps but a pushed job may take."""
        return self.reserved if self.stealable else 0


class Lane:
    """One task type at work."""

    def __init__(
        self,
        definition: TaskDefinition,
        *,
        gateway: JobGateway,
        request: JobRequest,
        capacity: Capacity,
        door: Door,
        outbox: Outbox,
        work: Work,
    ) -> None:
        self.definition, self.gateway, self.request = definition, gateway, request
        self.capacity, self.door, self.outbox, self.work = capacity, door, outbox, work
        self.stats = Stats()
        self.leases = Leases()
        self.intake = Intake()
        self.wake = asyncio.Event()
        self.sending = 0
        self._asides: set[asyncio.Task[None]] = set()
        self._timeout = request.timeout / 1000
        self._loop = asyncio.get_running_loop()
        self._clock = self._loop.time

    def admit(self, job: ActivatedJob, *, received: float | None = None) -> None:
        """Starts a job on a slot that is already taken; the slot is free again when the job has left, whatever happens. A job
        that had to wait for its slot says when it was received."""
        self.stats.activated += 1
        lease = Lease(job, loop=self._loop, timeout=self._timeout, received=received)
        lease.task = self.leases[lease] = self._loop.create_task(self._carry(lease))

    def hand_back(self, job: ActivatedJob, why: str, *, backoff: timedelta = _HAND_BACK_PAUSE) -> None:
        """Gives a job back that was not started, without using up an attempt."""
        self.stats.activated += 1
        lease = Lease(job, loop=self._loop, timeout=self._timeout)
        task = asyncio.create_task(self._deliver(lease, HandedBack(f"{self.definition.type}: {why}", backoff)))
        self._asides.add(task)
        task.add_done_callback(self._asides.discard)

    def slot(self) -> bool:
        """Takes a slot without waiting, if need be one that a long poll keeps in reserve."""
        if self.capacity.take(1):
            return True
        if self.intake.lent:
            self.intake.reserved -= 1
            return True
        return False

    async def settle(self) -> None:
        """Waits until every job handed back on the side is delivered."""
        while self._asides:
            await asyncio.wait(self._asides)

    async def _carry(self, lease: Lease) -> None:
        try:
            now = self._clock()
            if now >= lease.expires:
                self.stats.dropped += 1
                return
            lease.stage, lease.started = Stage.RUNNING, now
            self.stats.started += 1
            attempt = attempt_of(self.definition, lease)
            try:
                outcome = await self.work(attempt)
            except asyncio.CancelledError as error:
                outcome = ended(attempt, error)  # a middleware that was told to end
            _learn(self, outcome, replayed=lease.replayed)
            if lease.ending is not Ending.HANDED_BACK:
                await self._send(lease, outcome)
            if lease.stuck and lease.thread is not None:
                await asyncio.wait({lease.thread})
        finally:
            self.leases.pop(lease, None)
            self._free(lease)

    def _free(self, lease: Lease) -> None:
        if lease.slot:
            lease.slot = False
            if self.capacity.free == 0:
                self.wake.set()
            self.capacity.release()

    async def _send(self, lease: Lease, outcome: Outcome) -> None:
        """A result on its way needs no slot, as long as there are not too many of them: then intake has to wait."""
        if self.sending < _RESULTS_PER_SLOT * self.capacity.most and not lease.stuck:
            self._free(lease)
        self.sending += 1
        try:
            with self.outbox:
                await self._deliver(lease, outcome)
        finally:
            self.sending -= 1

    async def _deliver(self, lease: Lease, outcome: Outcome) -> None:
        lease.stage = Stage.DELIVERING
        begun = self._clock()
        if lease.started <= begun:
            self.stats.waited.append(lease.started - lease.received)
            self.stats.ran.append(begun - lease.started)
        self.stats.replayed += lease.replayed
        sent, receipt = await deliver(self.gateway, lease, outcome)
        self.stats.delivered.append(self._clock() - begun)
        if receipt is Receipt.ACCEPTED:
            self.stats.ended[type(sent).__name__] += 1
            self.stats.handed_back += isinstance(sent, HandedBack)
        else:
            self.stats.undelivered[receipt.value] += 1

    def give_up(self) -> list[Coroutine[Any, Any, None]]:
        """Ends what still runs at the end of a drain: each job is handed back at once, its handler may not commit any more."""
        handing: list[Coroutine[Any, Any, None]] = []
        for lease in list(self.leases):
            if lease.stage is not Stage.DELIVERING and lease.ending is None:
                lease.end(Ending.HANDED_BACK)
                handing.append(self._deliver(lease, HandedBack(f"{self.definition.type}: {Ending.HANDED_BACK.value}")))
        return handing


def _learn(lane: Lane, outcome: Outcome, *, replayed: bool) -> None:
    """What an outcome says about the systems behind the task: who answered is there, also with a no; a replay asked only the
    database; something in use is no outage."""
    cause = outcome.cause if isinstance(outcome, Failed | HandedBack) else None
    if isinstance(cause, Unavailable):
        if not isinstance(cause, InUse) and not isinstance(cause.__cause__, InUse):
            lane.door.failed(cause.system or lane.definition.options.system)
    elif isinstance(cause, Refused):
        lane.door.succeeded(cause.system or lane.definition.options.system)
    elif isinstance(outcome, Completed | BpmnError | Refusal):
        lane.door.succeeded("postgres" if replayed else None)
