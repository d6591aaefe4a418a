"""Situations that users of Camunda 8 reported, one file per kind, as tables: the right answer is 8.9's."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "support"))
sys.path.insert(0, str(Path(__file__).parent))

from engine_harness import Harness
from served import Served

from zeebelet.server import EngineThread


@pytest.fixture
def h() -> Harness:
    """A fresh engine in memory."""
    return Harness()


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """An engine that serves both protocols, for all tests of a module."""
    with EngineThread() as engine:
        client = Served(engine.addresses)
        yield client
        client.close()
