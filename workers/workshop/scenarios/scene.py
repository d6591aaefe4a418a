"""One scenario being played: the engine with its moved clock, the real workers, and everybody outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from workers.bootstrap import INTAKES, source_of
from workers.intake.consumer import Intake, take_in
from workers.ports.clock import Clock
from workers.ports.inbox import Inbox
from workers.ports.processes import Processes
from workers.workshop.scenarios.bus import Bus, Records
from workers.workshop.scenarios.hands import Hands
from workers.workshop.scenarios.sales import Sale
from workers.workshop.scenarios.stage import Outside
from workers.workshop.scenarios.watch import Watch
from zeebelet.testing import TestEngine

T = TypeVar("T")
MILLISECOND = timedelta(milliseconds=1)
Row = Mapping[str, Any]


class Stuck(AssertionError):
    """Expected something to become possible, but time passed and it did not."""


@dataclass(frozen=True, slots=True)
class Told:
    """A line of the timeline that people wrote: who did what."""

    at: datetime
    who: str
    what: str


@dataclass(slots=True)
class Sight:
    """What can be seen of one scenario: its sales, and every table."""

    outside: Outside
    sales: Sequence[Sale]

    def sale(self, number: str = "") -> Sale:
        """A sale by its number; the first one when none is named."""
        return next((sale for sale in self.sales if sale.number == number), self.sales[0]) if number else self.sales[0]

    def rows(self, table: str, *, order_by: str = "", **where: Any) -> list[Row]:
        """Rows of a table whose columns have these values, as they were when the scene last came to rest."""
        found = self.outside.tables.rows(table, **where)
        if not found or order_by not in found[0]:
            return found
        return sorted(found, key=lambda row: (row[order_by] is None, row[order_by]))

    def order_row(self, sale: Sale) -> Row | None:
        """The order of a sale, if it was taken in."""
        found = self.rows("service_orders", source_system=sale.system, external_order_id=sale.number)
        return found[0] if found else None

    def of_order(self, table: str, sale: Sale, *, order_by: str = "") -> list[Row]:
        """Rows of a table that belong to the order of a sale."""
        order = self.order_row(sale)
        return self.rows(table, order_by=order_by, order_id=order["id"]) if order else []


@dataclass(slots=True)
class Scene(Sight):
    """Everything of one scenario. `told` is what people did; `last_status` the answer of our API to their last call."""

    kit: TestEngine
    watch: Watch
    hands: Hands
    bus: Bus
    records: Records
    models: Sequence[Path] = ()
    told: list[Told] = field(default_factory=list)
    last_status: int = 0
    done: set[str] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)

    @property
    def now(self) -> datetime:
        """The engine's time."""
        return self.watch.now

    def tell(self, who: str, what: str) -> None:
        """Adds a line to the timeline."""
        self.told.append(Told(self.now, who, what))

    def settle(self) -> None:
        """Takes in records and does jobs until nothing is left to do at this moment."""
        while self._take_in() + self.hands.work() + self._tick():
            pass
        self.outside.tables.forget()

    def _tick(self) -> int:
        """Lets happen what became due at this very moment; 1 if that was something."""
        due = self.kit.engine.next_due()
        if due is None or due > self.kit.engine.clock.now():
            return 0
        self.kit.engine.tick()
        return int(self.kit.engine.next_due() != due)

    def until(self, moment: datetime) -> None:
        """Time passes; whatever becomes due happens at its own moment."""
        self.settle()
        while (due := self.next_due()) is not None and due <= moment:
            self._to(due)
        self._to(max(moment, self.now))

    def wait(self, find: Callable[[], T | None], within: timedelta, what: str) -> T:
        """Time passes until something is found; `Stuck` when it is not in time."""
        deadline = self.now + within
        self.settle()
        while (found := find()) is None:
            due = self.next_due()
            if due is None or due > deadline:
                raise Stuck(f"{what} was not possible within {within}{'' if due else ' (nothing is due any more)'}")
            self._to(due)
        return found

    def step_forward(self, latest: datetime | None) -> None:
        """To what is due next, but not beyond `latest`; `Stuck` when nothing is due at all."""
        known = [at for at in (self.next_due(), latest) if at is not None]
        if not known:
            raise Stuck(
                f"Expected something to happen, but nothing is due and it waits at {sorted(self.watch.waiting())}"
            )
        self._to(min(known))

    def jump(self, moment: datetime) -> None:
        """The clock jumps: what became due on the way happens afterwards, all at once."""
        self.kit.engine.clock.pin(round(moment.timestamp() * 1000))
        self.kit.engine.tick()
        self.settle()

    def _to(self, moment: datetime) -> None:
        self.kit.engine.clock.pin(max(round(moment.timestamp() * 1000), self.kit.engine.clock.now()))
        self.kit.engine.tick()
        self.settle()

    def next_due(self) -> datetime | None:
        """When something happens by itself next."""
        due = self.kit.engine.next_due()
        engine = None if due is None else datetime.fromtimestamp(due / 1000, self.now.tzinfo)
        known = [at for at in (engine, self.records.next_due()) if at is not None]
        # What is due already but was left (a job type nobody serves) must not stop the clock.
        return max(min(known), self.now + MILLISECOND) if known else None

    def _take_in(self) -> int:
        count = 0
        while (record := self.records.poll(MILLISECOND)) is not None:
            take_in(self._intake(record.topic), record)
            count += 1
        return count

    def _intake(self, topic: str) -> Intake:
        platform = self.outside.platform
        system, group = next((name, group) for name, (group, names) in INTAKES.items() if topic in names)
        return Intake(
            consumer=group,
            sales=source_of(platform, system),
            stream=self.records,
            inbox=platform.get(Inbox),
            processes=platform.get(Processes),
            bus=self.bus,
            clock=platform.get(Clock),
        )


def post(scene: Scene, path: str, body: Mapping[str, Any], *, expect: int | None = None) -> int:
    """Calls our API for somebody outside. `AssertionError` when the answer is not the expected one (any success)."""
    answer = scene.outside.api.post(path, json=body)
    scene.outside.tables.forget()
    scene.last_status = answer.status_code
    good = answer.is_success if expect is None else answer.status_code == expect
    if not good:
        wanted = "a success" if expect is None else str(expect)
        raise AssertionError(f"Expected {wanted} from POST {path}, but {answer.status_code} came: {answer.text[:300]}")
    scene.settle()
    return answer.status_code
