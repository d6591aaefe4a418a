"""Zeebe's job states in memory and a gateway to them that can be as unreliable as a network (reference: job states 2.1-2.3)."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workers.ports.errors import Conflict, Misconfigured, NotFound, PortError, Unavailable
from workers.ports.jobs import ActivatedJob, BackPressure, JobRequest

ENDED = frozenset({"COMPLETED", "ERROR_THROWN", "INCIDENT", "CANCELED"})


@dataclass
class Job:
    key: int
    type: str
    retries: int
    element: int
    variables: str
    state: str = "ACTIVATABLE"
    deadline: float = -1.0
    activations: int = 0
    history: list[str] = field(default_factory=list)
    message: str = ""
    backoffs: list[float] = field(default_factory=list)
    created: float = 0.0


class Broker:
    """All jobs, the pollers and streams that wait for them."""

    def __init__(self) -> None:
        self.jobs: dict[int, Job] = {}
        self.arrivals: dict[str, asyncio.Event] = {}
        self.streams: list[tuple[JobRequest, asyncio.Queue[ActivatedJob]]] = []
        self.window = 100
        self.calls: list[tuple[str, int]] = []

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def create(
        self,
        task_type: str,
        number: int = 1,
        *,
        retries: int = 3,
        variables: dict[str, Any] | None = None,
        element: int = 0,
    ) -> list[Job]:
        made = []
        for _ in range(number):
            key = len(self.jobs) + 1
            job = Job(key, task_type, retries, element or 50_000 + key, json.dumps(variables or {}), created=self.now)
            self.jobs[key] = job
            made.append(job)
            self._available(job)
        return made

    def of(self, state: str) -> list[Job]:
        return [job for job in self.jobs.values() if job.state == state]

    @property
    def open(self) -> list[Job]:
        return [job for job in self.jobs.values() if job.state not in ENDED]

    def cancel(self, job: Job) -> None:
        job.state = "CANCELED"

    def _available(self, job: Job) -> None:
        job.state = "ACTIVATABLE"
        fitting = [entry for entry in self.streams if entry[0].type == job.type and entry[1].qsize() < self.window]
        if fitting:
            request, queue = fitting[job.key % len(fitting)]
            queue.put_nowait(self.hand_out(job, request))
            return
        self.arrivals.setdefault(job.type, asyncio.Event()).set()

    def hand_out(self, job: Job, request: JobRequest) -> ActivatedJob:
        timeout = request.timeout / 1000
        job.state, job.deadline = "ACTIVATED", self.now + timeout
        job.activations += 1
        job.history.append("activated")
        self._watch(job)
        return ActivatedJob(
            job.key, job.type, 1, "P", 1, 1, "Task", job.element, "{}", request.worker, job.retries,
            int(job.deadline * 1000), job.variables, "<default>",
        )  # fmt: skip

    def _watch(self, job: Job) -> None:
        asyncio.get_running_loop().call_at(job.deadline, self._time_out, job, job.activations)

    def _time_out(self, job: Job, activation: int) -> None:
        if job.state != "ACTIVATED" or job.activations != activation:
            return
        if job.deadline > self.now:
            self._watch(job)
            return
        job.history.append("timed out")
        self._available(job)

    def activatable(self, task_type: str, limit: int) -> list[Job]:
        return [job for job in self.jobs.values() if job.type == task_type and job.state == "ACTIVATABLE"][:limit]

    def _held(self, key: int) -> Job:
        job = self.jobs.get(key)
        if job is None or job.state in ("COMPLETED", "CANCELED"):
            raise NotFound("no such job was found")
        if job.state not in ("ACTIVATED", "ACTIVATABLE"):
            raise Conflict(f"it is in state '{job.state}'")
        return job

    def complete(self, key: int) -> None:
        job = self._held(key)
        job.state = "COMPLETED"
        job.history.append("completed")

    def fail(self, key: int, retries: int, message: str, backoff: float) -> None:
        job = self._held(key)
        job.history.append("handed back" if retries == job.retries else "failed")
        job.retries, job.message = retries, message
        job.backoffs.append(backoff)
        if retries <= 0:
            job.state = "INCIDENT"
        elif backoff > 0:
            job.state = "FAILED"
            asyncio.get_running_loop().call_later(backoff, self._available, job)
        else:
            self._available(job)

    def throw(self, key: int) -> None:
        job = self._held(key)
        job.state = "ERROR_THROWN"
        job.history.append("thrown")

    def extend(self, key: int, timeout: float) -> None:
        job = self._held(key)
        if job.state != "ACTIVATED":
            raise Conflict("it is not active")
        job.deadline = self.now + timeout
        job.history.append("extended")


@dataclass
class Weather:
    """Chances per call; `latency` is the longest way there and back in seconds."""

    latency: float = 0.0
    unavailable: float = 0.0
    exhausted: float = 0.0
    auth: float = 0.0
    lost_answer: float = 0.0
    lost_jobs: float = 0.0
    duplicate: float = 0.0
    stream_break: float = 0.0
    half_open: float = 0.0
    hang: float = 0.0


class Gateway:
    """`JobGateway` over a broker. `before` may raise for a call; `weather` does so by chance."""

    def __init__(self, broker: Broker, *, weather: Weather | None = None, seed: int = 0, streams: bool = True) -> None:
        self.broker, self.weather = broker, weather or Weather()
        self.chance = random.Random(seed)
        self.streaming = streams
        self.before: Callable[[str, Any], PortError | BaseException | None] = lambda call, about: None
        self.closed = False
        self.polls: list[tuple[float, str, int, int]] = []
        self.opened = 0
        self.commands: list[tuple[float, str, int]] = []

    def _happens(self, chance: float) -> bool:
        return chance > 0 and self.chance.random() < chance

    async def _way(self, call: str, about: Any) -> None:
        if self.weather.latency:
            await asyncio.sleep(self.chance.random() * self.weather.latency)
        error = self.before(call, about)
        if error is not None:
            raise error
        if self._happens(self.weather.hang):
            await asyncio.sleep(3_600)
        for chance, kind in (
            (self.weather.unavailable, Unavailable),
            (self.weather.exhausted, BackPressure),
            (self.weather.auth, Misconfigured),
        ):
            if self._happens(chance):
                raise kind(f"{call} is in bad weather")

    async def activate(self, request: JobRequest, *, limit: int, wait: int) -> AsyncIterator[Sequence[ActivatedJob]]:
        self.polls.append((self.broker.now, request.type, limit, wait))
        await self._way("activate", request.type)
        until = self.broker.now + max(wait, 0) / 1000
        while not (found := self.broker.activatable(request.type, limit)) and self.broker.now < until:
            arrival = self.broker.arrivals.setdefault(request.type, asyncio.Event())
            arrival.clear()
            try:
                async with asyncio.timeout(until - self.broker.now):
                    await arrival.wait()
            except TimeoutError:
                return
        jobs = [self.broker.hand_out(job, request) for job in found]
        if jobs and self._happens(self.weather.lost_jobs):
            raise Unavailable("the answer was lost")
        for start in range(0, len(jobs), 7):
            yield jobs[start : start + 7]
            if self._happens(self.weather.duplicate):
                yield jobs[start : start + 1]

    async def stream(self, request: JobRequest) -> AsyncIterator[ActivatedJob]:
        await self._way("stream", request.type)
        if not self.streaming:
            await asyncio.sleep(1e9)
        self.opened += 1
        queue: asyncio.Queue[ActivatedJob] = asyncio.Queue()
        entry = (request, queue)
        self.broker.streams.append(entry)
        half_open = self._happens(self.weather.half_open)
        try:
            while True:
                job = await queue.get()
                if half_open:
                    continue
                if self._happens(self.weather.stream_break):
                    raise Unavailable("the stream broke")
                yield job
                if self._happens(self.weather.duplicate):
                    yield job
        finally:
            self.broker.streams.remove(entry)

    async def _command(self, call: str, key: int, apply: Callable[[], None], within: float) -> None:
        self.commands.append((self.broker.now, call, key))
        try:
            async with asyncio.timeout(within):
                await self._way(call, key)
                apply()
                if self._happens(self.weather.lost_answer):
                    raise Unavailable("the answer was lost")
        except TimeoutError:
            raise Unavailable("no answer in time") from None

    async def complete(self, key: int, *, variables: str, within: float) -> None:
        json.loads(variables)
        await self._command("complete", key, lambda: self.broker.complete(key), within)

    async def fail(self, key: int, *, retries: int, message: str, backoff: int, within: float) -> None:
        await self._command("fail", key, lambda: self.broker.fail(key, retries, message, backoff / 1000), within)

    async def throw_error(self, key: int, *, code: str, message: str, variables: str, within: float) -> None:
        await self._command("throw", key, lambda: self.broker.throw(key), within)

    async def update_timeout(self, key: int, *, timeout: int, within: float) -> None:
        await self._command("extend", key, lambda: self.broker.extend(key, timeout / 1000), within)

    async def close(self) -> None:
        self.closed = True
