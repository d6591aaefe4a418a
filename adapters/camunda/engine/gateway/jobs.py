"""Jobs on their way to workers: long polling, and streams that get a job at the moment it becomes activatable.

A job is pushed only when it *becomes* activatable while a stream is open (created, failed with retries and no back-off,
back-off over, timed out, incident resolved, yielded); the backlog is for those who poll. A stream whose client reads too
slowly is passed over, and what it held when it closed goes back, no retry lost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from adapters.camunda.engine.gateway.commands import Command, Commands
from adapters.camunda.engine.gateway.errors import InvalidRequestError, RejectedError
from adapters.camunda.engine.records import Job, JobBatch, Record, RecordType

DEFAULT_PATIENCE_MS = 10_000
_STREAM_ROOM = 32
BLANK_JOB = Job("", -1, -1, -1, "", "", -1, -1)


class ActivatedJob(NamedTuple):
    """A job with its key, as a worker gets it."""

    key: int
    job: Job


def _created(job: Job) -> bool:
    return job.retries > 0


def _failed(job: Job) -> bool:
    return job.retries > 0 and job.retry_backoff <= 0


_BECOMES_ACTIVATABLE: dict[str, Callable[[Job], bool]] = {
    "CREATED": _created,
    "FAILED": _failed,
    "RECURRED_AFTER_BACKOFF": _created,
    "TIMED_OUT": _created,
    "YIELDED": _created,
}


class JobStream:
    """The open stream of one worker."""

    def __init__(self, batch: JobBatch) -> None:
        self.batch = batch
        self._queue: asyncio.Queue[ActivatedJob] = asyncio.Queue(_STREAM_ROOM)

    @property
    def has_room(self) -> bool:
        """Whether the client keeps up."""
        return not self._queue.full()

    def offer(self, job: ActivatedJob) -> None:
        """Puts a job on its way."""
        self._queue.put_nowait(job)

    def left(self) -> list[ActivatedJob]:
        """Takes out what was not delivered."""
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]

    async def __aiter__(self) -> AsyncIterator[ActivatedJob]:
        """Yields jobs until the reader stops."""
        while True:
            yield await self._queue.get()


class JobHub:
    """Hands out jobs. `job_type` names the type of a job by its key, for jobs an incident held back."""

    def __init__(self, commands: Commands, job_type: Callable[[int], str | None]) -> None:
        self._commands = commands
        self._job_type = job_type
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._streams: dict[str, list[JobStream]] = {}
        self._pushable: list[tuple[str, int]] = []
        self._woken: set[str] = set()
        self._stopped = False

    async def poll(self, batch: JobBatch, patience_ms: int) -> list[ActivatedJob]:
        """Activates jobs; with none at hand it waits `patience_ms` for one (0: the default; negative: not at all)."""
        jobs = self._activate(batch)
        loop = asyncio.get_running_loop()
        give_up = loop.time() + (patience_ms or DEFAULT_PATIENCE_MS) / 1000
        while not jobs and loop.time() < give_up and not self._stopped:
            if not await self._available(batch.type, give_up):
                break
            jobs = self._activate(batch)
        return jobs

    def stop(self) -> None:
        """Ends all waiting: who waits gets no job."""
        self._stopped = True
        for job_type in list(self._waiting):
            self._wake(job_type)

    def give_back(self, jobs: list[ActivatedJob]) -> None:
        """Makes jobs activatable again that never reached their worker: they fail with their retries unchanged."""
        for key, job in jobs:
            value = BLANK_JOB._replace(
                retries=job.retries, error_message="The client left before the job was delivered"
            )
            self._settle(Command("JOB", "FAIL", value, key))

    def open(self, batch: JobBatch) -> JobStream:
        """Opens a stream for a worker."""
        subject = "Expected to stream activated jobs with"
        if not batch.type.strip():
            raise InvalidRequestError(f"{subject} type to be present, but it was blank")
        if batch.timeout <= 0:
            raise InvalidRequestError(f"{subject} timeout to be greater than zero, but it was {batch.timeout}")
        stream = JobStream(batch._replace(max_jobs_to_activate=1))
        self._streams.setdefault(batch.type, []).append(stream)
        return stream

    def close(self, stream: JobStream) -> None:
        """Closes a stream; undelivered jobs are yielded."""
        streams = self._streams[stream.batch.type]
        streams.remove(stream)
        if not streams:
            del self._streams[stream.batch.type]
        for key, _ in stream.left():
            self._settle(Command("JOB", "YIELD", BLANK_JOB, key))

    def on_jobs_available(self, job_type: str) -> None:
        """Wakes, once the engine is at rest, all who wait for jobs of a type."""
        if job_type in self._waiting and job_type not in self._woken:
            self._woken.add(job_type)
            asyncio.get_running_loop().call_soon(self._wake, job_type)

    def on_record(self, record: Record) -> None:
        """Notes each job that becomes activatable while a stream of its type is open."""
        if not self._streams or record.record_type is not RecordType.EVENT:
            return
        if record.value_type == "JOB":
            rule = _BECOMES_ACTIVATABLE.get(record.intent)
            if rule is not None and rule(record.value):
                self._note(record.value.type, record.key)
        elif record.value_type == "INCIDENT" and record.intent == "RESOLVED" and record.value.job_key > 0:
            self._note(self._job_type(record.value.job_key) or "", record.value.job_key)

    def _note(self, job_type: str, key: int) -> None:
        if job_type not in self._streams:
            return
        if not self._pushable:
            asyncio.get_running_loop().call_soon(self._push)
        self._pushable.append((job_type, key))

    def _push(self) -> None:
        pushable, self._pushable = self._pushable, []
        for job_type, key in pushable:
            ready = [stream for stream in self._streams.get(job_type, ()) if stream.has_room]
            if ready:
                stream = random.choice(ready)  # noqa: S311 - which worker gets a job is no secret
                for job in self._activate(stream.batch._replace(job_keys=(key,))):
                    stream.offer(job)

    def _activate(self, batch: JobBatch) -> list[ActivatedJob]:
        value = self._commands.now(Command("JOB_BATCH", "ACTIVATE", batch)).value
        return [ActivatedJob(key, job) for key, job in zip(value.job_keys, value.jobs, strict=True)]

    def _settle(self, command: Command) -> None:
        try:
            self._commands.now(command)
        except RejectedError:
            return  # it timed out, was completed or cancelled meanwhile: then there is nothing to give back

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
