"""FEEL as the vendor's engine evaluates it, where people were surprised."""

from __future__ import annotations

from typing import Any

import pytest
from engine_harness import Harness
from engine_models import end, extensions, model, start, tag


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("string(1/3)", "0.3333333333333333333333333333333333"),
        ("string(2/3)", "0.6666666666666666666666666666666667"),
        ('string(date("2027-03-31") - duration("P1M"))', "2027-02-28"),
        ('string(date("2024-02-29") - duration("P1Y"))', "2023-02-28"),
        ('string(date("2024-02-29") + duration("P4Y"))', "2028-02-29"),
        ("modulo(12, -5)", -3),
        ("modulo(-12, 5)", 3),
        ('string length("\U0001f40e")', 2),
        ('string(duration("PT0S"))', "P0D"),
        ('string(duration("PT24H"))', "P1D"),
        ("count(null)", None),
        ("context merge([{a:1},{a:2,b:3}])", {"a": 2, "b": 3}),
        ("[1,2,3][-1]", 3),
        ("[1,2,3][4]", None),
        ('if null then "a" else "b"', "b"),
        ("1 = null", False),
        ("null = null", True),
        ('"a" + null', None),
        ('contains("abc", "b")', True),
        ("sum([])", None),
        ('split("a;b", ";")', ["a", "b"]),
        ("some x in [1,2] satisfies x > 1", True),
        ("every x in [] satisfies false", True),
        ("decimal(2.5, 0)", 2),
        ("floor(-1.5)", -2),
        ("{a: 1}.b", None),
        ("[{a:1},{a:2}].a", [1, 2]),
        ("3 in [1..3)", False),
    ],
)
def test_feel_in_general(h: Harness, expression: str, result: Any) -> None:
    """Division has 34 digits, months end where they end, texts are counted in UTF-16, null is an answer."""
    task = tag("scriptTask", extensions(tag("zeebe:script", expression=f"={expression}", resultVariable="r")), id="a")
    key = h.run(model(start() + task + end(), "s a e"))
    assert h.incidents() == []
    assert h.variables(key) == {"r": result}
