"""Stalls that users of Camunda 8 workers reported, by the number of the report; none may happen here.

The report #4443 of camunda/camunda (spring 2020) could not be read and has no test under its number; the stalls reported beside
it in those years (#4396, #5925) have.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from broker import Broker, Gateway
from harness import Bench, Nothing, bench, sleeps, tasks
from virtual import InlinePool, run_virtual

from workers.ports.errors import Misconfigured, Unavailable
from workers.ports.jobs import ActivatedJob, JobRequest
from workers.runtime import Context, RetryPolicy
from workers.runtime.health import answer
from workers.runtime.outcome import Completed


def test_60559_a_job_that_cannot_be_started_gives_its_slot_back() -> None:
    """The thread pool rejects every job for a while (as at shutdown or overload): no slot leaks, later jobs are served."""

    class Rejecting(InlinePool):
        rejecting = True

        def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
            if self.rejecting and getattr(fn, "__name__", "") == "run":
                raise RuntimeError("cannot schedule new futures")
            return super().submit(fn, *args, **kwargs)

    def handler(data: Nothing, ctx: Context) -> None:
        return None

    async def scenario() -> list[str]:
        pool = Rejecting()
        policy = RetryPolicy(attempts=9, first=timedelta(seconds=1), factor=1)
        async with bench(tasks(visit=(handler, {"max_active": 4, "retry": policy})), needs={"pool": pool}) as it:
            jobs = it.broker.create("visit", 40, retries=9)
            await asyncio.sleep(3)
            pool.rejecting = False
            await it.until(lambda: not it.broker.open, seconds=30)
            return [job.state for job in jobs]

    assert run_virtual(scenario()) == ["COMPLETED"] * 40


def test_59631_pushed_jobs_do_not_starve_the_backlog() -> None:
    """Old jobs wait while new ones are pushed faster than they can be handled: the old ones still get their turn."""

    async def scenario() -> float:
        async with bench(tasks(visit=(sleeps(0.1), {"max_active": 4}))) as it:
            it.broker.window = 0
            old = it.broker.create("visit", 40)
            it.broker.window = 100
            feeding = asyncio.create_task(_feed(it, 0.02))
            try:
                return await it.until(lambda: all(job.state == "COMPLETED" for job in old), seconds=60)
            finally:
                feeding.cancel()
                it.worker.stop()

    assert run_virtual(scenario()) < 30


async def _feed(it: Bench, pause: float) -> None:
    while True:
        it.broker.create("visit")
        await asyncio.sleep(pause)


def test_59632_a_poll_never_asks_for_more_than_there_is_room_for() -> None:
    """Pushed jobs hold six of eight slots: no poll may ask for more than the two that are left."""

    async def scenario() -> list[int]:
        async with bench(tasks(visit=(sleeps(60), {"max_active": 8, "timeout": timedelta(minutes=5)}))) as it:
            await it.until(lambda: it.gateway.opened == 1)
            it.broker.create("visit", 6)
            await it.until(lambda: len(it.lane("visit").leases) == 6)
            seen = len(it.gateway.polls)
            await asyncio.sleep(30)
            return [limit for _, _, limit, _ in it.gateway.polls[seen:]]

    limits = run_virtual(scenario())
    assert limits
    assert max(limits) <= 2


def test_59633_leaked_slots_are_found_and_given_back() -> None:
    """Whatever leaks a slot, the watchdog sees that the ledger does not add up, and corrects it."""

    async def scenario() -> str:
        async with bench(tasks(visit=(sleeps(0), {"max_active": 4}))) as it:
            assert it.lane("visit").capacity.take(4) == 4
            job = it.broker.create("visit")[0]
            await it.until(lambda: job.state == "COMPLETED", seconds=10)
            return job.state

    assert run_virtual(scenario()) == "COMPLETED"


def test_59634_jobs_of_a_batch_start_together() -> None:
    """A slow first job does not hold up the others of its batch."""

    async def handler(data: Nothing, ctx: Context) -> None:
        await asyncio.sleep(60 if ctx.job_key == 1 else 0)

    async def scenario() -> float:
        async with bench(tasks(visit=(handler, {"timeout": timedelta(minutes=5)})), stream=False) as it:
            jobs = it.broker.create("visit", 20)
            return await it.until(lambda: all(job.state == "COMPLETED" for job in jobs[1:]), seconds=10)

    assert run_virtual(scenario()) < 1


def test_59734_a_busy_type_leaves_room_for_a_quiet_one() -> None:
    """One type has a thousand slow jobs and could fill the whole process: a job of another type starts at once."""

    async def scenario() -> float:
        registry = tasks(busy=(sleeps(30), {"max_active": 64, "timeout": timedelta(minutes=5)}), quiet=sleeps(0))
        async with bench(registry, max_active=32) as it:
            it.broker.create("busy", 1_000)
            await asyncio.sleep(10)
            job = it.broker.create("quiet")[0]
            return await it.until(lambda: job.state == "COMPLETED", seconds=10)

    assert run_virtual(scenario()) < 0.1


def test_62647_an_authentication_blip_is_seen_outside_and_heals() -> None:
    """For a minute no credential is accepted: /readyz says so per type; when the provider is back, jobs are served at once."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0))) as it:
            await asyncio.sleep(5)
            it.gateway.before = lambda call, about: Misconfigured("UNAUTHENTICATED")
            await _break_streams(it)
            await asyncio.sleep(60)
            during = answer("/readyz", it.worker.report())
            it.gateway.before = lambda call, about: None
            job = it.broker.create("visit")[0]
            took = await it.until(lambda: job.state == "COMPLETED", seconds=30)
            await asyncio.sleep(12)
            return during, took, answer("/readyz", it.worker.report())

    during, took, after = run_virtual(scenario())
    assert during[0] == 503
    assert "credentials" in str(during[1])
    assert took <= 11
    assert after[0] == 200


async def _break_streams(it: Bench) -> None:
    """Ends every open stream, as a GOAWAY does."""
    for request, queue in list(it.broker.streams):
        queue.put_nowait(_poison(request))
    await asyncio.sleep(1)


def _poison(request: JobRequest) -> ActivatedJob:
    return ActivatedJob(-1, request.type, 1, "P", 1, 1, "T", 1, "{}", "w", 1, 0, "{}", "")


class GoingAway(Gateway):
    """Streams that end without an error when they meet a poison job."""

    async def stream(self, request: JobRequest) -> Any:
        async for job in super().stream(request):
            if job.key == -1:
                return
            yield job


@pytest.mark.parametrize("kind", [GoingAway, Gateway], ids=["goaway", "error"])
def test_62648_a_stream_that_ends_is_opened_again(kind: type[Gateway]) -> None:
    """After a GOAWAY the worker streams again: a new job is pushed, not found by a poll seconds later."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0)), gateway=kind) as it:
            await asyncio.sleep(30)
            if kind is Gateway:
                it.gateway.weather.stream_break = 1.0
            await _break_streams(it)
            it.gateway.weather.stream_break = 0.0
            await asyncio.sleep(20)
            job = it.broker.create("visit")[0]
            return it.gateway.opened, await it.until(lambda: job.state == "COMPLETED", seconds=30)

    opened, took = run_virtual(scenario())
    assert opened == 2
    assert took < 0.1


def test_62648_a_stream_is_opened_beside_a_long_poll_that_holds_every_slot() -> None:
    """While streams fail, a long poll waits on all slots of the type: that must not keep the next stream from being opened."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0))) as it:
            it.gateway.before = lambda call, about: Unavailable() if call == "stream" else None
            await asyncio.sleep(30)
            assert (it.gateway.polls[-1][3] > 0, it.lane("visit").capacity.free) == (True, 0)
            it.gateway.before = lambda call, about: None
            took = await it.until(lambda: it.gateway.opened == 1, seconds=60)
            job = it.broker.create("visit")[0]
            return took, await it.until(lambda: job.state == "COMPLETED", seconds=30)

    took, waited = run_virtual(scenario())
    assert took <= 11
    assert waited < 0.1


def test_44264_a_stream_that_never_brings_anything_is_replaced() -> None:
    """The stream is open here and dead there. Jobs come through polls meanwhile, and the stream is opened anew."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0)), gateway=Deaf) as it:
            waits = []
            for _ in range(8):
                await asyncio.sleep(20)
                job = it.broker.create("visit")[0]
                waits.append(await it.until(lambda job=job: job.state == "COMPLETED", seconds=30))
            return it.gateway.opened, waits

    opened, waits = run_virtual(scenario())
    assert opened >= 2
    assert max(waits) <= 11
    assert waits[-1] < 0.1


class Deaf(Gateway):
    """The first stream is half open: it is known to nobody and never ends."""

    async def stream(self, request: JobRequest) -> Any:
        if self.opened == 0:
            self.opened += 1
            await asyncio.sleep(1e8)
        async for job in super().stream(request):
            yield job


def test_38176_a_streamed_type_answers_at_once_also_while_its_stream_is_renewed() -> None:
    """Streaming is on, yet jobs waited for the next poll: here none does, over half an hour of streams being replaced."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0)), stream_age=timedelta(seconds=20)) as it:
            await it.until(lambda: it.gateway.opened == 1)
            waits = []
            for _ in range(600):
                await asyncio.sleep(3.1)
                job = it.broker.create("visit")[0]
                waits.append(await it.until(lambda job=job: job.state == "COMPLETED", seconds=30))
            return it.gateway.opened, max(waits)

    opened, longest = run_virtual(scenario())
    assert opened > 50
    assert longest < 0.1


def test_spring_zeebe_85_a_worker_never_gives_up_connecting() -> None:
    """The cluster is away for a whole day, for polls and streams: minutes would do to give up, seconds do to be back."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0))) as it:
            await asyncio.sleep(5)
            it.gateway.before = lambda call, about: Unavailable()
            await _break_streams(it)
            await asyncio.sleep(24 * 3_600)
            tried = it.lane("visit").stats.poll_errors
            it.gateway.before = lambda call, about: None
            job = it.broker.create("visit")[0]
            took = await it.until(lambda: job.state == "COMPLETED", seconds=30)
            await asyncio.sleep(12)
            return tried, took, answer("/readyz", it.worker.report())[0]

    tried, took, ready = run_virtual(scenario())
    assert tried > 5_000
    assert took <= 11
    assert ready == 200


def test_309_completions_that_get_no_answer_do_not_end_the_work() -> None:
    """The gateway takes completions and never answers for a minute: they are sent again, and polling goes on to the last job."""

    class Mute(Gateway):
        async def complete(self, key: int, *, variables: str, within: float) -> None:
            if self.broker.now < mute_until:
                self.commands.append((self.broker.now, "unanswered", key))
                await asyncio.sleep(within)
                raise Unavailable("DEADLINE_EXCEEDED")
            await super().complete(key, variables=variables, within=within)

    mute_until = 1_060.0

    async def scenario() -> Any:
        slow = (sleeps(0), {"max_active": 2, "timeout": timedelta(minutes=5)})
        async with bench(tasks(visit=slow), gateway=Mute, stream=False) as it:
            it.broker.create("visit", 60)
            took = await it.until(lambda: not it.broker.open, seconds=200)
            return took, it.gateway.commands, {job.activations for job in it.broker.jobs.values()}

    took, commands, activations = run_virtual(scenario())
    assert "unanswered" in [call for _, call, _ in commands]
    assert took < 90
    assert activations == {1}


def test_62661_health_tells_of_the_one_type_that_gets_no_jobs() -> None:
    """Polls and streams of one type fail: /readyz/TYPE says so with the reason, the other type stays ready, and it recovers."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0), order=sleeps(0))) as it:
            ours = ("activate", "stream")
            it.gateway.before = lambda call, about: Unavailable() if call in ours and about == "visit" else None
            await _break_streams(it)
            await asyncio.sleep(60)
            during = [answer(f"/readyz{which}", it.worker.report()) for which in ("/visit", "/order", "")]
            it.gateway.before = lambda call, about: None
            # At most a pause of ten seconds and a long poll of ten: an answer is what proves that polls work again.
            await asyncio.sleep(25)
            return during, answer("/readyz/visit", it.worker.report())[0]

    (visit, order, whole), after = run_virtual(scenario())
    assert [visit[0], order[0], whole[0], after] == [503, 200, 503, 200]
    assert "poll" in str(visit[1])


class Unnoticing(Gateway):
    """The gateway does not notice new jobs: a long poll runs to its end although jobs wait."""

    async def activate(self, request: JobRequest, *, limit: int, wait: int) -> Any:
        found = False
        async for batch in super().activate(request, limit=limit, wait=-1):
            found = True
            yield batch
        if not found and wait > 0:
            await asyncio.sleep(wait / 1000)


@pytest.mark.parametrize("stream", [False, True])
def test_4396_a_long_poll_that_misses_its_jobs_delays_them_by_one_long_poll_at_most(stream: bool) -> None:
    """Jobs arrive during a long poll that does not notice: the next poll brings them; beside a stream they come sooner."""

    async def scenario() -> Any:
        async with bench(
            tasks(visit=sleeps(0)), gateway=Unnoticing, stream=stream, long_poll=timedelta(seconds=10)
        ) as it:
            await asyncio.sleep(13)
            it.broker.create("visit", 200)
            return await it.until(lambda: not it.broker.open, seconds=60)

    assert run_virtual(scenario()) < (2 if stream else 11)


def test_5925_jobs_that_were_activated_but_never_arrived_come_again_and_take_no_slot() -> None:
    """The answer of one poll is lost: its jobs time out at the engine and are done then, with every slot free meanwhile."""

    class Losing(Gateway):
        async def activate(self, request: JobRequest, *, limit: int, wait: int) -> Any:
            async for batch in super().activate(request, limit=limit, wait=wait):
                if len(self.polls) > 1 or not batch:
                    yield batch

    async def scenario() -> Any:
        short = (sleeps(0), {"max_active": 8, "timeout": timedelta(seconds=30)})
        async with bench(tasks(visit=short), gateway=Losing, stream=False) as it:
            it.broker.create("visit", 40)
            await asyncio.sleep(10)
            lost = len(it.broker.of("ACTIVATED"))
            took = await it.until(lambda: not it.broker.open, seconds=60)
            return lost, took, max(job.activations for job in it.broker.jobs.values())

    lost, took, activations = run_virtual(scenario())
    assert lost > 0
    assert took < 21
    assert activations == 2


def test_784_a_poll_that_never_answers_does_not_stop_polling() -> None:
    """The gateway takes a poll and stays silent for ever: the watchdog starts the loop anew."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0)), gateway=Silent, stream=False) as it:
            await asyncio.sleep(1)
            job = it.broker.create("visit")[0]
            took = await it.until(lambda: job.state == "COMPLETED", seconds=60)
            return took, it.lane("visit").stats.restarts

    took, restarts = run_virtual(scenario())
    assert took < 40
    assert restarts == 1


class Silent(Gateway):
    """The first poll is never answered."""

    async def activate(self, request: JobRequest, *, limit: int, wait: int) -> Any:
        if not self.polls:
            self.polls.append((self.broker.now, request.type, limit, wait))
            await asyncio.sleep(1e8)
        async for batch in super().activate(request, limit=limit, wait=wait):
            yield batch


def test_63825_a_poll_loop_that_dies_is_started_again() -> None:
    """Something the loop does not catch (here a stray cancellation) ends it: the watchdog starts it anew, and says so."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(0)), stream=False) as it:
            it.gateway.before = lambda call, about: asyncio.CancelledError() if call == "activate" else None
            await asyncio.sleep(5)
            it.gateway.before = lambda call, about: None
            job = it.broker.create("visit")[0]
            await it.until(lambda: job.state == "COMPLETED", seconds=15)
            return it.lane("visit").stats.restarts

    assert run_virtual(scenario()) >= 1


def test_212_a_job_that_comes_again_to_the_same_worker_stops_nothing() -> None:
    """A handler outlives its time-out without a heartbeat getting through, and the same job is activated here once more."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(3), {"timeout": timedelta(seconds=1)}))) as it:
            it.gateway.before = lambda call, about: Unavailable() if call == "extend" else None
            jobs = it.broker.create("visit", 4)
            await it.until(lambda: not it.broker.open, seconds=60)
            more = it.broker.create("visit", 4)
            it.gateway.before = lambda call, about: None
            await it.until(lambda: not it.broker.open, seconds=60)
            return jobs, more

    jobs, more = run_virtual(scenario())
    assert {job.state for job in jobs + more} == {"COMPLETED"}
    assert {job.activations for job in more} == {1}


def test_557_a_long_handler_keeps_its_job() -> None:
    """A handler of ten minutes with a time-out of thirty seconds and no code for it runs once, its job never times out."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(200), {"timeout": timedelta(seconds=30)}))) as it:
            job = it.broker.create("visit")[0]
            await it.until(lambda: not it.broker.open, seconds=900)
            return job

    job = run_virtual(scenario())
    assert (job.state, job.activations) == ("COMPLETED", 1)
    assert "timed out" not in job.history


def test_557_a_heartbeat_has_a_cap() -> None:
    """A handler that never comes back does not hold its job for ever: after the cap the attempt fails, with the reason."""

    async def scenario() -> Any:
        registry = tasks(visit=(sleeps(1e7), {"timeout": timedelta(seconds=30), "longest": timedelta(seconds=100)}))
        async with bench(registry) as it:
            job = it.broker.create("visit", retries=1)[0]
            took = await it.until(lambda: not it.broker.open, seconds=900)
            return job, took

    job, took = run_virtual(scenario())
    assert (job.state, job.activations) == ("INCIDENT", 1)
    assert "ran longer" in job.message
    assert 100 <= took < 102


def test_15020_a_handler_whose_job_is_gone_is_cancelled() -> None:
    """The process is cancelled while a long handler runs: the handler ends at the next heartbeat, nothing is sent."""
    ended: list[str] = []

    async def handler(data: Nothing, ctx: Context) -> None:
        try:
            await asyncio.sleep(600)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    async def scenario() -> Any:
        async with bench(tasks(visit=(handler, {"timeout": timedelta(seconds=30)}))) as it:
            job = it.broker.create("visit")[0]
            await asyncio.sleep(5)
            it.broker.cancel(job)
            took = await it.until(lambda: not it.lane("visit").leases, seconds=60)
            return took, [call for _, call, _ in it.gateway.commands if call != "extend"]

    took, sent = run_virtual(scenario())
    assert (ended, sent) == (["cancelled"], [])
    assert took <= 16


def test_expired_jobs_are_dropped_before_they_start() -> None:
    """A job that waited here past its time-out belongs to somebody else by now: it is not started."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(0), {"timeout": timedelta(seconds=5)}))) as it:
            lane = it.lane("visit")
            await lane.capacity.acquire()
            lane.admit(_poison(lane.request))
            next(iter(lane.leases)).expires = it.broker.now - 0.1
            await asyncio.sleep(0.1)
            return lane.stats.dropped, lane.stats.started, it.gateway.commands

    assert run_virtual(scenario()) == (1, 0, [])


def test_an_outage_of_one_system_stops_the_intake_of_its_tasks_only() -> None:
    """Adobe Sign is away for ten minutes: after a few attempts its jobs are left alone, orders go on, and it recovers."""
    away = True
    attempts: list[int] = []

    async def sign(data: Nothing, ctx: Context) -> None:
        attempts.append(ctx.job_key)
        if away:
            raise Unavailable("503", system="adobe-sign")

    async def scenario() -> Any:
        nonlocal away
        policy = RetryPolicy(attempts=3, first=timedelta(seconds=5))
        registry = tasks(sign=(sign, {"system": "adobe-sign", "retry": policy, "max_active": 4}), order=sleeps(0))
        async with bench(registry) as it:
            it.broker.create("sign", 200)
            await asyncio.sleep(600)
            during, orders = len(attempts), it.broker.create("order", 50)
            took = await it.until(lambda: all(job.state == "COMPLETED" for job in orders), seconds=5)
            untouched = sum(job.activations == 0 for job in it.broker.jobs.values() if job.type == "sign")
            away = False
            await it.until(lambda: not it.broker.open, seconds=300)
            return during, took, untouched, it.broker.of("COMPLETED")

    during, took, untouched, completed = run_virtual(scenario())
    assert during < 60
    assert took < 1
    assert untouched > 100
    assert len(completed) > 200


def test_retry_after_is_honoured() -> None:
    """A system that says when to come back is asked no sooner, even when the policy would be quicker."""

    async def handler(data: Nothing, ctx: Context) -> Completed | None:
        if ctx.retries == 3:
            raise Unavailable("429", retry_after=timedelta(seconds=90))
        return None

    handler.__annotations__["return"] = None

    async def scenario() -> Any:
        async with bench(tasks(visit=handler)) as it:
            job = it.broker.create("visit")[0]
            return await it.until(lambda: not it.broker.open, seconds=200), job.backoffs

    took, backoffs = run_virtual(scenario())
    assert backoffs == [90]
    assert took >= 90


def test_an_engine_whose_clock_is_elsewhere_stalls_nothing() -> None:
    """The engine's clock stands years before ours (a pinned clock, a wrong host): deadlines look long past, jobs are served."""

    class Earlier(Broker):
        def hand_out(self, job: Any, request: JobRequest) -> ActivatedJob:
            return super().hand_out(job, request)._replace(deadline=1_000)

    async def scenario() -> list[str]:
        made: list[Broker] = []

        def gateway(broker: Broker) -> Gateway:
            broker.__class__ = Earlier
            made.append(broker)
            return Gateway(broker)

        async with bench(tasks(visit=sleeps(0)), gateway=gateway) as it:
            await asyncio.sleep(1)
            jobs = it.broker.create("visit", 10)
            await it.until(lambda: not it.broker.open, seconds=5)
            return [job.state for job in jobs]

    assert run_virtual(scenario()) == ["COMPLETED"] * 10


def test_a_result_is_welcome_until_the_extended_deadline() -> None:
    """The heartbeat moves the deadline here as well: after a long handler there is still time to insist on a completion."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(100), {"timeout": timedelta(seconds=30)}))) as it:
            job = it.broker.create("visit")[0]
            back = it.broker.now + 105
            refuse = lambda call: call == "complete" and it.broker.now < back  # noqa: E731
            it.gateway.before = lambda call, about: Unavailable() if refuse(call) else None
            await it.until(lambda: not it.broker.open, seconds=300)
            return job

    job = run_virtual(scenario())
    assert (job.state, job.activations) == ("COMPLETED", 1)


def test_a_completion_nobody_wants_any_more_is_done() -> None:
    """NOT_FOUND on the completion is the normal end of a job that was cancelled meanwhile: nothing else is sent."""

    async def scenario() -> Any:
        async with bench(tasks(visit=sleeps(1))) as it:
            job = it.broker.create("visit")[0]
            await asyncio.sleep(0.5)
            it.broker.cancel(job)
            await asyncio.sleep(5)
            return [call for _, call, _ in it.gateway.commands], dict(it.lane("visit").stats.undelivered)

    assert run_virtual(scenario()) == (["complete"], {"gone": 1})


def test_jobs_do_not_age_in_a_stream_nobody_reads() -> None:
    """Ten jobs are pushed to a type whose two slots are busy for a minute: the rest goes back within seconds, and runs later."""

    async def scenario() -> Any:
        slow = (sleeps(60), {"max_active": 2, "timeout": timedelta(minutes=5)})
        async with bench(tasks(visit=slow)) as it:
            await it.until(lambda: it.gateway.opened == 1)
            it.broker.create("visit", 10)
            await asyncio.sleep(12)
            held = len(it.broker.of("ACTIVATED"))
            await it.until(lambda: not it.broker.open, seconds=900)
            return held, {job.retries for job in it.broker.jobs.values()}

    assert run_virtual(scenario()) == (2, {3})


def test_an_engine_under_back_pressure_is_not_asked_for_ever_more_work() -> None:
    """No completion is accepted for twenty seconds: results that wait are bounded, and so is what is activated."""

    async def scenario() -> Any:
        async with bench(tasks(visit=(sleeps(0), {"max_active": 4}))) as it:
            back = it.broker.now + 20
            refuse = lambda call: call == "complete" and it.broker.now < back  # noqa: E731
            it.gateway.before = lambda call, about: Unavailable() if refuse(call) else None
            it.broker.create("visit", 200)
            await asyncio.sleep(15)
            held = len(it.broker.of("ACTIVATED"))
            await it.until(lambda: not it.broker.open, seconds=120)
            return held

    assert run_virtual(scenario()) <= 4 + 4 * 4 + 1
