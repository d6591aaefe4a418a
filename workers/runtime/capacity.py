"""One ledger of slots for polling and streaming together.

A slot is taken before a job is admitted and given back in a `finally`. Every type owns a floor of the process's slots and
borrows from a common spare pool above it: a busy type cannot starve a quiet one, and quiet types leave their room to busy ones
as far as their floors allow. Waiters are served in the order they came, so neither polls nor streams can push each other out.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Mapping


class Limit:
    """A number of slots several types may share: the spare pool, or all jobs that talk to one system."""

    __slots__ = ("held", "most", "sharers")

    def __init__(self, most: int) -> None:
        self.most = most
        self.held = self.sharers = 0

    @property
    def free(self) -> int:
        """Slots not taken."""
        return self.most - self.held


class Capacity:
    """The slots of one task type."""

    __slots__ = ("_bulkhead", "_shares", "floor", "held", "most", "name", "promised")

    def __init__(self, name: str, *, most: int, floor: int, shares: Shares, bulkhead: Limit | None) -> None:
        self.name, self.most, self.floor, self.held = name, most, floor, 0
        self.promised = 0  # granted to a waiter that has not woken up yet; part of `held`
        self._shares, self._bulkhead = shares, bulkhead
        if bulkhead is not None:
            bulkhead.sharers += 1

    @property
    def fair(self) -> int:
        """What a long poll may keep to itself while it waits: more would starve those it shares with."""
        even = self.floor if self._bulkhead is None else self._bulkhead.most // self._bulkhead.sharers
        return max(1, min(self.floor, even))

    @property
    def contended(self) -> bool:
        """Whether other types share the limit of this type's system."""
        return self._bulkhead is not None and self._bulkhead.sharers > 1

    @property
    def free(self) -> int:
        """How many slots could be taken now."""
        common = max(0, self.floor - self.held) + self._shares.spare.free
        room = min(self.most - self.held, common)
        return max(0, room if self._bulkhead is None else min(room, self._bulkhead.free))

    def take(self, most: int) -> int:
        """Takes up to `most` slots that are free now; nobody who waits for the same type is overtaken."""
        if self._shares.waits(self):
            return 0
        number = min(most, self.free)
        self._move(number)
        return number

    async def acquire(self) -> None:
        """Takes one slot, waiting for it if need be."""
        if self.take(1) == 0:
            await self._shares.wait(self)

    def release(self, number: int = 1) -> None:
        """Gives slots back."""
        self._move(-number)
        self._shares.serve()

    def _move(self, number: int) -> None:
        before = max(0, self.held - self.floor)
        self.held += number
        self._shares.spare.held += max(0, self.held - self.floor) - before
        if self._bulkhead is not None:
            self._bulkhead.held += number

    def grant(self) -> bool:
        """Takes one slot for a waiter, if there is one."""
        if self.free < 1:
            return False
        self._move(1)
        self.promised += 1
        return True


class Shares:
    """Divides the process's slots among its task types."""

    def __init__(self, total: int, limits: Mapping[str, int]) -> None:
        even = max(1, total // max(1, len(limits)))
        self._floors = {name: min(limit, even) for name, limit in limits.items()}
        self._limits = limits
        self.spare = Limit(max(0, total - sum(self._floors.values())))
        self._waiters: deque[tuple[Capacity, asyncio.Future[None]]] = deque()

    def capacity(self, name: str, bulkhead: Limit | None = None) -> Capacity:
        """The slots of one type."""
        return Capacity(name, most=self._limits[name], floor=self._floors[name], shares=self, bulkhead=bulkhead)

    def waits(self, capacity: Capacity) -> bool:
        """Whether somebody waits for a slot of this type."""
        return bool(self._waiters) and any(waiter is capacity and not future.done() for waiter, future in self._waiters)

    async def wait(self, capacity: Capacity) -> None:
        """Waits in line; a slot granted to a waiter that was cancelled meanwhile goes back."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (capacity, future)
        self._waiters.append(entry)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                capacity.promised -= 1
                capacity.release()
            raise
        else:
            capacity.promised -= 1
        finally:
            if entry in self._waiters:
                self._waiters.remove(entry)

    def serve(self) -> None:
        """Hands free slots to those who wait."""
        if not self._waiters:
            return
        for entry in tuple(self._waiters):
            capacity, future = entry
            if not future.done() and capacity.grant():
                future.set_result(None)
                self._waiters.remove(entry)
