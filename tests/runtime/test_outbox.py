"""Results on their way pace the polls, and never stop them."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from harness import bench, sleeps, tasks
from virtual import run_virtual

from workers.ports.errors import Unavailable
from workers.runtime.outbox import Outbox


def test_polls_take_turns_as_results_leave() -> None:
    """Three results are on their way where one may be: each of two polls waits for one that leaves, the first come first."""

    async def scenario() -> Any:
        outbox, order = Outbox(1), []

        async def poll(name: str) -> None:
            await outbox.calm(within=60)
            order.append((name, outbox.sending))

        with ExitStack() as sent:
            with outbox:
                with outbox:
                    sent.enter_context(outbox)
                    polls = [asyncio.create_task(poll(name)) for name in ("first", "second")]
                    await asyncio.sleep(1)
                    nobody = list(order)
                await asyncio.sleep(1)
                assert order == nobody == [], "two results are still more than one"
            await asyncio.sleep(1)
        await asyncio.wait(polls)
        return order

    assert run_virtual(scenario()) == [("first", 1), ("second", 0)]


def test_a_poll_that_gave_up_waiting_passes_its_turn_on() -> None:
    """The first poll was cancelled: the turn goes to the one behind it, not to nobody."""

    async def scenario() -> Any:
        outbox, loop = Outbox(0), asyncio.get_running_loop()
        with outbox:
            gone = asyncio.create_task(outbox.calm(within=60))
            waits = asyncio.create_task(outbox.calm(within=60))
            await asyncio.sleep(1)
            gone.cancel()
            await asyncio.sleep(1)
        begun = loop.time()
        await waits
        return loop.time() - begun

    assert run_virtual(scenario()) < 0.1


def test_results_of_one_type_that_are_stuck_slow_other_types_down_but_do_not_stop_them() -> None:
    """More results of `stuck` than the outbox lets through stay on their way for two minutes: 500 jobs of `visit` are done."""

    async def scenario() -> Any:
        long = {"timeout": timedelta(minutes=10), "max_active": 32}
        async with bench(tasks(stuck=(sleeps(0), long), visit=sleeps(0)), stream=False) as it:
            back = it.broker.now + 120
            mine = {job.key for job in it.broker.create("stuck", 200)}
            refuse = lambda call, key: call == "complete" and key in mine and it.broker.now < back  # noqa: E731
            it.gateway.before = lambda call, about: Unavailable() if refuse(call, about) else None
            await asyncio.sleep(10)
            waiting = it.worker.lanes[0].outbox.sending
            it.broker.create("visit", 500)
            took = await it.until(lambda: all(job.type == "stuck" for job in it.broker.open))
            await it.until(lambda: not it.broker.open, seconds=300)
            return waiting, it.worker.lanes[0].outbox.most, took

    waiting, most, took = run_virtual(scenario())
    assert waiting > most, "the case is made: results are stuck above what the outbox lets through"
    assert took < 10
