"""The pytest plugin: `fsm_engine`, and coverage of processes over the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

COVERAGE: pytest.StashKey[Any] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--process-coverage DIR`."""
    group = parser.getgroup("process engine")
    group.addoption(
        "--process-coverage",
        metavar="DIR",
        help="Write which elements and flows of deployed processes the tests passed: DIR/index.html and coverage.json.",
    )


@pytest.fixture
def fsm_engine(request: pytest.FixtureRequest) -> Iterator[Any]:
    """An engine of its own for the test: in process, started in milliseconds, its clock pinned to Mon 2027-01-11 09:00 UTC."""
    from zeebelet.testing.kit import TestEngine

    engine = TestEngine()
    yield engine
    collect(request.config, engine)
    engine.engine.close()


def collect(config: pytest.Config, engine: Any) -> None:
    """Adds an engine to the run's coverage; for suites with a fixture of their own."""
    if config.getoption("--process-coverage"):
        from zeebelet.testing.coverage import Coverage

        config.stash.setdefault(COVERAGE, Coverage()).add(engine)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Writes the report and says where it is."""
    coverage = config.stash.get(COVERAGE, None)
    if coverage is None:
        return
    page = coverage.write(Path(config.getoption("--process-coverage")))
    terminalreporter.section("process coverage")
    for name, figures in coverage.document().items():
        terminalreporter.write_line(f"{name}: elements {figures['elements']:.0%}, flows {figures['flows']:.0%}")
    terminalreporter.write_line(f"written to {page}")
