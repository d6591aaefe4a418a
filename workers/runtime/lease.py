"""A job in our hands, from its activation to the moment its slot is free again."""

from __future__ import annotations

import asyncio
import math
from enum import Enum
from typing import Protocol

from workers.ports.jobs import ActivatedJob
from workers.runtime.errors import JobGone

# A coroutine that was told to end and is still there after so many seconds does not listen.
_GRACE = 1.0


class Stage(Enum):
    """Where a lease stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DELIVERING = "delivering"


class Ending(Enum):
    """Why a handler must not go on."""

    GONE = "the job ended elsewhere"
    OVERRUN = "the handler ran longer than allowed"
    HANDED_BACK = "the worker is stopping and gave the job back"


class Cancellable(Protocol):
    """A task or a future."""

    def cancel(self) -> bool:
        """Cancels it."""
        ...


class Lease:
    """Times are seconds of the event loop's clock. `expires` moves when the heartbeat extends the job's time-out; `started` is
    infinite until the handler runs, so a job that waits for a thread is kept but does not count as running."""

    __slots__ = (
        "_ended",
        "_ending",
        "_running",
        "expires",
        "job",
        "loop",
        "received",
        "renewing",
        "replayed",
        "slot",
        "stage",
        "started",
        "task",
        "thread",
        "timeout",
    )

    def __init__(
        self, job: ActivatedJob, *, loop: asyncio.AbstractEventLoop, timeout: float, received: float | None = None
    ) -> None:
        # The loop is kept: asking for the running one is a system call each time before Python 3.12.
        self.job, self.loop = job, loop
        self.received = loop.time() if received is None else received
        self.timeout = timeout
        self.expires = self.received + timeout
        self.started = math.inf
        self.stage = Stage.WAITING
        self.renewing = self.replayed = False
        self.slot = True
        self.thread: asyncio.Future[str] | None = None
        self.task: Cancellable | None = None
        self._running: Cancellable | None = None
        self._ended = math.inf
        self._ending: Ending | None = None

    @property
    def ending(self) -> Ending | None:
        """Why the handler was told to end, None while it may go on."""
        return self._ending

    @property
    def stuck(self) -> bool:
        """The handler, or what is around it, goes on although its job has ended: a busy thread, a task that does not listen."""
        if self._ending is None:
            return False
        if self.thread is not None and not self.thread.done():
            return self.started < math.inf
        return self.stage is Stage.RUNNING and self.loop.time() - self._ended > _GRACE

    def runs(self, running: Cancellable | None) -> None:
        """From now on `end` cancels `running`; None: the job's own task."""
        self._running = running

    def end(self, why: Ending) -> None:
        """Tells the handler to end: a coroutine is cancelled, a thread finds out before it commits. The first reason stays."""
        if self._ending is None:
            self._ending, self._ended = why, self.loop.time()
            running = self._running or self.task
            # A result on its way is not cut off.
            if running is not None and self.stage is Stage.RUNNING:
                running.cancel()

    def check(self) -> None:
        """Raises `JobGone` when the result is not wanted any more; asked right before a commit."""
        if self._ending is not None:
            raise JobGone(self._ending.value)


class Leases(dict[Lease, "asyncio.Task[None]"]):
    """All jobs of one task type, with the tasks that carry them."""

    @property
    def slots(self) -> int:
        """Slots taken by jobs."""
        return sum(lease.slot for lease in self)

    @property
    def stuck(self) -> int:
        """Handlers that go on although their job has ended."""
        return sum(lease.stuck for lease in self)

    @property
    def busy(self) -> bool:
        """Whether a handler runs that may still tell how its system is."""
        return any(lease.stage is not Stage.DELIVERING and not lease.stuck for lease in self)
