"""A worker on the in-memory broker in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from broker import Broker, Gateway, Weather
from virtual import InlinePool

from workers.runtime import Context, TaskInput, TaskOutput
from workers.runtime.drain import Exit
from workers.runtime.options import WorkerOptions
from workers.runtime.registry import Registry
from workers.runtime.testing import MemoryBus, MemoryLedger
from workers.runtime.worker import Needs, Worker


class Nothing(TaskInput):
    """No variables."""


class Anything(TaskOutput):
    """One variable of any kind."""

    value: Any = None


@dataclass
class Bench:
    """What a test sees: the broker, the gateway, the worker, and what the handlers did."""

    broker: Broker
    gateway: Gateway
    worker: Worker
    run: asyncio.Task[Exit]
    runs: list[int] = field(default_factory=list)

    def lane(self, task_type: str) -> Any:
        return next(lane for lane in self.worker.lanes if lane.definition.type == task_type)

    async def until(self, condition: Callable[[], bool], *, seconds: float = 60.0) -> float:
        """Waits for a condition; returns the virtual seconds it took."""
        begun = self.broker.now
        while not condition():
            assert self.broker.now - begun < seconds, f"not within {seconds} virtual seconds; {self.state()}"
            assert not self.run.done(), f"the worker has ended: {self.run}"
            await asyncio.sleep(0.005)
        return self.broker.now - begun

    def state(self) -> dict[str, int]:
        states = [job.state for job in self.broker.jobs.values()]
        return {state: states.count(state) for state in set(states)}

    async def stop(self) -> Exit:
        self.worker.stop()
        return await self.run

    @property
    def slots(self) -> int:
        return sum(lane.capacity.held for lane in self.worker.lanes)


def tasks(**handlers: Any) -> Registry:
    """A registry of coroutines without effects: `tasks(visit=sleeps(0.05))` declares the type `visit`."""
    registry = Registry()
    for name, made in handlers.items():
        handler, options = made if isinstance(made, tuple) else (made, {})
        registry.task(name.replace("_", "-"), **{"effect": "none", "system": "camunda", **options})(handler)
    return registry


def sleeps(seconds: float, *, started: Callable[[int], None] = lambda key: None) -> Any:
    """A coroutine that takes its time."""

    async def handler(data: Nothing, ctx: Context) -> None:
        started(ctx.job_key)
        await asyncio.sleep(seconds)

    return handler


@asynccontextmanager
async def bench(
    registry: Registry,
    *,
    weather: Weather | None = None,
    seed: int = 0,
    gateway: Callable[[Broker], Gateway] | None = None,
    needs: dict[str, Any] | None = None,
    **options: Any,
) -> AsyncIterator[Bench]:
    """A running worker; it is stopped at the end, and every slot must be free then."""
    broker = Broker()
    made = gateway(broker) if gateway else Gateway(broker, weather=weather, seed=seed)
    wants = {
        "gateway": lambda: made,
        "ledger": MemoryLedger(),
        "bus": MemoryBus(),
        "pool": InlinePool(),
        **(needs or {}),
    }
    settings = {"name": "w", "republish_every": timedelta(hours=1000), **options}
    worker = Worker(list(registry.values()), Needs(**wants), WorkerOptions(**settings))
    run = asyncio.create_task(worker.run())
    await asyncio.sleep(0)
    yield (it := Bench(broker, made, worker, run))
    if not run.done():
        await it.stop()
    assert it.slots == 0, "capacity did not return to its start"
