"""The play: people act as long as there is something to do; when the platform is quiet, time moves to what comes next."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from workers.cli.console import UsageError
from workers.cli.demo.people import People
from workers.cli.demo.show import Show
from workers.cli.demo.world import World
from workers.ports.errors import Unavailable

PAUSE_SECONDS = 0.02
# A worker that was killed holds its jobs until they time out: when nothing has moved for so long, time passes.
STUCK_SECONDS = 4.0
STEP_WHEN_STUCK = timedelta(seconds=30)
# Timers are met in bunches: the clock goes to the next full five minutes after one is due.
GRID = timedelta(minutes=5)
WATCH_FOR_KILLS = 1.5


def play(world: World, show: Show, *, kills: int, limit: float) -> None:
    """Plays until every sale has ended and nothing lives in the engine; `UsageError` when that takes longer than `limit`."""
    people = People(world)
    deadline = time.monotonic() + limit
    killing = _killing(world, kills)
    moved = time.monotonic()
    while not _over(world):
        _check(world, deadline)
        next(killing, None)
        # Looked at before the people act: what a job opens after they looked must not be overtaken by the clock.
        quiet = not world.sight.open_jobs()
        world.sight.refresh()
        show.progress(world.now(), world.sight.states)
        if _act(people):
            moved = time.monotonic()
        elif not quiet or world.sight.open_jobs():
            time.sleep(PAUSE_SECONDS)
            if time.monotonic() - moved > STUCK_SECONDS:
                world.advance(STEP_WHEN_STUCK)
                moved = time.monotonic()
        elif _all_arrived(world) and world.settled():
            _let_time_pass(world, people)
            moved = time.monotonic()


def _act(people: People) -> int:
    """One round of the people; when the API or the engine is busy they try again."""
    try:
        return people.act()
    except Unavailable:
        time.sleep(PAUSE_SECONDS)
        return 0


def _all_arrived(world: World) -> bool:
    return len(world.sight.states) >= len(world.sales)


def _over(world: World) -> bool:
    return _all_arrived(world) and not world.sight.live_instances()


def _let_time_pass(world: World, people: People) -> None:
    """To the next timer or appointment, whichever comes first."""
    now = world.now()
    coming = [at for at in (world.next_timer(), people.next_appointment()) if at is not None]
    if not coming:
        time.sleep(PAUSE_SECONDS)
        return
    world.advance(max(_on_grid(min(coming)) - now, timedelta(seconds=1)))


def _on_grid(instant: datetime) -> datetime:
    start = instant.replace(minute=0, second=0, microsecond=0)
    return start + (-(-(instant - start) // GRID)) * GRID


def _check(world: World, deadline: float) -> None:
    if time.monotonic() > deadline:
        raise UsageError(
            f"Expected every order to end in time, but these have not: {open_orders(world)}. "
            f"The worker said last:\n{world.stack.log_of('work')}"
        )


def open_orders(world: World) -> str:
    """Orders that have not ended, with their states."""
    ended = ("CLOSED", "CANCELLED", "REJECTED")
    return ", ".join(f"{key} {state}" for key, state in world.sight.states.items() if state not in ended) or "none"


def _killing(world: World, kills: int) -> Iterator[None]:
    """Kills the worker at random moments; each `next` looks whether it is time."""
    rng = random.Random(11)  # noqa: S311 - repeatable on purpose
    for _ in range(kills):
        due = time.monotonic() + WATCH_FOR_KILLS + rng.random() * 2
        while time.monotonic() < due:
            yield
        world.stack.processes["work"].kill()
        world.tell("kill -9 hits the worker")
        yield
