"""Handlers on threads that do not come back: real threads, real time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from broker import Broker, Gateway
from harness import Nothing

from workers.runtime import Context, RetryPolicy
from workers.runtime.drain import Exit
from workers.runtime.health import answer
from workers.runtime.options import WorkerOptions
from workers.runtime.registry import Registry
from workers.runtime.testing import MemoryBus, MemoryLedger
from workers.runtime.worker import Needs, Worker


class Hung:
    """A handler that waits until it is let go, and a worker that serves it."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.started = threading.Event()
        self.ledger = MemoryLedger(lock_timeout=0.05)
        self.broker = Broker()

    def handler(self, data: Nothing, ctx: Context, *, unit: Any) -> None:
        """Hangs like a call without a time-out."""
        self.started.set()
        self.let_go.wait(20)

    @asynccontextmanager
    async def worker(self, *, longest: float, drain: float = 5.0) -> AsyncIterator[tuple[Worker, asyncio.Task[Exit]]]:
        registry = Registry()
        policy = RetryPolicy(attempts=2, first=timedelta(seconds=0.2), factor=1)
        times = {"timeout": timedelta(seconds=0.5), "longest": timedelta(seconds=longest)}
        registry.task("visit", max_active=1, retry=policy, **times)(self.handler)
        needs = Needs(gateway=lambda: Gateway(self.broker), ledger=self.ledger, bus=MemoryBus())
        worker = Worker(list(registry.values()), needs, WorkerOptions(drain=timedelta(seconds=drain)))
        run = asyncio.create_task(worker.run())
        try:
            yield worker, run
        finally:
            self.let_go.set()
            worker.stop()
            await run


async def until(condition: Any) -> None:
    async with asyncio.timeout(15):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_hung_thread_fails_its_job_and_is_seen_outside() -> None:
    """After the cap the attempt fails; the slot stays taken, because the thread is; /livez fails when no slot is left."""
    hung = Hung()
    async with hung.worker(longest=1.0) as (worker, _):
        job = hung.broker.create("visit", retries=1)[0]
        await until(lambda: job.state == "INCIDENT")
        await until(lambda: not worker.report()["live"])
        probe = answer("/livez", worker.report())
        held = worker.lanes[0].capacity.held
        hung.let_go.set()
        await until(
            lambda: worker.report()["live"] and worker.lanes[0].capacity.held <= 1 and not worker.lanes[0].leases
        )

    assert "ran longer" in job.message
    assert (probe[0], held) == (503, 1)
    assert hung.ledger.results == {}, "a result was kept for a job that had failed meanwhile"


async def test_a_hung_thread_does_not_hold_up_a_stop() -> None:
    """At the end of the drain its job is handed back with its retries; what the thread does later is not committed."""
    hung = Hung()
    async with hung.worker(longest=60, drain=0.3) as (worker, run):
        job = hung.broker.create("visit", retries=2)[0]
        await until(hung.started.is_set)
        worker.stop()
        code = await run

    assert code is Exit.HANDED_BACK
    assert (job.retries, job.history[-1]) == (2, "handed back")
    assert hung.ledger.results == {}


async def test_the_same_effect_on_two_threads_runs_once() -> None:
    """A job that times out here and comes back here: its second run gets no lock, is given back, and replays in the end."""
    hung = Hung()
    async with hung.worker(longest=60) as (worker, _):
        job = hung.broker.create("visit", retries=2)[0]
        await until(hung.started.is_set)
        worker.lanes[0].capacity.most = worker.lanes[0].capacity.floor = 2
        second = hung.broker.create("visit", retries=2, element=job.element)[0]
        await asyncio.sleep(0.5)
        hung.let_go.set()
        await until(lambda: not hung.broker.open)
        runs = dict(hung.ledger.runs)

    assert {job.state, second.state} == {"COMPLETED"}
    assert (job.retries, second.retries) == (2, 2)
    assert runs == {f"visit:{job.element}": 1}
