"""Plays one scenario from its first line to its last and says what is not as expected."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from workers.domain.tenancy import Country
from workers.workshop.scenarios import usual
from workers.workshop.scenarios.acts import Act, act_of
from workers.workshop.scenarios.bus import Bus, Records
from workers.workshop.scenarios.engine import (
    EngineDecisions,
    EngineProcesses,
    EngineTaskList,
    EngineTaskLog,
    EngineTime,
)
from workers.workshop.scenarios.expect import differences
from workers.workshop.scenarios.finding import always, last_visit
from workers.workshop.scenarios.format import Expected, Given, Scenario, Step
from workers.workshop.scenarios.hands import Hands
from workers.workshop.scenarios.invariants import broken
from workers.workshop.scenarios.listening import heard
from workers.workshop.scenarios.moments import duration, local, moment
from workers.workshop.scenarios.reference import change
from workers.workshop.scenarios.sales import BaseOrder, sale_of
from workers.workshop.scenarios.scene import Scene
from workers.workshop.scenarios.stage import Stage
from workers.workshop.scenarios.story import Line, timeline_of
from workers.workshop.scenarios.watch import Watch
from zeebelet.testing import TestEngine

USUAL = Act(always, usual.does_the_usual)


@dataclass(slots=True)
class Played:
    """What came of a scenario. `problems` are differences, `broken` invariants by name."""

    scenario: Scenario
    problems: list[str] = field(default_factory=list)
    broken: Mapping[str, list[str]] = field(default_factory=dict)
    timeline: Sequence[Line] = field(default=(), repr=False)
    passed: Mapping[str, frozenset[str]] = field(default_factory=dict, repr=False)
    path: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    rules: Mapping[str, Mapping[str, int]] = field(default_factory=dict, repr=False)
    country: Country | None = None
    seconds: float = 0.0
    waits_for: Sequence[str] = ()

    @property
    def good(self) -> bool:
        """Everything as expected, no invariant broken; or it waits for a part that is not there."""
        return not self.problems and not self.broken

    @property
    def word(self) -> str:
        """`ok`, `failed` or `waits`."""
        return "failed" if not self.good else "waits" if self.waits_for else "ok"


@dataclass(frozen=True)
class Repertoire:
    """What all scenarios share: models and base orders."""

    models: Sequence[Path]
    bases: Mapping[str, BaseOrder]


def play(stage: Stage, repertoire: Repertoire, scenario: Scenario, *, twice: bool = True) -> Played:
    """One scenario, from an empty database to its invariants. Never raises for what the product does.

    `twice`: every job is done a second time, as after a lost answer.
    """
    started = time.monotonic()
    played = Played(scenario)
    with heard() as logs, opened(stage, repertoire, scenario.given, twice=twice) as scene:
        try:
            begin(scene, scenario.given)
            for number, step in enumerate(scenario.when, 1):
                played.problems += [f"step {number}: {text}" for text in _do(scene, step)]
            scene.settle()
            for then in (_with_default(scenario.then), *(later.then for later in scenario.later)):
                played.problems += differences(scene, then)
        except (AssertionError, ValueError) as error:
            waits = ", ".join(sorted(scene.watch.waiting())) or "nowhere"
            at = f"{scene.sale().country.local(scene.now):%a %Y-%m-%d %H:%M}"
            played.problems.append(
                f"{error} [{at}, waiting at {waits}; incidents {list(scene.watch.incidents.values())}]"
            )
        played.broken = broken(scene, list(logs))
        _remember(played, scene)
    played.seconds = time.monotonic() - started
    return played


def _remember(played: Played, scene: Scene) -> None:
    """What reports need once the scene is gone."""
    played.timeline, played.country = timeline_of(scene), scene.sale().country
    played.passed = {name: frozenset(ids) for name, ids in scene.watch.taken.items()}
    played.path = {name: scene.watch.path(name) for name in scene.watch.taken}
    played.rules = {name: dict(count) for name, count in scene.watch.rules.items()}


def _with_default(then: Expected) -> Expected:
    """Nobody has to say that there is no incident."""
    return then if "incidents" in then.model_fields_set else then.model_copy(update={"incidents": []}, deep=False)


@contextmanager
def opened(stage: Stage, repertoire: Repertoire, given: Given, *, twice: bool = True) -> Iterator[Scene]:
    """A scene with its engine, clock and outside world as `given` says; nothing has happened in it yet."""
    sales = [sale_of(order, repertoire.bases) for order in (given.order, *given.more_orders)]
    now = local(given.now, sales[0].country) if given.now else sales[0].created
    kit = TestEngine(now=now)
    kit.deploy(*repertoire.models)
    clock = EngineTime(kit)
    bus, watch = Bus(clock.now), Watch(kit)
    people = {"people": EngineTaskLog(watch.done_by), "tasks": EngineTaskList(kit)}
    with stage.set(clock, EngineProcesses(kit), bus, **people, decisions=EngineDecisions(kit)) as outside:
        for sale in sales:
            change(outside.url, sale.reference, sale)
        change(outside.url, given.reference, sales[0])
        hands = Hands(kit, outside.platform, twice=twice)
        scene = Scene(outside, sales, kit, watch, hands, bus, Records(clock.now), repertoire.models)
        try:
            yield scene
        finally:
            hands.close()
            kit.engine.close()


def begin(scene: Scene, given: Given) -> None:
    """Faults are planned, and the orders are sent that no step sends."""
    for fault in given.faults:
        act_of(Step(fault=fault)).do(scene, Step(fault=fault), None)
    for sale, order in zip(scene.sales, (given.order, *given.more_orders), strict=True):
        if order.sent:
            scene.tell("sales", f"sends {sale.order_key}")
            step = Step.model_validate({"sales": "sends", "order": sale.number})
            act_of(step).do(scene, step, True)


def _do(scene: Scene, step: Step) -> Iterable[str]:
    """One step at its time; the differences of a `check`."""
    if step.check is not None:
        _wait_for_time(scene, step)
        return differences(scene, step.check, order=step.order)
    act = USUAL if step.everybody else act_of(step)
    who, what = step.act
    found = _found(scene, step, act, f"{who}: {what}")
    scene.tell(who, f"{what} {step.task or step.name or ''}".strip())
    act.do(scene, step, found)
    return []


def _found(scene: Scene, step: Step, act: Act, what: str) -> Any:
    """What the act is about, once its time has come."""
    if step.at:
        _wait_for_time(scene, step)
        return _insist(scene, step, act, what)
    within = duration(step.within)
    found = scene.wait(lambda: act.find(scene, step), within, f"{what} {step.task}".strip())
    wished = act.moment(found) if act.moment and not step.after else scene.now + _pause(step, act)
    if wished <= scene.now:
        return found
    scene.until(wished)
    return _insist(scene, step, act, what)


def _pause(step: Step, act: Act) -> timedelta:
    return duration(step.after) if step.after else act.pause


def _insist(scene: Scene, step: Step, act: Act, what: str) -> Any:
    found = act.find(scene, step)
    if found is None:
        raise AssertionError(f"Expected {what} {step.task} to be possible now, but it is not")
    return found


def _wait_for_time(scene: Scene, step: Step) -> None:
    """To the step's moment; an anchor that has not happened yet is waited for."""
    scene.settle()
    if step.at:
        country, anchors = scene.sale(step.order).country, anchors_of(scene, step)
        at = scene.wait(lambda: moment(step.at, country, anchors), duration(step.within), f"the moment {step.at!r}")
        scene.until(at)
    elif step.after:
        scene.until(scene.now + duration(step.after))


def anchors_of(scene: Scene, step: Step) -> dict[str, Any]:
    """Moments of the order that a time may start from."""

    def newest(table: str, column: str) -> datetime | None:
        rows = scene.of_order(table, scene.sale(step.order), order_by=column)
        return rows[-1][column] if rows else None

    def visit(column: str) -> datetime | None:
        row = last_visit(scene, step)
        return row[column] if row else None

    return {
        "now": lambda: scene.now,
        "order sold": lambda: scene.sale(step.order).created,
        "offer sent": lambda: newest("offers", "sent_at"),
        "agreement sent": lambda: newest("agreements", "sent_at"),
        "visit start": lambda: visit("planned_start"),
        "visit end": lambda: visit("planned_end"),
        "task opened": lambda: max((task.since for task in scene.watch.tasks.values()), default=None),
    }
