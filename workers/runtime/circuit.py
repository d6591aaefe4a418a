"""The bulkhead's door: an outage of one outside system stops the intake of its tasks, and of no others.

Closed, it lets everything pass. After `threshold` outages in a row it opens for a pause that doubles up to a cap; then it is
half open and lets single jobs probe. The first success closes it, the first outage opens it again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from workers.runtime.backoff import Backoff

_LOOK = 0.5


class Circuit:
    """The state of one outside system as its tasks see it."""

    def __init__(
        self, system: str, *, now: Callable[[], float], threshold: int = 5, first: float = 1, cap: float = 60
    ) -> None:
        self.system = system
        self._now, self._threshold = now, threshold
        self._backoff = Backoff(first, cap)
        self._outages = 0
        self._until = 0.0

    def failed(self) -> None:
        """The system did not answer a job."""
        self._outages += 1
        if self._outages >= self._threshold and self.wait <= 0:
            self._until = self._now() + self._backoff.next()

    def succeeded(self) -> None:
        """The system answered."""
        if self._outages:
            self._outages = 0
            self._until = 0.0
            self._backoff.reset()

    @property
    def wait(self) -> float:
        """Seconds until jobs may be taken in again; 0 when they may now."""
        return max(0.0, self._until - self._now())

    @property
    def probing(self) -> bool:
        """Half open: one job at a time may find out."""
        return self._outages >= self._threshold and self.wait <= 0

    @property
    def state(self) -> str:
        """closed, open or half-open."""
        if self._outages < self._threshold:
            return "closed"
        return "half-open" if self.wait <= 0 else "open"


class Door:
    """All circuits one task type depends on."""

    def __init__(self, circuits: Iterable[Circuit]) -> None:
        self.circuits = {circuit.system: circuit for circuit in circuits}

    @property
    def wait(self) -> float:
        """Seconds until the last of them lets jobs in."""
        return max((circuit.wait for circuit in self.circuits.values()), default=0.0)

    @property
    def closed(self) -> bool:
        """Whether jobs may come in freely."""
        return all(circuit.state == "closed" for circuit in self.circuits.values())

    @property
    def probing(self) -> bool:
        """Whether only single jobs may pass."""
        return any(circuit.probing for circuit in self.circuits.values())

    async def passage(self) -> None:
        """Waits until jobs may be taken in."""
        while (pause := self.wait) > 0:
            await asyncio.sleep(min(pause, _LOOK))  # another type may find out sooner that the system is back

    def failed(self, system: str) -> None:
        """An outage of `system`; one this type does not depend on is its own business."""
        if (circuit := self.circuits.get(system)) is not None:
            circuit.failed()

    def succeeded(self, system: str | None = None) -> None:
        """`system` answered; None: a job went through, every system it needs is there."""
        for circuit in self.circuits.values():
            if system in (None, circuit.system):
                circuit.succeeded()
