"""Scenarios of the other ways through the models, by part of the journey (`A01`, `E03` ...), played like those of the field."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.scenarios.conftest import FILES
from tests.scenarios.covered import held
from workers.workshop.scenarios.play import Played

WAYS = [path for path in FILES if not path.name.startswith("S")]


@pytest.mark.parametrize("path", WAYS, ids=lambda path: path.stem)
def test_a_way_is_as_written(path: Path, play: Callable[[Path], Played]) -> None:
    """Everything is as the file says, no invariant is broken, and no mark outlives the part it waits for."""
    played = play(path)

    assert played.problems == []
    assert played.broken == {}


def test_the_models_are_covered(passed: Path) -> None:
    """No model falls below its floor; whichever half of the scenarios ends last, looks."""
    assert held(passed) == []
