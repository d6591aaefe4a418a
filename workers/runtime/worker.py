"""The worker: lanes for its task types, the loops that look after them, and an orderly end."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from typing import Any

from workers.ports.effects import EffectLedger
from workers.ports.events import EventBus
from workers.ports.jobs import JobGateway, JobRequest
from workers.runtime.binding import Resources, bind, check_providers
from workers.runtime.capacity import Limit, Shares
from workers.runtime.circuit import Circuit, Door
from workers.runtime.definition import TaskDefinition
from workers.runtime.execute import Bench, execute
from workers.runtime.heartbeat import Heartbeat
from workers.runtime.lane import Lane
from workers.runtime.lease import Stage
from workers.runtime.middleware import Middleware, chain, log_outcome
from workers.runtime.options import WorkerOptions
from workers.runtime.polling import Poller
from workers.runtime.republish import republish
from workers.runtime.streaming import Streamer
from workers.runtime.watchdog import Watchdog, Watched

_LOG = logging.getLogger(__name__)
_TICK = 0.5
# How long a poll that may just be bringing jobs is listened to before it is cut.
_POLL_PATIENCE = 0.1
# Results that are being sent when everything else has ended get this long to arrive.
_LAST_WORDS = 5.0


class Exit(IntEnum):
    """How a worker ended; the process's exit code."""

    DRAINED = 0
    HANDED_BACK = 3
    HARD = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a worker gets from outside."""

    gateway: Callable[[], JobGateway]
    ledger: EffectLedger
    bus: EventBus
    resources: Resources = field(default_factory=dict)
    middleware: Sequence[Middleware] = (log_outcome,)


class Worker:
    """Serves task types until told to stop."""

    def __init__(
        self, definitions: Sequence[TaskDefinition], needs: Needs, options: WorkerOptions | None = None
    ) -> None:
        check_providers(definitions, needs.resources)
        self.definitions, self.needs, self.options = definitions, needs, options or WorkerOptions()
        self.lanes: list[Lane] = []
        self.started_at = time.time()
        self.last_tick = time.monotonic()
        self._stop: asyncio.Event | None = None
        self._hard = False
        self._watched: list[Watched] = []
        self._pool = ThreadPoolExecutor(self._threads(), thread_name_prefix="task")
        for warning in capacity_warnings(definitions):
            _LOG.warning(warning)

    async def run(self) -> Exit:
        """Works until `stop`, then drains."""
        self._stop = self._stop or asyncio.Event()
        gateway = self.needs.gateway()
        self._open(gateway)
        duties = [asyncio.create_task(self._look_after()), asyncio.create_task(self._republish())]
        try:
            await self._stop.wait()
            return await self._drain()
        finally:
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

    @property
    def stopping(self) -> bool:
        """Whether intake has stopped."""
        return self._stop is not None and self._stop.is_set()

    def _threads(self) -> int:
        blocking = sum(d.options.max_active for d in self.definitions if not d.is_async or d.options.effect != "none")
        return max(1, min(blocking, self.options.max_active))

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

    async def _look_after(self) -> None:
        heartbeat, watchdog = Heartbeat(self.lanes), Watchdog(self.lanes, self._watched)
        shortest = min((d.options.timeout.total_seconds() for d in self.definitions), default=1.0)
        pause = min(_TICK, shortest / 10)
        while True:
            for duty in (heartbeat.tick, watchdog.tick):
                try:
                    duty()
                except Exception:
                    _LOG.exception("looking after the jobs failed unexpectedly")
            self.last_tick = time.monotonic()
            await asyncio.sleep(pause)

    async def _republish(self) -> None:
        loop, needs = asyncio.get_running_loop(), self.needs
        while True:
            await asyncio.sleep(self.options.republish_every.total_seconds())
            try:
                await loop.run_in_executor(None, republish, needs.ledger, needs.bus)
            except Exception:
                _LOG.exception("publishing left-over events failed; it is tried again")

    async def _drain(self) -> Exit:
        """Intake off; what runs may finish within the limit; the rest goes back with its retries unchanged."""
        _LOG.info("stopping: %d jobs are running", sum(len(lane.leases) for lane in self.lanes))
        for lane in self.lanes:
            lane.intake.draining = True
        await asyncio.gather(*(watched.stop(patience=_POLL_PATIENCE) for watched in self._watched))
        await self._finish()
        left = [handing for lane in self.lanes for handing in lane.give_up()]
        await asyncio.gather(*left, *(lane.settle() for lane in self.lanes))
        delivering = [
            task for lane in self.lanes for lease, task in lane.leases.items() if lease.stage is Stage.DELIVERING
        ]
        if delivering:
            await asyncio.wait(delivering, timeout=_LAST_WORDS)
        if self._hard:
            return Exit.HARD
        return Exit.HANDED_BACK if left else Exit.DRAINED

    async def _finish(self) -> None:
        """Waits for running jobs, until the limit or a second `stop`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + self.options.drain.total_seconds()
        while not self._hard and loop.time() < until:
            tasks = [task for lane in self.lanes for lease, task in lane.leases.items() if not lease.stuck]
            if not tasks:
                return
            await asyncio.wait(tasks, timeout=min(_TICK, max(0.0, until - loop.time())))


def _lanes(
    definitions: Sequence[TaskDefinition],
    needs: Needs,
    options: WorkerOptions,
    gateway: JobGateway,
    pool: ThreadPoolExecutor,
) -> Sequence[Lane]:
    shares = Shares(options.max_active, {d.type: d.options.max_active for d in definitions})
    limits = {system: Limit(most) for system, most in options.systems.items()}
    circuits: dict[str, Circuit] = {}
    bench = Bench(pool=pool, ledger=needs.ledger, bus=needs.bus, budget=options.budget)
    return [
        Lane(
            definition,
            gateway=gateway,
            request=_request(definition, options),
            capacity=shares.capacity(definition.type, limits.get(definition.options.system)),
            door=_door(definition, circuits, options),
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
        fetch_variables=definition.fetch_variables,
        tenant_ids=options.tenant_ids,
    )


def capacity_warnings(definitions: Sequence[TaskDefinition]) -> list[str]:
    """Camunda's rule, per type: max active < concurrency x time-out / expected time; else jobs time out while they wait."""
    return [
        f"{d.type}: an expected time of {d.options.expected} is not below its time-out of {d.options.timeout}; "
        "raise the time-out, or every job depends on the heartbeat"
        for d in definitions
        if d.options.expected is not None and d.options.expected >= d.options.timeout
    ]
