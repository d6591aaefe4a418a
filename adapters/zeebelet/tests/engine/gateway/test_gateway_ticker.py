"""Waking the engine when something is due."""

from __future__ import annotations

import asyncio

from zeebelet.clock import ControlledClock
from zeebelet.gateway.ticker import Ticker


class DueOnce:
    """Something due at a time; a tick that comes in time takes it away."""

    def __init__(self, due: int | None) -> None:
        self.clock = ControlledClock()
        self.due = due
        self.ticks = 0
        self.fired = asyncio.Event()

    def next_due(self) -> int | None:
        return self.due

    def tick(self) -> None:
        self.ticks += 1
        if self.due is not None and self.due <= self.clock.now():
            self.due = None
            self.fired.set()


async def test_the_engine_is_woken_when_something_is_due() -> None:
    """By the wall clock, a moment later."""
    engine = DueOnce(None)
    ticker = Ticker(engine)
    ticker.look()
    engine.due = engine.clock.now() + 30

    ticker.look()
    async with asyncio.timeout(5):
        await engine.fired.wait()

    assert engine.ticks == 1


async def test_a_pinned_clock_is_waited_for_and_not_polled() -> None:
    """While it stands still nothing is due; moving it fires at once."""
    engine = DueOnce(None)
    now = engine.clock.now()
    engine.clock.pin(now)
    engine.due = now + 10
    ticker = Ticker(engine)
    ticker.look()
    waited = asyncio.Event()
    asyncio.get_running_loop().call_later(0.2, waited.set)
    await waited.wait()
    assert engine.ticks == 0

    engine.clock.advance(10)
    ticker.moved()

    assert engine.fired.is_set()


async def test_what_is_due_already_fires_under_a_pinned_clock_too() -> None:
    """A timer of no duration does not wait for the clock to move."""
    engine = DueOnce(None)
    engine.clock.pin(engine.clock.now())
    engine.due = engine.clock.now()
    ticker = Ticker(engine)

    ticker.look()

    async with asyncio.timeout(5):
        assert await engine.fired.wait()


async def test_a_stopped_ticker_sleeps_for_good() -> None:
    """Nothing fires after the end."""
    engine = DueOnce(None)
    engine.due = engine.clock.now() + 20
    ticker = Ticker(engine)
    ticker.look()

    ticker.stop()
    waited = asyncio.Event()
    asyncio.get_running_loop().call_later(0.1, waited.set)
    await waited.wait()

    assert engine.ticks == 0
