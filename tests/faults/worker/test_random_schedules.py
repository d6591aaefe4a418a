"""Random weather from a seed: drops, duplicates, late and reordered answers, refusals, half-open streams. Invariants hold in all.

`FSM_SEEDS=200` tries more of them; a failing seed is a parameter of the test, so it can be run alone.
"""

from __future__ import annotations

import asyncio
import os
import random
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from broker import Weather
from harness import Bench, Nothing, bench, tasks
from virtual import run_virtual

from workers.domain.errors import DomainError
from workers.ports.errors import Unavailable
from workers.runtime import Context, RetryPolicy
from workers.runtime.drain import Exit
from workers.runtime.testing import MemoryLedger

SEEDS = range(int(os.environ.get("FSM_SEEDS", "12")))
TYPES = ("visit", "sign", "notify")


class Rejected(DomainError):
    """No."""

    code = "REJECTED"


class Effects:
    """What the handlers did to the outside, by effect key."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.applied: Counter[str] = Counter()

    def visit(self, data: Nothing, ctx: Context, *, unit: Any) -> None:
        """An effect in the ledger's transaction; now and then it fails before, now and then after it was applied."""
        dice = self.chance.random()
        if dice < 0.1:
            raise Unavailable("before", system="erp")
        unit.emit()
        if dice < 0.2:
            raise RuntimeError("after: the transaction rolls back")
        self.applied[ctx.key] += 1

    async def sign(self, data: Nothing, ctx: Context) -> None:
        """Takes its time, sometimes longer than the time-out."""
        await asyncio.sleep(self.chance.random() * 12)
        if self.chance.random() < 0.1:
            raise Rejected

    async def notify(self, data: Nothing, ctx: Context) -> None:
        """Quick, sometimes with a system that is away."""
        if self.chance.random() < 0.15:
            raise Unavailable("503", system="sms", retry_after=timedelta(seconds=3))


def weather(chance: random.Random) -> Weather:
    """One kind of day: each trouble is absent, rare or frequent."""
    bad = lambda most: chance.choice((0.0, most / 5, most))  # noqa: E731
    return Weather(
        latency=chance.choice((0.0, 0.05, 3.0)),
        unavailable=bad(0.3),
        exhausted=bad(0.4),
        auth=bad(0.2),
        lost_answer=bad(0.3),
        lost_jobs=bad(0.2),
        duplicate=bad(0.2),
        stream_break=bad(0.2),
        half_open=bad(0.8),
        hang=bad(0.02),
    )


async def storm(it: Bench, chance: random.Random) -> None:
    """Five virtual minutes of arrivals in changing weather, then calm."""
    for _ in range(20):
        it.gateway.weather = weather(chance)
        it.broker.create(chance.choice(TYPES), chance.randint(0, 12), retries=chance.randint(1, 4))
        await asyncio.sleep(chance.random() * 30)
    it.gateway.weather = Weather()


def registry(effects: Effects) -> Any:
    policy = RetryPolicy(attempts=4, first=timedelta(seconds=1), factor=2, cap=timedelta(seconds=20))
    quick = {"retry": policy, "timeout": timedelta(seconds=8), "max_active": 6}
    return tasks(
        visit=(effects.visit, {**quick, "effect": "element", "raises": (Rejected,)}),
        sign=(effects.sign, {**quick, "raises": (Rejected,)}),
        notify=(effects.notify, {**quick, "system": "sms"}),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_job_ends_and_no_effect_happens_twice(seed: int) -> None:
    """Whatever the weather was: all jobs end, slots return, polling goes on, an effect is kept once per key."""
    effects, ledger = Effects(seed), MemoryLedger()

    async def scenario() -> Any:
        async with bench(
            registry(effects), needs={"ledger": ledger}, seed=seed, max_active=14, stream_age=timedelta(minutes=2)
        ) as it:
            await storm(it, random.Random(seed))
            await it.until(lambda: not it.broker.open, seconds=600)
            await it.until(lambda: it.gateway.polls[-1][0] > it.broker.now - 1, seconds=30)
            return it.broker, await it.stop()

    broker, code = run_virtual(scenario())
    completed = {f"visit:{job.element}" for job in broker.of("COMPLETED") if job.type == "visit"}
    assert code is Exit.DRAINED
    assert {job.state for job in broker.jobs.values()} <= {"COMPLETED", "ERROR_THROWN", "INCIDENT"}
    assert completed <= set(ledger.results)
    assert not {key for key, times in effects.applied.items() if times > 1}
    assert set(ledger.runs.values()) <= {1}
    assert all(ends_after_each_activation(job.history) for job in broker.jobs.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_a_worker_stopped_in_a_storm_leaves_no_job_behind(seed: int) -> None:
    """Stopped at a random moment in good weather with slow answers, a worker leaves only jobs that others can have at once."""
    chance = random.Random(seed)
    effects = Effects(seed)

    async def scenario() -> Any:
        async with bench(registry(effects), seed=seed, weather=Weather(latency=0.02), drain=timedelta(seconds=3)) as it:
            it.broker.create("visit", 40)
            it.broker.create("sign", 40)
            await asyncio.sleep(chance.random() * 6)
            begun = it.broker.now
            await it.stop()
            return it.broker, it.broker.now - begun

    broker, took = run_virtual(scenario())
    assert took < 4
    assert not broker.of("ACTIVATED"), "a job waits for its time-out"


def ends_after_each_activation(history: list[str]) -> bool:
    """An activation is followed by an end, never by silence. (Copies of a job may end it once more.)"""
    events = [event for event in history if event != "extended"]
    return events[-1] != "activated" and ("activated", "activated") not in pairwise(events)
