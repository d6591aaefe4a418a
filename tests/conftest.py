"""What concerns all tests."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole stacks first: one file of them takes minutes, and begun last it would keep one core busy and the other idle.

    Needs `--no-loadscope-reorder`, for xdist would begin with the files that have the most tests.
    """
    items.sort(key=lambda item: item.get_closest_marker("stack") is None)
