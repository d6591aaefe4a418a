"""Situations that users of Camunda 8 reported, one file per kind, as tables: the right answer is 8.9's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "core" / "support"))

from engine_harness import Harness


@pytest.fixture
def h() -> Harness:
    """A fresh engine in memory."""
    return Harness()
