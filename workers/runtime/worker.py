"""The worker: lanes for its task types, the loops that look after them, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from workers.ports.effects import EffectLedger
from workers.ports.events import EventBus
from workers.ports.jobs import JobGateway, JobRequest
from workers.runtime.binding import Resources, bind, check_providers
from workers.runtime.capacity import Limit, Shares
from workers.runtime.circuit import Circuit, Door
from workers.runtime.definition import TaskDefinition
from workers.runtime.dogstatsd import DogStatsD
from workers.runtime.drain import Exit, drain
from workers.runtime.duties import every
from workers.runtime.execute import Bench, execute
from workers.runtime.heartbeat import Heartbeat
from workers.runtime.lane import Lane
from workers.runtime.middleware import Middleware, chain, log_outcome
from workers.runtime.options import WorkerOptions
from workers.runtime.outbox import Outbox
from workers.runtime.polling import Poller
from workers.runtime.report import worker_report
from workers.runtime.republish import republish
from workers.runtime.retention import expire
from workers.runtime.streaming import Streamer
from workers.runtime.watchdog import Watchdog, Watched

_LOG = logging.getLogger(__name__)
_TICK = 0.5
_METRICS_EVERY = 5.0
_EXPIRE_EVERY = 3_600.0
# A loop that has not looked after its jobs for this long is blocked: restart the process.
_SILENCE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a worker gets from outside."""

    gateway: Callable[[], JobGateway]
    ledger: EffectLedger
    bus: EventBus
    resources: Resources = field(default_factory=dict)
    middleware: Sequence[Middleware] = (log_outcome,)
    metrics: DogStatsD | None = None
    pool: Executor | None = None


class Worker:
    """Serves task types until told to stop."""

    def __init__(
        self, definitions: Sequence[TaskDefinition], needs: Needs, options: WorkerOptions | None = None
    ) -> None:
        check_providers(definitions, needs.resources)
        self.definitions, self.needs, self.options = definitions, needs, options or WorkerOptions()
        self.lanes: list[Lane] = []
        self._picture: dict[str, Any] = {"worker": self.options.name, "live": True, "ready": False, "types": {}}
        self._pictured = time.monotonic()
        self._stop: asyncio.Event | None = None
        self._hard = False
        self._watched: list[Watched] = []
        self._pool = needs.pool or ThreadPoolExecutor(self._threads(), thread_name_prefix="task")
        for warning in capacity_warnings(definitions, self._threads() - 1):
            _LOG.warning(warning)

    async def run(self) -> Exit:
        """Works until `stop`, then drains."""
        self._stop = self._stop or asyncio.Event()
        gateway = self.needs.gateway()
        self._open(gateway)
        duties = self._duties()
        try:
            await self._stop.wait()
            limit = self.options.drain.total_seconds()
            return await drain(self.lanes, self._watched, limit=limit, hurried=lambda: self._hard)
        finally:
            self._measure()
            for duty in duties:
                duty.cancel()
            await asyncio.gather(*duties, return_exceptions=True)
            await gateway.close()
            self._pool.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """Asks for an orderly end; asked again, everything that still runs is handed back at once. From the loop's thread."""
        self._stop = self._stop or asyncio.Event()
        self._hard = self._stop.is_set()
        self._stop.set()

    def report(self) -> dict[str, Any]:
        """The last picture, from any thread; a loop that took none for long is not alive."""
        age = time.monotonic() - self._pictured
        return {**self._picture, "live": self._picture["live"] and age < _SILENCE, "loop_silent": round(age, 1)}

    @property
    def stopping(self) -> bool:
        """Whether intake has stopped."""
        return self._stop is not None and self._stop.is_set()

    def _threads(self) -> int:
        blocking = sum(d.options.max_active for d in self.definitions if d.blocking)
        most = min(self.options.max_active, self.options.threads or blocking)
        return 1 + min(blocking, most)  # one for the republisher

    def _open(self, gateway: JobGateway) -> None:
        self.lanes = list(_lanes(self.definitions, self.needs, self.options, gateway, self._pool))
        options = self.options
        for lane in self.lanes:
            long_poll = options.long_poll.total_seconds()
            self._watched.append(Watched(lane, partial(Poller, lane, long_poll=long_poll)))
            if options.stream:
                lane.intake.streaming = True
                streamer = partial(Streamer, lane, age=options.stream_age.total_seconds())
                self._watched.append(Watched(lane, streamer, may_end=True))

    def _duties(self) -> list[asyncio.Task[None]]:
        heartbeat, watchdog = Heartbeat(self.lanes), Watchdog(self.lanes, self._watched)
        shortest = min((d.options.timeout.total_seconds() for d in self.definitions), default=_TICK)
        again = self.options.republish_every.total_seconds()
        duties = [
            every(min(_TICK, shortest / 10), heartbeat.tick, watchdog.tick, self._take_picture),
            every(again, self._republish),
            every(_EXPIRE_EVERY, self._expire),
        ]
        duties.append(every(_METRICS_EVERY, self._measure))
        return [asyncio.create_task(duty) for duty in duties]

    def _measure(self) -> None:
        if self.needs.metrics is not None:
            self.needs.metrics.report(self.lanes, asyncio.get_running_loop().time())

    def _take_picture(self) -> None:
        now = asyncio.get_running_loop().time()
        self._picture = worker_report(self.lanes, name=self.options.name, now=now)
        self._pictured = time.monotonic()

    def _republish(self) -> asyncio.Future[int]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._pool, republish, self.needs.ledger, self.needs.bus)

    def _expire(self) -> asyncio.Future[int]:
        work = partial(expire, self.needs.ledger, keep=self.options.keep_effects)
        return asyncio.get_running_loop().run_in_executor(self._pool, work)


def _lanes(
    definitions: Sequence[TaskDefinition],
    needs: Needs,
    options: WorkerOptions,
    gateway: JobGateway,
    pool: Executor,
) -> Sequence[Lane]:
    shares = Shares(options.max_active, {d.type: d.options.max_active for d in definitions})
    limits = {system: Limit(most) for system, most in options.systems.items()}
    circuits: dict[str, Circuit] = {}
    outbox = Outbox(options.max_active // 4)
    bench = Bench(pool=pool, ledger=needs.ledger, bus=needs.bus, budget=options.budget)
    return [
        Lane(
            definition,
            gateway=gateway,
            request=_request(definition, options),
            capacity=shares.capacity(definition.type, limits.get(definition.options.system)),
            door=_door(definition, circuits, options),
            outbox=outbox,
            work=chain(needs.middleware, partial(execute, provide=bind(definition, needs.resources), bench=bench)),
        )
        for definition in definitions
    ]


def _door(definition: TaskDefinition, circuits: dict[str, Circuit], options: WorkerOptions) -> Door:
    """A task depends on its system, and on the ledger's database when its effect is kept there."""
    systems = {definition.options.system} | ({"postgres"} if definition.options.effect != "none" else set())
    settings: Mapping[str, Any] = {
        "now": asyncio.get_running_loop().time,
        "threshold": options.circuit_threshold,
        "first": options.circuit_first.total_seconds(),
        "cap": options.circuit_cap.total_seconds(),
    }
    return Door(circuits.setdefault(system, Circuit(system, **settings)) for system in sorted(systems))


def _request(definition: TaskDefinition, options: WorkerOptions) -> JobRequest:
    return JobRequest(
        type=definition.type,
        worker=options.name,
        timeout=int(definition.options.timeout.total_seconds() * 1000),
        fetch_variables=(*definition.fetch_variables, *options.also_fetch),
        tenant_ids=options.tenant_ids,
    )


def capacity_warnings(definitions: Sequence[TaskDefinition], threads: int) -> list[str]:
    """Camunda's rule, per type: max active < concurrency x time-out / expected time; else jobs time out while they wait.

    Jobs of a coroutine all run at once; the others share `threads` threads.
    Source: Camunda docs, best practices, "Writing good workers".
    """
    return [warning for d in definitions if (warning := _capacity_warning(d, threads))]


def _capacity_warning(definition: TaskDefinition, threads: int) -> str:
    options = definition.options
    concurrency = min(options.max_active, threads) if definition.blocking else options.max_active
    if options.expected is None or options.max_active * options.expected < concurrency * options.timeout:
        return ""
    load = f"{options.max_active} jobs, {concurrency} at a time, of an expected {options.expected} each"
    return (
        f"{definition.type}: {load} do not fit its time-out of {options.timeout}; raise the time-out, lower max_active or allow "
        "more threads, or its jobs depend on the heartbeat"
    )
