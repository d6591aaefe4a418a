"""Runs one part of a simulation: one engine, its orders, until they end or time is up."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from workers.runtime.registry import Registry
from workers.workshop.simulation.answers import answer
from workers.workshop.simulation.chance import Chance
from workers.workshop.simulation.mix import Sold
from workers.workshop.simulation.people import People, forms_of
from workers.workshop.simulation.world import Life, Trouble, World
from zeebelet.records import Deployment, DeploymentResource, Job, JobBatch, Record, RecordType
from zeebelet.testing import TestEngine

START = datetime(2027, 1, 11, 7, 0, tzinfo=UTC)
AFTER_THE_LAST = timedelta(days=70)
JOB_MS, AT_ONCE = 3_600_000, 500
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one order. Hours from the sale to the first assignment; roles of its human tasks."""

    number: int
    country: str
    ended: str
    offers: int
    hours_to_assignment: float | None
    tasks: tuple[str, ...]

    @property
    def automatic(self) -> bool:
        """Closed, and nobody had to decide anything."""
        return self.ended == "CLOSED" and not self.tasks


@dataclass(slots=True)
class Part:
    """One engine's share of a simulation."""

    world: World
    tasks: Registry
    people: People = field(init=False)
    incidents: Counter[str] = field(default_factory=Counter)
    _instances: dict[int, Life] = field(default_factory=dict)
    _heard: list[tuple[str, Record]] = field(default_factory=list)

    def play(self, files: Files, orders: Sequence[Sold]) -> None:
        """Deploys, sells, and lets time pass."""
        kit = self.world.kit
        kit.submit("DEPLOYMENT", "CREATE", Deployment(tuple(DeploymentResource(*file) for file in files)))
        self.people = People(self.world, forms_of(self.world))
        kit.engine.subscribe(self._note)
        for order in orders:
            self.world.lives[order.order_key] = Life(order)
            self.world.later(order.at, self._selling(order))
        self._until(max(order.at for order in orders) + AFTER_THE_LAST)

    def _selling(self, order: Sold) -> Callable[[], None]:
        variables = {
            "serviceOrderId": f"so-{order.number}",
            "orderKey": order.order_key,
            "countryCode": order.country,
            "buCode": f"{order.country}-1",
            "storeCode": "S1",
            "urgency": order.urgency,
            "sourceSystem": "pyxis",
        }
        return lambda: self.world.publish("order-created", order.order_key, variables)

    def _until(self, end: datetime) -> None:
        engine, world = self.world.kit.engine, self.world
        while (at := self._next()) is not None and at <= end:
            engine.clock.pin(max(round(at.timestamp() * 1000), engine.clock.now()))
            engine.tick()
            while world.agenda and world.agenda[0][0] <= world.now:
                heapq.heappop(world.agenda)[2]()
            self._work()

    def _next(self) -> datetime | None:
        due = self.world.kit.engine.next_due()
        known = [] if due is None else [max(datetime.fromtimestamp(due / 1000, UTC), self.world.now)]
        known += [self.world.agenda[0][0]] if self.world.agenda else []
        return min(known, default=None)

    def _work(self) -> None:
        """Jobs, and what people hear of them, until nothing is left to do now."""
        jobs = self.world.kit.engine.state.jobs
        while (types := jobs.activatable_types()) or self._heard:
            self._tell()
            for name in types:
                batch = self.world.kit.submit("JOB_BATCH", "ACTIVATE", JobBatch(name, "model", JOB_MS, AT_ONCE)).value
                for key, job in zip(batch.job_keys, batch.jobs, strict=True):
                    self._do(key, job)

    def _do(self, key: int, job: Job) -> None:
        engine = self.world.kit.engine
        life = self._life(job.process_instance_key)
        if life is None or engine.state.jobs.get(key) is None:
            return
        try:
            variables = answer(self.world, life, self.tasks.get(job.type), job)
        except Trouble as trouble:
            thrown = job._replace(error_code=trouble.code, variables=trouble.variables)
            engine.submit("JOB", "THROW_ERROR", thrown, key=key)
        else:
            engine.submit("JOB", "COMPLETE", job._replace(variables=variables), key=key)

    def _note(self, record: Record) -> None:
        if record.record_type is not RecordType.EVENT or record.intent != "CREATED":
            return
        if record.value_type in ("PROCESS_MESSAGE_SUBSCRIPTION", "USER_TASK", "INCIDENT"):
            self._heard.append((record.value_type, record))

    def _tell(self) -> None:
        heard, self._heard = self._heard, []
        for kind, record in heard:
            life = self._life(record.value.process_instance_key)
            if kind == "INCIDENT":
                self.incidents[f"{record.value.element_id}: {record.value.error_message}"] += 1
            elif life is not None and kind == "USER_TASK":
                self.people.work_on(life, record.key, record.value)
            elif life is not None:
                self.people.hear(life, record.value)

    def _life(self, instance: int) -> Life | None:
        """The order a process instance is about."""
        if instance not in self._instances:
            key = self.world.kit.engine.state.variables.document(instance).get("orderKey")
            if key not in self.world.lives:
                return None
            self._instances[instance] = self.world.lives[key]
        return self._instances[instance]


def play_part(files: Files, orders: Sequence[Sold], seed: int) -> tuple[list[Result], dict[str, int]]:
    """One engine with its orders; results, and incidents by text. Runs in a process of its own."""
    import workers.tasks  # noqa: F401 - fills the registry
    from workers.runtime.registry import registry

    kit = TestEngine(now=START)
    part = Part(World(kit, Chance(seed)), registry)
    part.play(files, orders)
    results = [_result(life) for life in part.world.lives.values()]
    kit.engine.close()
    return results, dict(part.incidents)


def _result(life: Life) -> Result:
    hours: float | None = None
    if life.assigned_at:
        hours = round((life.assigned_at - life.order.at) / timedelta(hours=1), 2)
    order = life.order
    return Result(order.number, order.country, life.ended or "OPEN", life.offers, hours, tuple(life.tasks))


def parts_of(orders: Sequence[Sold], parts: int) -> list[list[Sold]]:
    """Orders by district: teams of one never meet those of another, so each part can have an engine of its own."""
    shares: list[list[Sold]] = [[] for _ in range(parts)]
    for order in orders:
        shares[order.district % parts].append(order)
    return [share for share in shares if share]


def any_file(name: str, content: Any) -> tuple[str, bytes]:
    """A model file as it is handed to another process."""
    return name, bytes(content)
