"""Fixtures of the core engine's tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent / "support"))

from engine_harness import Harness


@pytest.fixture
def h() -> Harness:
    """A fresh engine in memory."""
    return Harness()
