"""Slots: one ledger for polls and streams, shared fairly among types and systems."""

from __future__ import annotations

import asyncio
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from virtual import run_virtual

from workers.runtime.capacity import Limit, Shares
from workers.runtime.circuit import Circuit, Door


def test_a_busy_type_borrows_what_others_do_not_need_but_not_their_floors() -> None:
    """Ten slots, two types: each owns five; one may use its five only, because the other's five are promised to it."""
    shares = Shares(10, {"busy": 10, "quiet": 5})
    busy, quiet = shares.capacity("busy"), shares.capacity("quiet")

    assert busy.take(10) == 5
    assert quiet.take(10) == 5


def test_small_types_leave_their_rest_to_the_spare_pool() -> None:
    """A type with one slot does not hold back five: the rest can be borrowed."""
    shares = Shares(10, {"busy": 10, "single": 1})
    busy, single = shares.capacity("busy"), shares.capacity("single")

    assert busy.take(10) == 9
    assert single.take(1) == 1


def test_a_system_limit_binds_all_its_types() -> None:
    """Three slots for a system: two types together hold three, a long poll keeps only its even share."""
    shares, system = Shares(100, {"a": 32, "b": 32, "c": 32}), Limit(3)
    a, b, c = shares.capacity("a", system), shares.capacity("b", system), shares.capacity("c")

    assert (a.fair, b.fair, c.fair) == (1, 1, 32)
    assert (a.take(2), b.take(5), c.take(40)) == (2, 1, 32)
    a.release()
    assert b.take(5) == 1


def test_waiters_are_served_in_order_and_nobody_overtakes() -> None:
    """A stream that waits for a slot is not passed over by polls of the same type, and the other way round."""

    async def scenario() -> list[str]:
        capacity, order = Shares(1, {"a": 1}).capacity("a"), []
        assert capacity.take(1) == 1

        async def wait(name: str) -> None:
            await capacity.acquire()
            order.append(name)
            await asyncio.sleep(1)
            capacity.release()

        waiting = [asyncio.create_task(wait(name)) for name in ("stream", "poll", "stream again")]
        await asyncio.sleep(0)
        assert capacity.take(1) == 0
        capacity.release()
        await asyncio.gather(*waiting)
        return order

    assert run_virtual(scenario()) == ["stream", "poll", "stream again"]


def test_a_slot_granted_to_a_cancelled_waiter_is_not_lost() -> None:
    """The grant and the cancellation meet: the slot goes back and the next waiter gets it."""

    async def scenario() -> int:
        capacity = Shares(1, {"a": 1}).capacity("a")
        capacity.take(1)
        first, second = asyncio.create_task(capacity.acquire()), asyncio.create_task(capacity.acquire())
        await asyncio.sleep(0)
        capacity.release()
        first.cancel()
        await second
        return capacity.held

    assert run_virtual(scenario()) == 1


@settings(max_examples=60, deadline=None, database=None)
@given(seed=st.integers(0, 2**32), total=st.integers(1, 12), limits=st.lists(st.integers(1, 8), min_size=1, max_size=5))
def test_slots_are_never_over_given_and_always_come_back(seed: int, total: int, limits: list[int]) -> None:
    """Random holders, waiters and cancellations: limits hold at every moment, everything is free at the end."""
    chance = random.Random(seed)

    async def scenario() -> None:
        named = {f"t{number}": limit for number, limit in enumerate(limits)}
        shares = Shares(total, named)
        capacities = {name: shares.capacity(name) for name in named}

        async def hold(name: str) -> None:
            capacity = capacities[name]
            await capacity.acquire()
            try:
                assert all(c.held <= c.most for c in capacities.values())
                assert sum(c.held for c in capacities.values()) <= max(total, len(named))
                await asyncio.sleep(chance.random())
            finally:
                capacity.release()

        tasks = [asyncio.create_task(hold(chance.choice(list(named)))) for _ in range(40)]
        for task in tasks:
            if chance.random() < 0.3:
                await asyncio.sleep(chance.random() / 4)
                task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [(c.held, c.promised) for c in capacities.values()] == [(0, 0)] * len(named)
        assert shares.spare.held == 0

    run_virtual(scenario())


def test_a_circuit_opens_after_outages_in_a_row_only() -> None:
    """Scattered outages never add up; five in a row open it, its pause doubles while probes fail, one success closes it."""
    time = [0.0]
    circuit = Circuit("adobe-sign", now=lambda: time[0], threshold=5, first=10, cap=25)
    for _ in range(20):
        circuit.failed()
        circuit.succeeded()
    assert circuit.state == "closed"

    pauses = []
    for _ in range(4):
        while circuit.state != "open":
            circuit.failed()
        pauses.append(circuit.wait)
        time[0] += circuit.wait
        assert circuit.state == "half-open"
    assert all(
        least <= pause <= most
        for pause, (least, most) in zip(pauses, [(5, 10), (10, 20), (12, 25), (12, 25)], strict=True)
    )
    circuit.succeeded()
    assert (circuit.state, circuit.wait) == ("closed", 0)


@pytest.mark.parametrize(("system", "state"), [("adobe-sign", "open"), ("kafka", "closed")])
def test_a_door_knows_only_the_systems_of_its_task(system: str, state: str) -> None:
    """An outage of a system the task does not depend on is not its business."""
    door = Door([Circuit("adobe-sign", now=lambda: 0.0, threshold=1)])
    door.failed(system)

    assert door.circuits["adobe-sign"].state == state
    assert door.closed == (state == "closed")
