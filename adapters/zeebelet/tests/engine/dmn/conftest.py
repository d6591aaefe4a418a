"""What the tests of DMN share."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parents[2]
sys.path[:0] = [str(Path(__file__).parent), str(TESTS / "conformance"), str(TESTS / "oracle")]

from arbiter import Arbiter  # noqa: E402
from dmn_xml import Xml  # noqa: E402


@pytest.fixture
def xml() -> Xml:
    """The builder."""
    return Xml()


@pytest.fixture(scope="session")
def camunda() -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
    """Camunda's own DMN engine: questions to answers."""
    if Arbiter.missing():
        pytest.skip(Arbiter.missing())
    return lambda questions: Arbiter.found().ask("dmn", questions)


@pytest.fixture(scope="session")
def dmn_kit() -> Path:
    """The standard's kit, where it is: FSM_DMN_TCK, or a folder `shared/dmn-tck` beside the repository."""
    kit = Path(os.environ.get("FSM_DMN_TCK", Path(__file__).parents[6] / "shared" / "dmn-tck"))
    if not kit.is_dir():
        pytest.skip("Expected the folder TestCases of https://github.com/dmn-tck/tck: set FSM_DMN_TCK to it")
    return kit
