"""Long polling: who finds no job waits until one of the type becomes activatable."""

from __future__ import annotations

import asyncio

from zeebelet.gateway.jobs import ActivatedJob, Activation
from zeebelet.records import JobBatch

DEFAULT_PATIENCE_MS = 10_000


class LongPolls:
    """The requests that wait. A job wakes all of its type, in the order they came; the others wait on."""

    def __init__(self, activation: Activation) -> None:
        self._activation = activation
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._woken: set[str] = set()
        self._stopped = False

    async def poll(self, batch: JobBatch, patience_ms: int) -> list[ActivatedJob]:
        """Activates jobs; with none at hand it waits `patience_ms` for one (0: the default; negative: not at all)."""
        jobs = self._activation.take(batch)
        loop = asyncio.get_running_loop()
        give_up = loop.time() + (patience_ms or DEFAULT_PATIENCE_MS) / 1000
        while not jobs and loop.time() < give_up and not self._stopped:
            if not await self._available(batch.type, give_up):
                break
            jobs = self._activation.take(batch)
        return jobs

    def on_jobs_available(self, job_type: str) -> None:
        """Wakes, once the engine is at rest, all who wait for jobs of a type."""
        if job_type in self._waiting and job_type not in self._woken:
            self._woken.add(job_type)
            asyncio.get_running_loop().call_soon(self._wake, job_type)

    def stop(self) -> None:
        """Ends all waiting: who waits gets no job."""
        self._stopped = True
        for job_type in list(self._waiting):
            self._wake(job_type)

    async def _available(self, job_type: str, give_up: float) -> bool:
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(job_type, []).append(waiter)
        try:
            async with asyncio.timeout_at(give_up):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._forget(job_type, waiter)
        return True

    def _forget(self, job_type: str, waiter: asyncio.Future[None]) -> None:
        waiting = self._waiting.get(job_type, [])
        if waiter in waiting:
            waiting.remove(waiter)
        if not waiting:
            self._waiting.pop(job_type, None)

    def _wake(self, job_type: str) -> None:
        self._woken.discard(job_type)
        for waiter in self._waiting.pop(job_type, ()):
            if not waiter.done():
                waiter.set_result(None)
