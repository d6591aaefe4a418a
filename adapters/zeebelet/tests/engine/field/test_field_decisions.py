"""Decision tables: cells that name their input, nulls, types, several hits."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

import pytest
from engine_harness import Harness

from zeebelet import records as r

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="drg" name="drg" namespace="n">'


def entry(kind: str, text: str, id_: str) -> str:
    """A cell."""
    return f'<{kind} id="{id_}"><text>{escape(text)}</text></{kind}>'


def table(
    rules: list[tuple[str, str]], *, column: str = "x", type_: str = "", policy: str = "UNIQUE", **more: str
) -> str:
    """A decision `d` with one input and one output column."""
    typed = f' typeRef="{type_}"' if type_ else ""
    rows = "".join(
        f'<rule id="r{number}">{entry("inputEntry", cell, f"i{number}")}{entry("outputEntry", result, f"o{number}")}</rule>'
        for number, (cell, result) in enumerate(rules)
    )
    expression = f'<inputExpression id="ie"{typed}><text>{escape(column)}</text></inputExpression>'
    head = f'<decisionTable id="t" hitPolicy="{policy}"><input id="in">{expression}</input><output id="out" name="o"/>'
    return f'<decision id="d" name="d">{more.get("required", "")}{head}{rows}</decisionTable></decision>'


def decide(h: Harness, decisions: str, variables: dict[str, Any]) -> Any:
    """What decision `d` gives."""
    h.deploy((HEAD + decisions + "</definitions>").encode(), names=["d.dmn"])
    answer = h.do("DECISION_EVALUATION", "EVALUATE", r.DecisionEvaluation("d", variables=variables))
    return answer.value.decision_output


@pytest.mark.parametrize(
    ("cell", "x", "result"),
    [
        ("cellInput = 1", 1, "A"),
        ("cellInput = 1", 2, None),
        ("cellInput > 0 and cellInput < 5", 1, "A"),
        ("cellInput > 0 and cellInput < 5", 7, None),
        ('starts with(cellInput, "ab")', "abc", "A"),
        ('starts with(cellInput, "ab")', "b", None),
        ("cellInput in [1..3]", 2, "A"),
        ("not(cellInput = 1)", 2, "A"),
        ("even(cellInput)", 4, "A"),
        ("cellInput * 2 = 8", 4, "A"),
        ("? > 1 and ? < 5", 3, "A"),
        ("? > 1 and cellInput < 5", 3, "A"),
    ],
)
def test_a_cell_may_name_its_input(h: Harness, cell: str, x: Any, result: Any) -> None:
    """`cellInput`, as tables that came from Camunda 7 do, or `?`."""
    assert decide(h, table([(cell, '"A"')]), {"x": x}) == result


THREE = [(">=1", '"ge"'), ("<1", '"lt"'), ("null", '"null"')]
RANGES = [("[1..5)", '"a"'), ("]5..8[", '"b"'), (">= 20, < -5", '"d"'), ("not([100..200])", '"e"')]
DATES = [('< date("2027-01-01")', '"before"'), ("-", '"else"')]
WORDS = [('"a","b"', '"ab"'), ('not("a","b","c")', '"other"'), ('contains(?, "c")', '"c"')]


@pytest.mark.parametrize(
    ("decision", "variables", "result"),
    [
        (table(THREE), {"x": None}, "null"),
        (table(THREE), {}, "null"),
        (table(THREE), {"x": 1}, "ge"),
        (table(THREE, type_="number"), {"x": "5"}, None),
        (table(DATES, column="date(x)", policy="FIRST"), {"x": "2026-06-01"}, "before"),
        (table(DATES, column="date(x)", policy="FIRST"), {"x": "2028-06-01"}, "else"),
        (table(DATES, column="date(x)", policy="FIRST"), {"x": None}, "else"),
        (table(RANGES, policy="FIRST"), {"x": 5}, "e"),
        (table(RANGES, policy="FIRST"), {"x": 1}, "a"),
        (table(RANGES, policy="FIRST"), {"x": 6}, "b"),
        (table(RANGES, policy="FIRST"), {"x": -9}, "d"),
        (table(WORDS, policy="FIRST"), {"x": "z"}, "other"),
        (table(WORDS, policy="FIRST"), {"x": "a"}, "ab"),
        (table(WORDS, policy="FIRST"), {"x": "c"}, "c"),
    ],
)
def test_tables_in_general(h: Harness, decision: str, variables: dict[str, Any], result: Any) -> None:
    """Null compares with nothing; a range may be open; a negation negates all."""
    assert decide(h, decision, variables) == result


def test_a_required_decision_hides_a_variable_of_its_name(h: Harness) -> None:
    """Its result is what the table sees."""
    base = (
        '<decision id="base" name="base"><variable id="bv" name="base"/><literalExpression id="l"><text>x * 10</text>'
        "</literalExpression></decision>"
    )
    required = '<informationRequirement id="q"><requiredDecision href="#base"/></informationRequirement>'
    rules = [("> 5", '"big"'), ("-", '"small"')]
    assert decide(h, base + table(rules, column="base", policy="FIRST", required=required), {"x": 1, "base": 1}) in (
        "big",
        "small",
    )


@pytest.mark.parametrize(
    ("policy", "outputs", "result"),
    [
        ("COLLECT", ['"a"', "null", '"b"'], ["a", None, "b"]),
        ("RULE ORDER", ['"b"', '"a"'], ["b", "a"]),
        ("COLLECT", ["1"], [1]),
        ("COLLECT", [], None),
        ("RULE ORDER", ["null", "null"], [None, None]),
    ],
)
def test_several_hits(h: Harness, policy: str, outputs: list[str], result: Any) -> None:
    """All results, in the order of the rules, nulls too."""
    rules = [("-", output) for output in outputs] or [("1", '"never"')]
    assert decide(h, table(rules, policy=policy), {"x": 2}) == result
