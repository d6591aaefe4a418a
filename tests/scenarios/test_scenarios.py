"""The scenarios of the field (`S01` to `S54`), played on the engine with the moved clock and the real workers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.conftest import FILES, HERE
from tests.scenarios.covered import held
from workers.workshop.scenarios.files import read_scenario
from workers.workshop.scenarios.play import Played
from workers.workshop.scenarios.schema import schema

FIELD = [path for path in FILES if path.name.startswith("S")]


@pytest.mark.parametrize("path", FIELD, ids=lambda path: path.stem)
def test_a_scenario_is_as_written(path: Path, play: Callable[[Path], Played]) -> None:
    """Everything is as the file says, no invariant is broken, and no mark outlives the part it waits for."""
    played = play(path)

    assert played.problems == []
    assert played.broken == {}


def test_the_models_are_covered(passed: Path) -> None:
    """No model falls below its floor; whichever half of the scenarios ends last, looks."""
    assert held(passed) == []


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
