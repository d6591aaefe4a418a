"""Failures that a hostile review of the runtime proved; each test failed before its cause was mended."""

from __future__ import annotations

import asyncio
import random
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from broker import Gateway
from harness import Nothing, bench, sleeps, tasks
from virtual import InlinePool, run_virtual

from workers.ports.errors import InUse, NotFound, Unavailable
from workers.ports.jobs import JobRequest
from workers.runtime import Context, RetryPolicy
from workers.runtime.drain import Exit
from workers.runtime.testing import MemoryLedger


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


class Hang(Exception):
    """A handler that raises it never returns."""


class HangingPool(InlinePool):
    """Threads that may hang: their future stays open, and the slot with it, until they are let go."""

    def __init__(self) -> None:
        self.hung: list[Future[Any]] = []

    def let_go(self) -> None:
        for future in self.hung:
            future.set_exception(RuntimeError("let go"))

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future = super().submit(fn, *args, **kwargs)
        if isinstance(future.exception(), Hang):
            future = Future()
            future.set_running_or_notify_cancel()
            self.hung.append(future)
        return future


class FewThreads(Executor):
    """So many threads, each busy for a while with every handler; the rest waits in line."""

    def __init__(self, number: int, takes: float) -> None:
        self.free, self.takes = number, takes
        self.line: list[Any] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        self.line.append((future, lambda: fn(*args, **kwargs)))
        self._next()
        return future

    def _next(self) -> None:
        while self.free and self.line:
            future, work = self.line.pop(0)
            if future.set_running_or_notify_cancel():
                self.free -= 1
                asyncio.get_running_loop().call_later(self.takes, self._done, future, self._begin(work))

    def _begin(self, work: Any) -> Future[Any]:
        return InlinePool().submit(work)

    def _done(self, future: Future[Any], done: Future[Any]) -> None:
        error = done.exception()
        if error is None:
            future.set_result(done.result())
        else:
            future.set_exception(error)
        self.free += 1
        self._next()


def test_a_stream_that_reaches_its_age_while_it_waits_for_a_slot_loses_nothing() -> None:
    """Bursts fill its buffer again and again; no job has to wait for its time-out."""

    async def scenario() -> Any:
        slow = (sleeps(1.5), {"max_active": 8, "timeout": seconds(60)})
        async with bench(tasks(visit=slow), stream_age=timedelta(seconds=45)) as it:
            for _ in range(15):
                it.broker.create("visit", 60)
                await asyncio.sleep(20)
            await it.until(lambda: not it.broker.open, seconds=600)
            return it.gateway.opened, [job.key for job in it.broker.jobs.values() if "timed out" in job.history]

    random.seed(7)
    opened, late = run_virtual(scenario())
    assert opened > 5
    assert late == []


@pytest.mark.parametrize("seed", range(10))
def test_a_stop_while_the_stream_waits_for_a_slot_leaves_no_job_behind(seed: int) -> None:
    """What is in the buffers is handed back at once."""

    async def scenario() -> Any:
        random.seed(seed)
        async with bench(tasks(visit=(sleeps(0.4), {"max_active": 4}))) as it:
            await asyncio.sleep(1)
            it.broker.create("visit", 60)
            await asyncio.sleep(random.random() * 3)
            return await it.stop(), len(it.broker.of("ACTIVATED"))

    assert run_virtual(scenario()) == (Exit.DRAINED, 0)


@pytest.mark.parametrize(("slots", "takes", "jobs"), [(4, 4, 90), (8, 4, 100), (4, 2, 100)])
def test_pushed_jobs_do_not_grow_old_in_the_buffers(slots: int, takes: float, jobs: int) -> None:
    """Every job gets a slot within five seconds of the one before it, so none waits too long alone; together they would."""
    ran: list[int] = []

    async def scenario() -> Any:
        slow = (sleeps(takes, started=ran.append), {"max_active": slots, "timeout": seconds(30)})
        async with bench(tasks(visit=slow)) as it:
            await asyncio.sleep(1)
            it.broker.create("visit", jobs)
            await it.until(lambda: not it.broker.open, seconds=900)
            return [job.key for job in it.broker.jobs.values() if "timed out" in job.history]

    assert run_virtual(scenario()) == []
    assert len(ran) == jobs


def test_waiting_for_a_thread_is_not_running() -> None:
    """512 jobs share 16 threads for ten minutes, longer than any of them may run: none fails, and the worker is alive."""

    def handler(data: Nothing, ctx: Context) -> None:
        return None

    async def scenario() -> Any:
        pool = FewThreads(16, 21.0)
        registry = tasks(**{f"t{number}": (handler, {}) for number in range(8)})
        async with bench(registry, needs={"pool": pool}, stream=False, threads=16) as it:
            for number in range(8):
                it.broker.create(f"t{number}", 64)
            dead = 0
            while it.broker.open:
                await asyncio.sleep(5)
                dead += not it.worker.report()["live"]
            waits = max(max(lane.stats.waited) for lane in it.worker.lanes)
            return dead, it.state(), {job.retries for job in it.broker.jobs.values()}, waits

    dead, states, retries, waits = run_virtual(scenario())
    assert (dead, states, retries) == (0, {"COMPLETED": 512}, {3})
    assert waits > 300, "the wait for a thread is measured as waiting"


def test_a_cancellation_of_the_handlers_own_is_a_failure_like_any_other() -> None:
    """Something the handler started was cancelled, and it let that out: attempts are used up, then an incident."""

    async def handler(data: Nothing, ctx: Context) -> None:
        inner = asyncio.create_task(asyncio.sleep(5))
        inner.cancel()
        await inner

    async def scenario() -> Any:
        async with bench(tasks(visit=(handler, {"retry": RetryPolicy(first=seconds(1))}))) as it:
            job = it.broker.create("visit")[0]
            await asyncio.sleep(60)
            return job.state, job.history.count("failed")

    assert run_virtual(scenario()) == ("INCIDENT", 3)


def test_a_hung_thread_does_not_keep_a_half_open_circuit_from_closing() -> None:
    """One thread hangs, then its system is away for a while: once it is back the other slots find out."""
    state = {"calls": 0, "away": True}

    def sign(data: Nothing, ctx: Context) -> None:
        state["calls"] += 1
        if state["calls"] == 1:
            raise Hang
        if state["away"]:
            raise Unavailable("503", system="adobe-sign")

    async def scenario() -> Any:
        options = {"system": "adobe-sign", "retry": RetryPolicy(attempts=1), "max_active": 8, "longest": seconds(60)}
        pool = HangingPool()
        async with bench(tasks(sign=(sign, options)), needs={"pool": pool}) as it:
            it.broker.create("sign", 1, retries=1)
            await asyncio.sleep(90)
            it.broker.create("sign", 6, retries=1)
            await asyncio.sleep(120)
            state["away"] = False
            jobs = it.broker.create("sign", 20)
            await it.until(lambda: all(job.state == "COMPLETED" for job in jobs), seconds=200)
            pool.let_go()
            return {job.state for job in jobs}

    assert run_virtual(scenario()) == {"COMPLETED"}


def test_a_middleware_that_hangs_is_ended_when_the_time_is_over() -> None:
    """Its job is an incident in the end, its slot is free again."""

    async def forever(attempt: Any, proceed: Any) -> Any:
        await asyncio.sleep(1e6)

    async def scenario() -> Any:
        options = {"max_active": 2, "longest": seconds(20), "retry": RetryPolicy(attempts=1)}
        async with bench(tasks(visit=(sleeps(0), options)), needs={"middleware": (forever,)}) as it:
            jobs = it.broker.create("visit", 2, retries=1)
            await it.until(lambda: not it.broker.open, seconds=60)
            return [job.state for job in jobs], it.lane("visit").capacity.held - it.lane("visit").intake.reserved

    assert run_virtual(scenario()) == (["INCIDENT", "INCIDENT"], 0)


def test_health_sees_a_limit_of_a_system_that_is_full_of_hung_threads() -> None:
    """Eight of 32 slots are all the system allows; they hang, so the type is dead and the probe says so."""

    def sign(data: Nothing, ctx: Context) -> None:
        raise Hang

    async def scenario() -> Any:
        options = {"system": "adobe-sign", "longest": seconds(60)}
        registry = tasks(sign=(sign, options), other=sleeps(0))
        pool = HangingPool()
        async with bench(registry, systems={"adobe-sign": 8}, needs={"pool": pool}) as it:
            it.broker.create("sign", 8, retries=1)
            await asyncio.sleep(200)
            report = it.worker.report()
            pool.let_go()
            return report["live"], report["types"]["sign"]["ready"], report["types"]["other"]["ready"]

    assert run_virtual(scenario()) == (False, False, True)


def test_health_sees_a_coroutine_that_does_not_end() -> None:
    """Its clean-up hangs after it was cancelled: the slot is lost, and seen to be lost."""
    let_go = asyncio.Event()

    async def handler(data: Nothing, ctx: Context) -> None:
        try:
            await asyncio.sleep(1e6)
        finally:
            await let_go.wait()

    async def scenario() -> Any:
        async with bench(tasks(visit=(handler, {"max_active": 1, "longest": seconds(20)}))) as it:
            it.broker.create("visit", 1)
            await asyncio.sleep(200)
            report = it.worker.report()
            let_go.set()
            return report["live"], report["types"]["visit"]["stuck"]

    assert run_virtual(scenario()) == (False, 1)


@pytest.mark.parametrize(("sharers", "limit"), [(2, 2), (6, 2), (12, 8)])
def test_idle_long_polls_leave_a_shared_limit_to_who_needs_it(sharers: int, limit: int) -> None:
    """Without streams every idle type waits in a long poll; twenty short jobs of one of them are done in seconds."""

    async def scenario() -> Any:
        registry = tasks(**{f"t{number}": (sleeps(0.1), {"system": "erp"}) for number in range(sharers)})
        async with bench(registry, systems={"erp": limit}, stream=False) as it:
            await asyncio.sleep(15)
            it.broker.create("t0", 20)
            return await it.until(lambda: not it.broker.open, seconds=600)

    assert run_virtual(scenario()) < 5


@pytest.mark.parametrize(("takes", "code"), [(5000, Exit.HANDED_BACK), (3, Exit.HANDED_BACK)])
def test_a_drain_is_bounded_while_the_gateway_is_away(takes: float, code: Exit) -> None:
    """Nothing can be handed back or delivered: the worker ends all the same, and its exit code says that something is left."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(takes), {"timeout": seconds(600)}))) as it:
            it.broker.create("visit", 3)
            await asyncio.sleep(2)
            it.gateway.before = lambda call, about: Unavailable("away")
            begun = it.broker.now
            return await it.stop(), it.broker.now - begun

    ended, took = run_virtual(scenario())
    assert ended is code
    assert took < 31


@pytest.mark.parametrize("way", [0.02, 0.15, 0.3])
def test_polls_on_their_way_at_a_stop_lose_no_job(way: float) -> None:
    """Jobs of a poll that was sent before the signal go back; no poll is sent after it."""

    class Slow(Gateway):
        late, signal = 0, 1e9

        async def activate(self, request: JobRequest, *, limit: int, wait: int) -> Any:
            self.late += self.broker.now > self.signal
            await asyncio.sleep(way / 2)
            jobs = [self.broker.hand_out(job, request) for job in self.broker.activatable(request.type, limit)]
            await asyncio.sleep(way / 2)
            if jobs:
                yield jobs

    async def scenario(seed: int) -> Any:
        random.seed(seed)
        async with bench(tasks(visit=(sleeps(random.random() * 0.4), {"max_active": 8})), gateway=Slow) as it:
            it.broker.window = 0
            it.broker.create("visit", 400)
            await asyncio.sleep(2 + random.random())
            it.gateway.signal = it.broker.now
            await it.stop()
            return len(it.broker.of("ACTIVATED")), it.gateway.late

    assert [run_virtual(scenario(seed)) for seed in range(12)] == [(0, 0)] * 12


def test_one_extension_without_an_answer_costs_no_job() -> None:
    """It is asked again before the time-out has passed."""

    class Losing(Gateway):
        asked = 0

        async def update_timeout(self, key: int, *, timeout: int, within: float) -> None:
            self.asked += 1
            if self.asked == 1:
                await asyncio.sleep(within)
                raise Unavailable("DEADLINE_EXCEEDED")
            await super().update_timeout(key, timeout=timeout, within=within)

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(50), {"timeout": seconds(30)})), gateway=Losing) as it:
            job = it.broker.create("visit")[0]
            await it.until(lambda: not it.broker.open, seconds=300)
            return job.activations

    assert run_virtual(scenario()) == 1


def test_a_slow_poll_does_not_hold_up_pushed_jobs() -> None:
    """The gateway takes twelve seconds for a poll that brings nothing: pushed jobs start at once on the free slots."""

    class Slow(Gateway):
        async def activate(self, request: JobRequest, *, limit: int, wait: int) -> Any:
            await asyncio.sleep(12)
            async for batch in super().activate(request, limit=limit, wait=-1):
                yield batch

    async def scenario() -> Any:
        waits = []
        async with bench(tasks(visit=sleeps(0)), gateway=Slow) as it:
            await asyncio.sleep(1)
            for _ in range(12):
                job = it.broker.create("visit")[0]
                waits.append(await it.until(lambda job=job: job.state == "COMPLETED"))
                await asyncio.sleep(3)
        return max(waits)

    assert run_virtual(scenario()) < 0.5


def test_breaks_of_a_stream_do_not_add_up() -> None:
    """It breaks every three minutes: each time it is open again within a moment, and a job that came meanwhile is polled."""

    class Breaking(Gateway):
        async def stream(self, request: JobRequest) -> Any:
            mine = super().stream(request)
            until = self.broker.now + 180
            while True:
                try:
                    async with asyncio.timeout_at(until):
                        job = await anext(mine)
                except TimeoutError:
                    raise Unavailable("RST_STREAM") from None
                yield job

    async def scenario() -> Any:
        waits = []
        async with bench(tasks(visit=sleeps(0)), gateway=Breaking, stream_age=timedelta(hours=1)) as it:
            for turn in range(2, 16):
                await it.until(lambda turn=turn: it.lane("visit").stats.stream_errors >= turn - 1, seconds=400)
                job = it.broker.create("visit")[0]
                waits.append(await it.until(lambda job=job: job.state == "COMPLETED"))
        return max(waits)

    assert run_virtual(scenario()) < 1.5


def test_a_key_in_use_is_no_outage_of_the_database() -> None:
    """Six jobs find their key locked; a job of another type is done at once."""

    class Locked(MemoryLedger):
        @contextmanager
        def open(self, key: str, *, task_type: str) -> Any:
            if key == "visit:same":
                raise InUse("55P03", system="postgres")
            with super().open(key, task_type=task_type) as effect:
                yield effect

    def handler(data: Nothing, ctx: Context) -> None:
        return None

    async def scenario() -> Any:
        same = (handler, {"effect": lambda data, ctx: "same", "system": "postgres"})
        registry = tasks(visit=same, order=(handler, {"effect": "element", "system": "postgres"}))
        async with bench(registry, needs={"ledger": Locked()}) as it:
            it.broker.create("visit", 6)
            await asyncio.sleep(20)
            state = it.lane("order").door.circuits["postgres"].state
            job = it.broker.create("order")[0]
            return state, await it.until(lambda: job.state == "COMPLETED")

    state, took = run_virtual(scenario())
    assert state == "closed"
    assert took < 0.5


def test_a_no_is_an_answer() -> None:
    """After an outage the system answers 404 to everything: it is there, and its tasks are taken in freely."""
    state = {"away": True}

    async def handler(data: Nothing, ctx: Context) -> None:
        if state["away"]:
            raise Unavailable("503", system="erp")
        await asyncio.sleep(1)
        raise NotFound("404", system="erp")

    async def scenario() -> Any:
        options = {"system": "erp", "retry": RetryPolicy(attempts=1)}
        async with bench(tasks(visit=(handler, options))) as it:
            it.broker.create("visit", 6, retries=1)
            await asyncio.sleep(5)
            state["away"] = False
            it.broker.create("visit", 100, retries=1)
            return await it.until(lambda: not it.broker.open, seconds=200)

    assert run_virtual(scenario()) < 30


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_business_key_of_nothing_is_refused(nothing: Any) -> None:
    """It would be one key for all jobs, and the effect done for the first of them only."""
    ran: list[int] = []

    def handler(data: Nothing, ctx: Context) -> None:
        ran.append(ctx.job_key)

    async def scenario() -> Any:
        async with bench(tasks(visit=(handler, {"effect": lambda data, ctx: nothing}))) as it:
            jobs = it.broker.create("visit", 3)
            await it.until(lambda: not it.broker.open)
            return {job.state for job in jobs}, jobs[0].message

    states, message = run_virtual(scenario())
    assert (states, ran) == ({"INCIDENT"}, [])
    assert "no effect key" in message


def test_a_middleware_that_forgets_its_outcome_is_told() -> None:
    """It returns nothing: the job fails and the log names it, instead of silence for ever."""

    async def forgetful(attempt: Any, proceed: Any) -> Any:
        await proceed(attempt)

    async def scenario() -> Any:
        policy = RetryPolicy(first=seconds(1))
        async with bench(tasks(visit=(sleeps(0), {"retry": policy})), needs={"middleware": (forgetful,)}) as it:
            job = it.broker.create("visit")[0]
            await it.until(lambda: not it.broker.open)
            return job.state

    assert run_virtual(scenario()) == "INCIDENT"
