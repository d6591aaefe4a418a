"""The scenarios of the field (`*.yaml`), played on the engine with the moved clock and the real workers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from workers.settings import MODELS
from workers.workshop.scenarios.files import ORDERS, read_repertoire, read_scenario
from workers.workshop.scenarios.parts import Parts
from workers.workshop.scenarios.play import Repertoire
from workers.workshop.scenarios.run import run_one
from workers.workshop.scenarios.schema import schema
from workers.workshop.scenarios.stage import Stage

HERE = Path(__file__).parent
FILES = [path for path in sorted(HERE.glob("*.yaml")) if path.name != ORDERS]


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture(scope="session")
def repertoire() -> Repertoire:
    return read_repertoire(HERE, MODELS)


@pytest.fixture(scope="session")
def parts() -> Parts:
    return Parts(MODELS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_is_as_written(path: Path, stage: Stage, repertoire: Repertoire, parts: Parts) -> None:
    """Everything is as the file says, no invariant is broken, and no mark outlives the part it waits for."""
    played = run_one(stage, read_scenario(path), repertoire, parts)

    assert played.problems == []
    assert played.broken == {}


def test_the_editors_schema_is_current() -> None:
    """`schema.json` is what the format says now: `python -m workers.workshop.scenarios.schema` writes it."""
    assert json.loads((HERE / "schema.json").read_text()) == schema()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_has_the_name_of_its_scenario(path: Path) -> None:
    """`S12` lives in `S12-...yaml`, and the first line names the schema, so that editors help."""
    found = re.fullmatch(r"([A-Z]+)(\d+)", read_scenario(path).scenario)

    assert found, "a scenario is named by letters and a number"
    assert path.name.startswith(f"{found[1]}{int(found[2]):02d}-")
    assert path.read_text().startswith("# yaml-language-server: $schema=schema.json\n")


def test_every_scenario_of_the_field_has_a_file() -> None:
    """S1 to S54, and no name twice."""
    names = [read_scenario(path).scenario for path in FILES]

    assert {f"S{n}" for n in range(1, 55)} <= set(names)
    assert len(set(names)) == len(names)
