"""A copy of the models broken in more than 60 ways: each is found, at its place, and nothing else is said of it."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest

from workers.workshop.check import Finding, check

ROOT = Path(__file__).parents[2]
_spec = importlib.util.spec_from_file_location("check_slips", Path(__file__).with_name("slips.py"))
assert _spec is not None
assert _spec.loader is not None
slips: Any = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = slips
_spec.loader.exec_module(slips)


@pytest.fixture(scope="module")
def clean() -> set[tuple[str, ...]]:
    """What the gate says of the models as they are."""
    return {_key(f, ROOT) for f in check(ROOT).findings}


@pytest.fixture(scope="module")
def seconds() -> Iterator[list[float]]:
    """How long each report took in the processor's time; the median is printed at the end and held to two seconds."""
    taken: list[float] = []
    yield taken
    if taken:
        print(f"\n{len(taken)} slips, median {median(taken):.2f} s each")
        assert median(taken) < 2


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A copy of everything an analyst edits."""
    for name in ("bpmn", "dmn", "forms"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def _key(finding: Finding, folder: Path) -> tuple[str, ...]:
    return (str(finding.file.relative_to(folder)), finding.element, finding.rule, finding.what)


@pytest.mark.parametrize("slip", slips.ALL, ids=lambda s: s.name)
def test_a_slip_is_found(slip: Any, models: Path, clean: set[tuple[str, ...]], seconds: list[float]) -> None:
    """The report says something new, and points to where the slip was made."""
    slip.make(models)
    begun = process_time()
    report = check(models)
    seconds.append(process_time() - begun)
    new = [f for f in report.findings if _key(f, models) not in clean]
    assert any(slip.where in f"{f.file.name} {f.element} {f.what} {f.fix}" for f in new), [str(f.plain()) for f in new]


def test_there_are_sixty() -> None:
    """The five slips that were reported are among them."""
    assert len(slips.ALL) >= 60
    assert set(slips.REPORTED) < set(slips.ALL)


def test_a_copy_has_the_same_findings_as_the_repository(models: Path, clean: set[tuple[str, ...]]) -> None:
    """No false alarm comes from where the files lie."""
    assert {_key(f, models) for f in check(models).findings} <= clean
