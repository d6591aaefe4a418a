"""Decision tables: what each hit policy makes of the rules that match."""

from __future__ import annotations

from typing import Any

import pytest
from dmn_xml import Xml
from hypothesis import given, settings
from hypothesis import strategies as st

from zeebelet import dmn

NUMBERS = [(["> 1"], ["10"]), (["> 2"], ["30"]), (["> 3"], ["20"])]
RANKED = ['<output name="o"><outputValues><text>"high", "low"</text></outputValues></output>']
GRADES = [(["-"], ['"low"']), (["> 1"], ['"high"']), (["-"], ['"other"'])]


@pytest.mark.parametrize(
    ("policy", "aggregation", "rules", "outputs", "expected"),
    [
        ("UNIQUE", "", [(["3"], ["1"]), (["4"], ["2"])], None, 2),
        ("FIRST", "", NUMBERS, None, 10),
        ("ANY", "", [(["> 1"], ["1"]), (["> 2"], ["1.0"])], None, 1),
        ("RULE ORDER", "", NUMBERS, None, [10, 30, 20]),
        ("COLLECT", "", NUMBERS, None, [10, 30, 20]),
        ("COLLECT", "SUM", NUMBERS, None, 60),
        ("COLLECT", "MIN", NUMBERS, None, 10),
        ("COLLECT", "MAX", NUMBERS, None, 30),
        ("COLLECT", "COUNT", NUMBERS, None, 3),
        ("PRIORITY", "", GRADES, RANKED, "high"),
        ("OUTPUT ORDER", "", GRADES, RANKED, ["high", "low", "other"]),
    ],
)
def test_a_hit_policy_combines_the_matching_rules(
    xml: Any, policy: str, aggregation: str, rules: Any, outputs: Any, expected: Any
) -> None:
    """Every hit policy of the standard gives the result it is defined to give."""
    columns = outputs or ['<output name="o"/>']
    table = xml.table(rules, outputs=columns, policy=policy, aggregation=aggregation)
    assert dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": 4}).output == expected


@pytest.mark.parametrize("dialect", ["camunda", "dmn"])
def test_several_outputs_give_a_context(xml: Any, dialect: str) -> None:
    """A rule with several outputs gives a context by output name, one with a single output its value."""
    outputs = ['<output name="o"/>', '<output name="p"/>']
    table = xml.table([(["> 1"], ["1", '"x"'])], outputs=outputs, policy="RULE ORDER")
    graph = dmn.parse(xml.model(xml.data("a"), xml.decision("D", table, "input:a")), dialect=dialect)
    assert graph.evaluate("D", {"a": 4}).output == [{"o": 1, "p": "x"}]


@pytest.mark.parametrize(
    ("policy", "aggregation", "camunda", "standard"),
    [
        ("UNIQUE", "", None, None),
        ("FIRST", "", None, None),
        ("COLLECT", "", None, []),
        ("RULE ORDER", "", None, []),
        ("OUTPUT ORDER", "", None, []),
        ("COLLECT", "SUM", None, None),
        ("COLLECT", "COUNT", None, 0),
    ],
)
def test_no_match(xml: Any, policy: str, aggregation: str, camunda: Any, standard: Any) -> None:
    """Without a match Camunda gives null whatever the policy; the standard gives an empty list where a list is due."""
    table = xml.table([(["> 9"], ["1"])], policy=policy, aggregation=aggregation)
    content = xml.model(xml.data("a"), xml.decision("D", table, "input:a"))
    answers = {name: dmn.parse(content, dialect=name).evaluate("D", {"a": 4}).output for name in ("camunda", "dmn")}
    assert answers == {"camunda": camunda, "dmn": standard}


@pytest.mark.parametrize(("defaults", "expected"), [(("7", ""), 7), (("7", "8"), {"o": 7, "p": 8}), (("", ""), None)])
def test_default_outputs(xml: Any, defaults: tuple[str, str], expected: Any) -> None:
    """Without a match the declared default outputs are the result: one alone as its value, several as a context."""
    outputs = [
        f'<output name="{name}">{xml.text(text, "defaultOutputEntry") if text else ""}</output>'
        for name, text in zip("op", defaults, strict=True)
    ]
    table = xml.table([(["> 9"], ["1", "2"])], outputs=outputs)
    assert dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": 4}).output == expected


@pytest.mark.parametrize(
    ("policy", "aggregation", "rules", "reason"),
    [
        (
            "UNIQUE",
            "",
            [(["> 1"], ['"x"']), (["> 2"], ["1.50"])],
            "multiple values aren't allowed for UNIQUE hit policy. found: 'List(Map(o -> \"x\"), Map(o -> 1.50))'",
        ),
        (
            "ANY",
            "",
            [(["> 1"], ['"x"']), (["> 2"], ["true"])],
            "different values aren't allowed for ANY hit policy. found: 'List(Map(o -> \"x\"), Map(o -> true))'",
        ),
        ("COLLECT", "SUM", [(["> 1"], ["1"]), (["> 2"], ['"x"'])], "expected number but found '\"x\"'"),
    ],
)
def test_a_violated_policy_is_a_failure_in_camundas_words(
    xml: Any, policy: str, aggregation: str, rules: Any, reason: str
) -> None:
    """A table that breaks its policy fails, names the decision, and says what it found; the standard gives null."""
    content = xml.model(
        xml.data("a"), xml.decision("D", xml.table(rules, policy=policy, aggregation=aggregation), "input:a")
    )
    answer = dmn.parse(content).evaluate("D", {"a": 4})
    assert (answer.failure, answer.failed_decision_id) == (reason, "D")
    assert answer.message == f"Expected to evaluate decision 'D', but {reason}"
    standard = dmn.parse(content, dialect="dmn").evaluate("D", {"a": 4})
    assert (standard.output, standard.failure, standard.problems) == (None, None, (f"D: {reason}",))


@pytest.mark.parametrize(
    ("cell", "matches"),
    [
        ("4", True),
        ("> 3", True),
        ("[1..5]", True),
        ("1,4", True),
        ("not(4)", False),
        ("-", True),
        ("", True),
        ("   ", True),
        ("? > 3", True),
        ("b", True),
        ("[1,4]", True),
        ("null", False),
        ('"4"', False),
        ("missing", False),
        ("missing > 1", False),
        ("a + 1", False),
        ("? + 1", False),
        ("function(x) x", False),
    ],
)
def test_an_input_entry_holds_or_not(xml: Any, cell: str, matches: bool) -> None:
    """A cell is unary tests over the input; null, and what is neither true nor equal to it, does not hold."""
    graph = dmn.parse(xml.model(xml.decision("D", xml.table([([cell], ['"yes"'])]))))
    assert graph.evaluate("D", {"a": 4, "b": True}).output == ("yes" if matches else None)


def test_cells_and_columns_need_not_agree(xml: Any) -> None:
    """Cells beyond the columns are ignored, missing cells test nothing: as Camunda reads such a table."""
    few = xml.table([(["3"], ["1"])], inputs=("a", "b"))
    many = xml.table([(["3", "9"], ["1", "2"])])
    none = xml.table([([], ["1"])], inputs=())
    for table in (few, many, none):
        assert dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": 3}).output == 1


def test_priority_by_text_in_camunda_and_by_value_in_the_standard(xml: Any) -> None:
    """Camunda ranks texts and numbers by the text of the list of values; the standard ranks any value."""
    outputs = ['<output name="o"><outputValues><text>true, false</text></outputValues></output>']
    table = xml.table([(["-"], ["false"]), (["-"], ["true"])], outputs=outputs, policy="PRIORITY")
    content = xml.model(xml.data("a"), xml.decision("D", table, "input:a"))
    answers = [dmn.parse(content, dialect=name).evaluate("D", {"a": 4}).output for name in ("camunda", "dmn")]
    assert answers == [False, True]


def test_first_stops_at_the_first_rule_that_matches(xml: Any) -> None:
    """FIRST evaluates the outputs of the first matching rule only: a later rule's failing output is never run."""
    table = xml.table([(["-"], ["1"]), (["-"], ["assert(a, a < 1)"])], policy="FIRST")
    assert dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": 4}).output == 1


@pytest.mark.parametrize("text", ["{k: 1}", "[{k: 1}]", "function(x) x"])
def test_contexts_are_never_the_same_to_camunda(xml: Any, text: str) -> None:
    """ANY over two equal contexts fails in Camunda, whose contexts know no equality; equal contexts are one by the standard."""
    table = xml.table([(["-"], [text]), (["-"], [text])], policy="ANY")
    content = xml.model(xml.data("a"), xml.decision("D", table, "input:a"))
    assert str(dmn.parse(content).evaluate("D", {}).failure).startswith("different values aren't allowed for ANY")
    if "function" not in text:
        assert dmn.parse(content, dialect="dmn").evaluate("D", {}).failure is None


def test_without_a_list_of_values_the_order_is_that_of_the_rules(xml: Any) -> None:
    """OUTPUT ORDER without allowed values ranks nothing before anything, not even the empty text."""
    table = xml.table([(["-"], ["null"]), (["-"], ['""']), (["-"], ['"x"'])], policy="OUTPUT ORDER")
    assert dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {}).output == [None, "", "x"]


RULES = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3), st.integers(-9, 9)), min_size=1, max_size=8)


def _result(xml: Any, rules: list[tuple[int, int, int]], policy: str, aggregation: str, value: int) -> Any:
    cells = [([f"[{low}..{high}]"], [str(output)]) for low, high, output in rules]
    table = xml.table(cells, policy=policy, aggregation=aggregation)
    answer = dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": value})
    return answer.failure or answer.output


@settings(max_examples=60, deadline=None)
@given(rules=RULES, value=st.integers(-4, 4))
def test_how_the_hit_policies_relate(rules: list[tuple[int, int, int]], value: int) -> None:
    """All policies follow from the outputs of the matching rules in their order, which RULE ORDER gives."""
    xml = Xml()
    expected = [output for low, high, output in rules if low <= value <= high]

    def result(policy: str, aggregation: str = "") -> Any:
        return _result(xml, rules, policy, aggregation, value)

    assert result("RULE ORDER") == result("COLLECT") == (expected or None)
    assert result("FIRST") == (expected[0] if expected else None)
    for aggregation, combine in (("SUM", sum), ("MIN", min), ("MAX", max), ("COUNT", len)):
        assert result("COLLECT", aggregation) == (combine(expected) if expected else None)
    if len(expected) <= 1:
        assert result("UNIQUE") == result("FIRST")
    else:
        assert "UNIQUE" in result("UNIQUE")
    if len(set(expected)) <= 1:
        assert result("ANY") == result("FIRST")
    else:
        assert "ANY" in result("ANY")
