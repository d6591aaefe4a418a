"""What the tests of scenarios share: the stage they are played on, and what they passed, also when two workers play them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workers.settings import MODELS
from workers.workshop.scenarios.files import ORDERS, read_repertoire, read_scenario
from workers.workshop.scenarios.parts import Parts
from workers.workshop.scenarios.play import Played, Repertoire
from workers.workshop.scenarios.run import run_one
from workers.workshop.scenarios.stage import Stage

HERE = Path(__file__).parent
FILES = [path for path in sorted(HERE.glob("*.yaml")) if path.name != ORDERS]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """One PostgreSQL and its surroundings for all scenarios of a test process."""
    with Stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def repertoire() -> Repertoire:
    """The models and base orders of this repository."""
    return read_repertoire(HERE, MODELS)


@pytest.fixture(scope="session")
def parts() -> Parts:
    """What is there, for marks that wait for it."""
    return Parts(MODELS)


@pytest.fixture(scope="session")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what each scenario passed; all processes of one test run share it."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "scenarios-passed"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def play(stage: Stage, repertoire: Repertoire, parts: Parts, passed: Path) -> Callable[[Path], Played]:
    """Plays a file and keeps what it passed. Jobs are done twice in the scenarios of the field; once in others, for time."""

    def played(path: Path) -> Played:
        found = run_one(stage, read_scenario(path), repertoire, parts, twice=path.name.startswith("S"))
        told = {"passed": {name: sorted(ids) for name, ids in found.passed.items()}, "rules": found.rules}
        unfinished = passed / f"{path.stem}.writing"
        unfinished.write_text(json.dumps(told))
        unfinished.rename(passed / f"{path.stem}.json")
        return found

    return played
