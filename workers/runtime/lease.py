"""A job in our hands, from its activation to the moment its slot is free again."""

from __future__ import annotations

import asyncio
from enum import Enum
from typing import Protocol

from workers.ports.jobs import ActivatedJob
from workers.runtime.errors import JobGone


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
    """Times are seconds of the event loop's clock. `expires` moves when the heartbeat extends the job's time-out."""

    __slots__ = (
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
        "thread",
        "timeout",
    )

    def __init__(self, job: ActivatedJob, *, loop: asyncio.AbstractEventLoop, timeout: float) -> None:
        # The loop is kept: asking for the running one is a system call each time before Python 3.12.
        self.job, self.loop = job, loop
        now = loop.time()
        self.received = now
        self.timeout = timeout
        self.expires = now + timeout
        self.started = now
        self.stage = Stage.WAITING
        self.renewing = self.replayed = False
        self.slot = True
        self.thread: asyncio.Future[str] | None = None
        self._running: Cancellable | None = None
        self._ending: Ending | None = None

    @property
    def ending(self) -> Ending | None:
        """Why the handler was told to end, None while it may go on."""
        return self._ending

    @property
    def stuck(self) -> bool:
        """A thread is still busy although its job has ended."""
        return self._ending is not None and self.thread is not None and not self.thread.done()

    def runs(self, running: Cancellable | None) -> None:
        """From now on `end` cancels `running`."""
        self._running = running

    def end(self, why: Ending) -> None:
        """Tells the handler to end: a coroutine is cancelled, a thread finds out before it commits. The first reason stays."""
        if self._ending is None:
            self._ending = why
            if self._running is not None:
                self._running.cancel()

    def check(self) -> None:
        """Raises `JobGone` when the result is not wanted any more; asked right before a commit."""
        if self._ending is not None:
            raise JobGone(self._ending.value)
