"""Runs scenarios one after the other; a marked one is not played, but fails once its parts are there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from workers.workshop.scenarios.files import read_repertoire, read_scenarios
from workers.workshop.scenarios.format import Scenario, WaitsFor
from workers.workshop.scenarios.parts import Parts
from workers.workshop.scenarios.play import Played, Repertoire, play
from workers.workshop.scenarios.stage import Stage

FOLDER = Path("tests/scenarios")


def run(stage: Stage, scenarios: Sequence[Scenario], repertoire: Repertoire, parts: Parts) -> Iterator[Played]:
    """Each scenario as it is done."""
    for scenario in scenarios:
        yield run_one(stage, scenario, repertoire, parts)


def run_one(stage: Stage, scenario: Scenario, repertoire: Repertoire, parts: Parts, *, twice: bool = True) -> Played:
    """Plays a scenario as far as its parts are there, and says what it waits for. A mark whose parts are there is a mistake."""
    waiting = [part for mark in scenario.marks for part in parts.missing(mark)]
    whole = scenario.waits_for is not None and bool(parts.missing(scenario.waits_for))
    played = Played(scenario) if whole else play(stage, repertoire, _ready(scenario, parts), twice=twice)
    played.waits_for = list(dict.fromkeys(waiting))
    played.problems += [text for mark in scenario.marks if (text := _outlived(mark, parts))]
    return played


def _ready(scenario: Scenario, parts: Parts) -> Scenario:
    """Without the steps and expectations whose parts are not there."""
    steps = [step for step in scenario.when if not (step.waits_for and parts.missing(step.waits_for))]
    later = [one for one in scenario.later if not parts.missing(one.waits_for)]
    return scenario.model_copy(update={"when": steps, "later": later})


def _outlived(mark: WaitsFor, parts: Parts) -> str:
    if not mark.named:
        return "Expected waits-for to name a part, but it names none"
    if parts.missing(mark):
        return ""
    named = ", ".join(f"{kind} {name}" for kind, name in mark.named)
    return f"Expected waits-for to go once its parts are there, but it still waits for {named}"


def chosen(models: Path, names: Sequence[str] = (), folder: Path | None = None) -> tuple[list[Scenario], Repertoire]:
    """The scenarios of a repository (or of another folder) and what they share."""
    place = folder or models / FOLDER
    return read_scenarios(place, names), read_repertoire(place, models)
