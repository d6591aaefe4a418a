"""Job streams: a worker gets a job at the moment it becomes activatable.

A job is pushed only when it *becomes* activatable while a stream is open (created, failed with retries and no back-off,
back-off over, timed out, incident resolved, yielded); the backlog is for those who poll. A stream whose client reads too
slowly is passed over, and what it held when it closed goes back, no retry lost.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable

from zeebelet.gateway.errors import InvalidRequestError
from zeebelet.gateway.jobs import ActivatedJob, Activation
from zeebelet.records import Job, JobBatch, JsonObject, Record, RecordType

_ROOM = 32


def _has_retries(job: Job) -> bool:
    return job.retries > 0


def _failed(job: Job) -> bool:
    return job.retries > 0 and job.retry_backoff <= 0


_BECOMES_ACTIVATABLE: dict[str, Callable[[Job], bool]] = {
    "CREATED": _has_retries,
    "FAILED": _failed,
    "RECURRED_AFTER_BACKOFF": _has_retries,
    "TIMED_OUT": _has_retries,
    "YIELDED": _has_retries,
}


class JobStream:
    """The open stream of one worker."""

    def __init__(self, batch: JobBatch) -> None:
        self.batch = batch
        self._queue: asyncio.Queue[ActivatedJob] = asyncio.Queue(_ROOM)

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


class JobStreams:
    """All open streams. `job_type` names the type of a job by its key, for jobs an incident held back."""

    def __init__(self, activation: Activation, job_type: Callable[[int], str | None]) -> None:
        self._activation = activation
        self._job_type = job_type
        self._streams: dict[str, list[JobStream]] = {}
        self._pushable: list[tuple[str, int]] = []

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
        self._activation.yield_back(stream.left())

    def shown(self) -> list[JsonObject]:
        """What is open, by job type."""
        return [
            {
                "jobType": job_type,
                "metadata": {
                    "worker": streams[0].batch.worker,
                    "timeout": streams[0].batch.timeout,
                    "fetchVariables": list(streams[0].batch.fetch_variables),
                    "tenantIds": ["<default>"],
                },
                "consumers": [{"id": str(number), "receiver": "0"} for number, _ in enumerate(streams)],
            }
            for job_type, streams in self._streams.items()
        ]

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
                for job in self._activation.take(stream.batch._replace(job_keys=(key,))):
                    stream.offer(job)
