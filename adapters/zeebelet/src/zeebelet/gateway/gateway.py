"""The gateway as a whole: projection, jobs, ticker and both transports around one engine, in the loop that owns it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

from zeebelet.gateway.commands import Commands, Submits
from zeebelet.gateway.identity import Identity
from zeebelet.gateway.jobs import Activation
from zeebelet.gateway.listening import user_task_of
from zeebelet.gateway.polling import LongPolls
from zeebelet.gateway.search.lag import Lagging
from zeebelet.gateway.search.projection import Projection
from zeebelet.gateway.security import Verify
from zeebelet.gateway.services import MovableClock, Services
from zeebelet.gateway.streaming import JobStreams
from zeebelet.gateway.ticker import Ticker
from zeebelet.records import Record, Timer


class DrivenEngine(Submits, Protocol):
    """What the gateway needs of the engine."""

    @property
    def clock(self) -> MovableClock:
        """The engine's clock."""

    def tick(self) -> None:
        """Fires everything due."""

    def next_due(self) -> int | None:
        """Epoch milliseconds of the earliest due thing."""

    def next_timer(self) -> int | None:
        """Epoch milliseconds of the earliest timer."""

    def timers(self) -> Iterable[tuple[int, Timer]]:
        """The timers that are set, by their keys."""

    def subscribe(self, listener: Callable[[Record], None]) -> None:
        """Lets a listener see every record after it was applied."""

    def on_jobs_available(self, listener: Callable[[str], None]) -> None:
        """Lets a listener know when a job of a type becomes activatable."""

    def close(self) -> None:
        """Ends the engine."""


class Gateway:
    """An engine that can be reached. Make it in the running loop that owns the engine.

    With a `search_lag` (seconds) searches know things only that much later.
    Without a `projection` that the engine's log feeds (`search.feed`), it makes one that knows what happens from now on.
    """

    def __init__(
        self,
        engine: DrivenEngine,
        *,
        projection: Projection | None = None,
        verify: Verify | None = None,
        clock_control: bool = True,
        grouped: bool = False,
        search_lag: float = 0,
    ) -> None:
        self.identity = Identity("127.0.0.1", 26500)
        self.verify = verify
        self.subscribe = engine.subscribe
        self._ticker = Ticker(engine)
        if projection is None:
            projection = Projection()
            engine.subscribe(projection.on_record)
        tables = projection.tables
        self._lagging = Lagging(tables, search_lag) if search_lag > 0 else None
        if self._lagging is not None:
            engine.subscribe(self._lagging.on_record)
        commands = Commands(engine, self._ticker.look, grouped=grouped)
        activation = Activation(commands)
        polls = LongPolls(activation)
        streams = JobStreams(activation, lambda key: row.value.type if (row := tables.jobs.get(key)) else None)
        engine.subscribe(streams.on_record)
        engine.on_jobs_available(polls.on_jobs_available)
        self.services = Services(
            commands=commands,
            activation=activation,
            polls=polls,
            streams=streams,
            tables=self._lagging.tables if self._lagging else tables,
            clock=engine.clock,
            clock_moved=self._ticker.moved,
            next_timer=engine.next_timer,
            timers=engine.timers,
            identity=lambda: self.identity,
            user_task_of=user_task_of(tables),
            clock_control=clock_control,
        )
        self._ticker.look()

    def stop(self) -> None:
        """Stops waking the engine, and lets nobody wait any longer."""
        self._ticker.stop()
        self.services.polls.stop()
        if self._lagging is not None:
            self._lagging.stop()
