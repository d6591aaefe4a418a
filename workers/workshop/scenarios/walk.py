"""A walk: one order's life with everybody doing by chance what they may, what they may not, twice, late, and while workers die.

Everything done is kept as steps of a scenario, so that a walk that broke something is a file that breaks it again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from workers.workshop.scenarios import acts
from workers.workshop.scenarios.chances import ROUTINE, TROUBLE, Said
from workers.workshop.scenarios.format import Given, OrderGiven, Step
from workers.workshop.scenarios.forms import FormRefused
from workers.workshop.scenarios.invariants import broken
from workers.workshop.scenarios.listening import heard
from workers.workshop.scenarios.play import Repertoire, begin, opened
from workers.workshop.scenarios.scene import Scene, Stuck
from workers.workshop.scenarios.stage import Stage

STEPS = 70
USUAL = 0.85  # how much of what happens is as it should be
BASES = ("B", "B", "TV", "TV", "ES", "IT", "PL", "TEMPO")
STAMP = "%Y-%m-%d %H:%M:%S"
UNAVAILABLE = 503


@dataclass(slots=True)
class Walked:
    """What came of a walk. `problems` are answers with 5xx, workers that end differently the second time, incidents."""

    seed: int
    given: Said
    steps: list[Said] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    broken: Mapping[str, list[str]] = field(default_factory=dict)
    ended: Sequence[str] = ()
    seconds: float = 0.0

    @property
    def good(self) -> bool:
        """Nothing was found."""
        return not self.problems and not self.broken

    def document(self, name: str) -> Said:
        """The walk as a scenario file."""
        found = "; ".join([*self.broken, *self.problems])[:150]
        return {
            "scenario": name,
            "title": f"Walk {self.seed}: {found or 'holds'}",
            "given": self.given,
            "when": self.steps,
        }


def walk(stage: Stage, repertoire: Repertoire, seed: int, *, steps: int = STEPS) -> Walked:
    """Walks once. The same seed walks the same way through the same models."""
    started = time.monotonic()
    rng = Random(seed)  # noqa: S311 - chance, no secret
    base = rng.choice(BASES)
    number = "TS-55-20931" if base == "TEMPO" else "8841207"
    given = Given(order=OrderGiven(base=base, number=number))
    walked = Walked(seed, {"order": {"base": base, "number": number}})
    with heard() as logs, opened(stage, repertoire, given) as scene:
        walker = Walker(scene, rng, walked)
        try:
            begin(scene, given)
            walker.go(steps)
        except Stuck as stuck:
            walked.problems += [str(stuck)] if scene.watch.incidents else []
        except Exception as error:
            walked.problems.append(f"{type(error).__name__}: {error}")
        walked.broken = broken(scene, list(logs))
        walked.problems += walker.stuck()
        walked.ended = [str(row["state"]) for row in scene.rows("order_progress")]
    walked.seconds = time.monotonic() - started
    return walked


@dataclass(slots=True)
class Walker:
    """One walk while it goes on."""

    scene: Scene
    rng: Random
    walked: Walked
    rough: bool = False  # outside systems failed, or workers died: a job may have used up its tries

    def go(self, steps: int) -> None:
        """So many acts, with time between them."""
        for _ in range(steps):
            if not self.scene.watch.waiting():
                return
            said = self._chosen()
            if said is not None:
                self._do(said)
            self._wait()
        # What waits for another try now is no end: an address typed into a form is cleared when it was handed on.
        self._do({"time": "passes", "for": "PT1H"})

    def stuck(self) -> Iterator[str]:
        """Incidents nobody caused."""
        if not self.rough:
            yield from (f"incident at {element}: {text}" for element, text in self.scene.watch.incidents.values())

    def _chosen(self) -> Said | None:
        first, then = (ROUTINE, TROUBLE) if self.rng.random() < USUAL else (TROUBLE, ROUTINE)
        chances = [*self.rng.sample(first, len(first)), *self.rng.sample(then, len(then))]
        return next((said for chance in chances if (said := chance(self.scene, self.rng)) is not None), None)

    def _do(self, said: Said) -> None:
        scene = self.scene
        at = scene.sale().country.local(scene.now)
        step = Step.model_validate(said)
        act = acts.act_of(step)
        found = act.find(scene, step)
        if found is None:  # a task of the rework, not of this order
            return
        self.walked.steps.append({"at": f"{at:{STAMP}}", **said})
        scene.tell(*(str(word) for word in step.act))
        self.rough = self.rough or step.act[0] in ("worker", "fault")
        scene.last_status = 0
        try:
            act.do(scene, step, found)
        except FormRefused:
            self.walked.steps.pop()
        except AssertionError:
            if not self._refused():
                raise
            # A refusal is an answer: the step is one that expects it.
            self.walked.steps[-1]["answer"] = scene.last_status
        scene.settle()

    def _refused(self) -> bool:
        """Whether the last call was answered with a no, or with an outage there is."""
        return 400 <= self.scene.last_status < 500 or (self.scene.last_status == UNAVAILABLE and self.rough)

    def _wait(self) -> None:
        """Until something is due, for a while, or with a jump of the clock."""
        scene, way = self.scene, self.rng.random()
        if way < 0.35:
            return
        due = scene.next_due()
        if way < 0.8 and due is not None:
            scene.until(due)
        elif way < 0.95:
            scene.until(scene.now + timedelta(minutes=self.rng.choice([1, 20, 60, 240, 1440])))
        else:
            target = scene.now + timedelta(hours=self.rng.choice([1, 7, 26]))
            self.walked.steps.append({"clock": "jumps", "until": f"{scene.sale().country.local(target):{STAMP}}"})
            scene.jump(target.replace(microsecond=0))
