"""One engine, its orders and their teams, as workers and people of a simulation see them."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from workers.domain.tenancy import COUNTRIES, Country
from workers.workshop.simulation.chance import Chance
from workers.workshop.simulation.mix import Sold
from workers.workshop.simulation.town import Place, Towns
from zeebelet.records import Message
from zeebelet.testing import TestEngine


class Trouble(Exception):
    """A business error a worker ends its job with."""

    def __init__(self, code: str, variables: dict[str, Any]) -> None:
        super().__init__(code)
        self.code, self.variables = code, variables


@dataclass(slots=True)
class Life:
    """What became of one order, and what its workers remember."""

    order: Sold
    place: Place | None = None
    team: str = ""
    visit_id: str = ""
    minutes: int = 120
    asked: str = ""
    offered_team: str = ""
    refused: set[tuple[str, date]] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    offers: int = 0
    assigned_at: datetime | None = None
    tasks: list[str] = field(default_factory=list)
    ended: str = ""

    @property
    def country(self) -> Country:
        """Its country."""
        return COUNTRIES[self.order.country]


@dataclass(slots=True)
class World:
    """The engine and the agenda of everybody outside. Moments are UTC."""

    kit: TestEngine
    chance: Chance
    towns: Towns = field(default_factory=Towns)
    lives: dict[str, Life] = field(default_factory=dict)
    agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: Any = field(default_factory=count)

    @property
    def now(self) -> datetime:
        """The engine's time."""
        return datetime.fromtimestamp(self.kit.engine.clock.now() / 1000, UTC)

    def new(self, prefix: str) -> str:
        """An identity nobody else has."""
        return f"{prefix}-{next(self._numbers)}"

    def later(self, at: datetime, act: Callable[[], None]) -> None:
        """Somebody will do something, at a full second: the engine's clock knows nothing smaller than milliseconds."""
        full = at.replace(microsecond=0) + timedelta(seconds=1)
        heapq.heappush(self.agenda, (max(full, self.now), next(self._numbers), act))

    def publish(self, name: str, key: str, variables: dict[str, Any], ttl: timedelta = timedelta(days=1)) -> None:
        """A message to the journey."""
        self.kit.engine.submit(
            "MESSAGE", "PUBLISH", Message(name, key, int(ttl.total_seconds() * 1000), variables=variables)
        )
