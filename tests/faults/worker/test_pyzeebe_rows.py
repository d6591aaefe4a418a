"""What a common Python worker was measured to do wrong, row by row; ours must not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from broker import Gateway
from harness import Anything, Nothing, bench, sleeps, tasks
from virtual import run_virtual

from workers.ports.errors import Misconfigured, PortError, Refused, Unavailable
from workers.ports.jobs import BackPressure
from workers.runtime import Context
from workers.runtime.drain import Exit


def test_row_01_a_backlog_is_served_at_defaults_without_pauses() -> None:
    """320 waiting jobs with a no-op handler take no time worth speaking of (measured elsewhere: 32 jobs, then five seconds)."""

    async def scenario() -> float:
        async with bench(tasks(visit=sleeps(0)), stream=False) as it:
            it.broker.create("visit", 320)
            return await it.until(lambda: not it.broker.open)

    assert run_virtual(scenario()) < 0.3


def test_row_02_slots_stay_busy_while_a_backlog_waits() -> None:
    """640 jobs of 50 ms on 32 slots need at least one second; polling must not add more than a third to it."""

    async def scenario() -> float:
        async with bench(tasks(visit=sleeps(0.05)), stream=False) as it:
            it.broker.create("visit", 640)
            return await it.until(lambda: not it.broker.open)

    assert 1.0 <= run_virtual(scenario()) < 1.34


def test_row_03_scattered_poll_errors_never_add_up() -> None:
    """Every fifth poll of a second fails, never two in a row: 200 polls take little more than 200 s, late jobs are served."""

    async def scenario() -> float:
        async with bench(tasks(visit=sleeps(0)), stream=False, long_poll=timedelta(seconds=1)) as it:
            bad = lambda call, about: call == "activate" and len(it.gateway.polls) % 5 == 0  # noqa: E731
            it.gateway.before = lambda call, about: Unavailable() if bad(call, about) else None
            took = await it.until(lambda: len(it.gateway.polls) > 200, seconds=1_000)
            it.broker.create("visit", 5)
            await it.until(lambda: not it.broker.open, seconds=5)
            return took

    assert run_virtual(scenario()) < 220


def test_row_04_a_stream_that_reaches_its_own_deadline_is_no_failure() -> None:
    """Two types whose streams end every 0.3 s, for a virtual hour: both still serve jobs pushed to them."""

    class Short(Gateway):
        async def stream(self, request: Any) -> Any:
            source = super().stream(request)
            until = self.broker.now + 0.3
            while True:
                try:
                    async with asyncio.timeout_at(until):
                        job = await anext(source)
                except TimeoutError:
                    raise Unavailable("DEADLINE_EXCEEDED") from None
                yield job

    async def scenario() -> list[str]:
        async with bench(tasks(visit=sleeps(0), sign=sleeps(0)), gateway=Short) as it:
            await asyncio.sleep(3_600)
            it.broker.create("visit", 3)
            it.broker.create("sign", 3)
            await it.until(lambda: not it.broker.open, seconds=15)
            return [job.state for job in it.broker.jobs.values()]

    assert run_virtual(scenario()) == ["COMPLETED"] * 6


def test_row_05_pushed_jobs_respect_the_limit() -> None:
    """500 jobs pushed at once to a type with eight slots: never more than eight handlers run, and all jobs are done."""
    running, most = 0, 0

    async def handler(data: Nothing, ctx: Context) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.01)
        running -= 1

    async def scenario() -> None:
        async with bench(tasks(visit=(handler, {"max_active": 8}))) as it:
            await it.until(lambda: it.gateway.opened == 1)
            it.broker.window = 500
            it.broker.create("visit", 500)
            await it.until(lambda: not it.broker.open, seconds=120)

    run_virtual(scenario())
    assert most == 8


@pytest.mark.parametrize("error", [BackPressure(), Unavailable()], ids=["back-pressure", "transport"])
def test_row_06_a_completion_that_was_not_taken_is_sent_again(error: PortError) -> None:
    """The gateway refuses the first completions: the handler runs once, the job is completed, nothing waits for its time-out."""
    ran: list[int] = []

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0, started=ran.append))) as it:
            it.gateway.before = lambda call, about: (
                error if call == "complete" and len(it.gateway.commands) < 5 else None
            )
            job = it.broker.create("visit")[0]
            await it.until(lambda: not it.broker.open, seconds=10)
            return job, dict(it.lane("visit").stats.ended)

    job, ended = run_virtual(scenario())
    assert (ran, job.state, ended) == ([1], "COMPLETED", {"Completed": 1})


@pytest.mark.parametrize("streams", [True, False], ids=["stream", "poll"])
def test_row_07_jobs_that_arrive_while_stopping_are_handed_back(streams: bool) -> None:
    """Stop returns although jobs come in on an open poll or stream; none is started, each is given back, retries unchanged."""
    ran: list[int] = []

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(1.0, started=ran.append)), stream=streams) as it:
            first = it.broker.create("visit", 3)
            await it.until(lambda: len(it.lane("visit").leases) == 3)
            it.worker.stop()
            await asyncio.sleep(0)
            late = it.broker.create("visit", 3)
            return first, late, await it.run

    first, late, code = run_virtual(scenario())
    assert [job.state for job in first] == ["COMPLETED"] * 3
    assert all(job.state != "ACTIVATED" and job.retries == 3 for job in late)
    assert ran == [job.key for job in first]
    assert code is Exit.DRAINED


def test_row_08_stopping_waits_for_running_jobs_but_not_for_ever() -> None:
    """Three jobs finish within the limit, one would not: it is handed back at once with its retries unchanged."""

    async def scenario() -> Any:
        registry = tasks(visit=sleeps(1.5), audit=(sleeps(600), {"timeout": timedelta(minutes=20)}))
        async with bench(registry, drain=timedelta(seconds=5)) as it:
            short, long = it.broker.create("visit", 3), it.broker.create("audit", 1)
            await it.until(lambda: it.slots >= 4)
            begun = it.broker.now
            code = await it.stop()
            return short, long[0], code, it.broker.now - begun

    short, long, code, took = run_virtual(scenario())
    assert [job.state for job in short] == ["COMPLETED"] * 3
    assert (long.state, long.retries, long.history[-1]) == ("ACTIVATABLE", 3, "handed back")
    assert code is Exit.HANDED_BACK
    assert took < 6


def test_row_08_a_second_signal_stops_hard() -> None:
    """Told twice, the worker does not wait: jobs go back at once and the exit code tells."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(600), {"timeout": timedelta(minutes=20)}))) as it:
            job = it.broker.create("visit")[0]
            await it.until(lambda: it.slots >= 1)
            it.worker.stop()
            await asyncio.sleep(0.5)
            begun = it.broker.now
            it.worker.stop()
            return await it.run, job, it.broker.now - begun

    code, job, took = run_virtual(scenario())
    assert (code, job.state, job.retries) == (Exit.HARD, "ACTIVATABLE", 3)
    assert took < 1


def test_row_09_an_outage_of_the_gateway_does_not_lose_running_work() -> None:
    """Everything answers UNAVAILABLE for four seconds while five jobs run: all five completions are accepted afterwards."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(1.0))) as it:
            jobs = it.broker.create("visit", 5)
            await it.until(lambda: len(it.lane("visit").leases) == 5)
            back = it.broker.now + 4
            it.gateway.before = lambda call, about: Unavailable() if it.broker.now < back else None
            await it.until(lambda: not it.broker.open, seconds=20)
            return jobs

    jobs = run_virtual(scenario())
    assert [(job.state, job.activations) for job in jobs] == [("COMPLETED", 1)] * 5


def test_row_10_a_failed_attempt_is_followed_by_a_pause() -> None:
    """A handler that always fails: attempts are apart by the policy's growing pauses, then there is an incident."""

    async def broken(data: Nothing, ctx: Context) -> None:
        raise RuntimeError("broken")

    async def scenario() -> Any:
        async with bench(tasks(visit=broken)) as it:
            job = it.broker.create("visit")[0]
            await it.until(lambda: job.state == "INCIDENT", seconds=300)
            return job

    job = run_virtual(scenario())
    assert job.activations == 3
    assert 8 <= job.backoffs[0] <= 12
    assert 24 <= job.backoffs[1] <= 36


@pytest.mark.parametrize(
    ("result", "hint"),
    [
        (datetime(2026, 1, 1), "returned datetime"),  # noqa: DTZ001
        ({"value": 1}, "returned dict"),
        (Anything(value=object()), "JSON cannot express"),
        (Anything(value="x" * 300_000), "largest: 'value'"),
    ],
    ids=["not-an-output", "dict", "not-json", "too-large"],
)
def test_row_11_a_result_that_cannot_be_sent_is_an_incident(result: Any, hint: str) -> None:
    """Neither silence nor endless re-execution: the job fails with a text that says what is wrong with the output."""

    async def handler(data: Nothing, ctx: Context) -> Anything:
        return result

    async def scenario() -> Any:
        async with bench(tasks(visit=handler)) as it:
            job = it.broker.create("visit")[0]
            await it.until(lambda: not it.broker.open, seconds=10)
            return job

    job = run_virtual(scenario())
    assert (job.state, job.activations) == ("INCIDENT", 1)
    assert hint in job.message


def test_row_11_a_completion_the_gateway_refuses_is_an_incident() -> None:
    """INVALID_ARGUMENT on the completion (a number beyond 64 bits, say) becomes an incident with the gateway's words."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0))) as it:
            it.gateway.before = lambda call, about: Refused("Invalid JSON value: v") if call == "complete" else None
            job = it.broker.create("visit")[0]
            await it.until(lambda: not it.broker.open, seconds=10)
            return job

    job = run_virtual(scenario())
    assert job.state == "INCIDENT"
    assert "Invalid JSON value" in job.message


BAD: dict[str, Callable[[], BaseException]] = {
    "unauthenticated": Misconfigured,
    "invalid-argument": Refused,
    "unavailable": Unavailable,
    "bug": lambda: RuntimeError("no status at all"),
    "cancelled": asyncio.CancelledError,
}


@pytest.mark.parametrize("error", BAD.values(), ids=BAD)
def test_row_12_one_type_in_trouble_stops_no_other(error: Callable[[], BaseException]) -> None:
    """One type's polls and streams fail in every way: the other type is served meanwhile, and the first one afterwards."""

    async def scenario() -> Any:
        async with bench(tasks(bad=sleeps(0), good=sleeps(0))) as it:
            it.gateway.before = lambda call, about: error() if about == "bad" else None
            await asyncio.sleep(60)
            good = it.broker.create("good", 10)
            await it.until(lambda: all(job.state == "COMPLETED" for job in good), seconds=3)
            bad = it.broker.create("bad", 10)
            await asyncio.sleep(60)
            untouched = [job.activations for job in bad]
            it.gateway.before = lambda call, about: None
            await it.until(lambda: not it.broker.open, seconds=30)
            return untouched, it.lane("bad").stats.restarts

    untouched, restarts = run_virtual(scenario())
    assert untouched == [0] * 10
    assert (restarts == 0) == (error is not asyncio.CancelledError), (
        "loops live through errors; only what they cannot see ends them"
    )
