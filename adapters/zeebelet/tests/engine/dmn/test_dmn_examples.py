"""Examples kept beside the tables: how they are compared."""

from __future__ import annotations

from typing import Any

import pytest

from zeebelet.dmn.examples import same


@pytest.mark.parametrize(
    ("expected", "actual", "equal"),
    [
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (None, False, False),
        ([1, "a"], [1.0, "a"], True),
        ([1], [1, 2], False),
        ({"a": 1, "b": None}, {"b": None, "a": 1}, True),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": {"b": 1}}, {"a": {"b": True}}, False),
    ],
)
def test_values_are_compared_as_json(expected: Any, actual: Any, equal: bool) -> None:
    """Whole and other numbers are one, a number is no boolean, and an object has exactly the expected entries."""
    assert same(expected, actual) is equal
