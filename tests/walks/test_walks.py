"""Lives of orders walked by chance, with real workers: whatever happens in whatever order, the invariants of the field hold.

A few seeds run here; `python tests/walks/search.py --runs 2000` looks further.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.search import keep
from workers.settings import MODELS
from workers.workshop.scenarios.files import read_repertoire, read_scenario
from workers.workshop.scenarios.play import Repertoire, play
from workers.workshop.scenarios.run import FOLDER
from workers.workshop.scenarios.stage import Stage
from workers.workshop.scenarios.walk import walk

SEEDS = range(1, 6)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as stage:
        yield stage


@pytest.fixture(scope="module")
def repertoire() -> Repertoire:
    return read_repertoire(MODELS / FOLDER, MODELS)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_invariants_hold_whatever_happens(seed: int, stage: Stage, repertoire: Repertoire) -> None:
    """Late, doubled, out of turn, at one moment, after a jump of the clock, while workers die: nothing is broken."""
    walked = walk(stage, repertoire, seed)

    assert walked.problems == []
    assert walked.broken == {}
    assert len(walked.steps) > 5


def test_a_walk_is_a_scenario_that_walks_again(stage: Stage, repertoire: Repertoire, tmp_path: Path) -> None:
    """What a search keeps is a file that plays the same life: the same steps are possible, the same orders end alike."""
    walked = walk(stage, repertoire, 3, steps=20)
    played = play(stage, repertoire, read_scenario(keep(walked, tmp_path)))

    assert [text for text in played.problems if "incidents" not in text] == []
    assert played.broken == walked.broken
