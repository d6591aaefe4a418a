"""Eventual consistency, simulated: searches know what happened only some time later, as a cluster's exporter lags behind.

A test that forgets to wait fails here, too, and not only at the cluster.
"""

from __future__ import annotations

import asyncio
from collections import deque

from zeebelet.gateway.search import storage
from zeebelet.gateway.search.projection import Projection
from zeebelet.gateway.search.tables import Tables
from zeebelet.records import Record


class Lagging:
    """Tables of their own that take in each record `lag` seconds after it happened, by the wall clock."""

    def __init__(self, current: Tables, lag: float) -> None:
        self._projection = Projection()
        storage.load(self._projection.tables, storage.dump(current))
        self._lag = lag
        self._waiting: deque[tuple[float, Record]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    @property
    def tables(self) -> Tables:
        """What searches read."""
        return self._projection.tables

    def on_record(self, record: Record) -> None:
        """Keeps a record until its time has come."""
        loop = asyncio.get_running_loop()
        self._waiting.append((loop.time() + self._lag, record))
        if self._timer is None:
            self._timer = loop.call_later(self._lag, self._show)

    def stop(self) -> None:
        """Shows nothing more."""
        if self._timer is not None:
            self._timer.cancel()

    def _show(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting and self._waiting[0][0] <= loop.time():
            self._projection.on_record(self._waiting.popleft()[1])
        self._timer = loop.call_at(self._waiting[0][0], self._show) if self._waiting else None
