"""`fsm simulate`: many orders on the real models, compared by version."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from workers.settings import MODELS
from workers.workshop.changes.versions import files_of
from workers.workshop.simulation.figures import Figures, figures_of
from workers.workshop.simulation.mix import USUAL, UnknownMixError, read_mix, sold
from workers.workshop.simulation.page import write_page
from workers.workshop.simulation.run import START, Result, parts_of, play_part

COUNT = 24


def played(replaced: tuple[str, str, str] | None = None, seed: int = 3) -> tuple[list[Result], dict[str, int]]:
    """A few French orders, with one replacement in one file."""
    files = files_of(MODELS)
    if replaced:
        file, old, new = replaced
        files = {**files, file: files[file].replace(old.encode(), new.encode())}
    orders = list(sold(read_mix("FR=100,tv=0,invalid=0"), COUNT, start=START, per_day=25, seed=seed))
    return play_part([(PurePath(name).name, content) for name, content in files.items()], orders, seed)


@pytest.fixture(scope="module")
def usual() -> tuple[list[Result], dict[str, int]]:
    return played()


def test_orders_end_without_incident(usual: tuple[list[Result], dict[str, int]]) -> None:
    """The models of the workers answer every job the journey asks: nothing gets stuck, and orders are closed."""
    results, incidents = usual
    figures = figures_of(results, incidents)

    assert incidents == {}
    assert figures.orders == COUNT
    assert figures.closed > 0.8
    assert figures.offers_per_order >= 1


def test_the_same_seed_gives_the_same_lives(usual: tuple[list[Result], dict[str, int]]) -> None:
    """What differs between two versions comes from the versions."""
    assert played() == usual


def test_a_shorter_time_to_answer_asks_more_providers(usual: tuple[list[Result], dict[str, int]]) -> None:
    """The decision table decides: offers that end after an hour go to more providers than those that last a day."""
    results, _ = played(("dmn/assignment-mode.dmn", '"PT24H"', '"PT1H"'))

    assert sum(r.offers for r in results) > sum(r.offers for r in usual[0])


def test_parts_share_no_teams() -> None:
    """Orders of one district are in one part."""
    orders = list(sold(USUAL, 200, start=START, per_day=25, seed=1))
    parts = parts_of(orders, 4)

    assert sum(map(len, parts)) == 200
    assert all(len({order.district for order in part}) == 1 for part in parts)


def test_a_wrong_mix_is_told() -> None:
    """A share of something unknown is a mistake with the known names."""
    with pytest.raises(UnknownMixError, match="names of ES, FR"):
        read_mix("FR=50,XX=50")


def test_the_page_compares_two_versions(tmp_path: Path, usual: tuple[list[Result], dict[str, int]]) -> None:
    """One file with both versions in table and plots."""
    results, incidents = usual
    figures: Figures = figures_of(results, incidents)
    page = write_page(tmp_path / "x.html", {"these": (figures, results), "those": (figures, results)}).read_text()

    assert page.count("<polyline") == 2
    assert "hours to assignment" in page
