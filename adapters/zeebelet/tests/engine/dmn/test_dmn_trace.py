"""The account of an evaluation that EvaluateDecision returns."""

from __future__ import annotations

from typing import Any

from zeebelet import dmn


def graph_of_two(xml: Any) -> dmn.DecisionRequirementsGraph:
    """`Pay` requires `Grade`; both are tables."""
    labelled = (
        '<decision id="Grade" name="The grade"><decisionTable id="t" hitPolicy="UNIQUE">'
        '<input id="in" label="Years"><inputExpression><text>years</text></inputExpression></input>'
        '<input id="in2"><inputExpression><text>if years = null then "nothing at all" else "years"</text>'
        "</inputExpression></input>"
        '<output id="out" label="The letter" name="letter"/>'
        '<rule id="r1"><inputEntry><text>&lt; 2</text></inputEntry><inputEntry><text>-</text></inputEntry>'
        '<outputEntry><text>"A"</text></outputEntry></rule>'
        '<rule id="r2"><inputEntry><text>>= 2</text></inputEntry><inputEntry><text>-</text></inputEntry>'
        '<outputEntry><text>"B"</text></outputEntry></rule></decisionTable></decision>'
    )
    pay = xml.table([(['"A"'], ["100"]), (['"B"'], ["assert(bonus, bonus > 0) + 200"])], inputs=("Grade",))
    return dmn.parse(xml.model(labelled, xml.decision("Pay", pay, "decision:Grade")))


def test_required_decisions_come_first_with_inputs_and_rules(xml: Any) -> None:
    """The trace is in the order of evaluation; rules count from 1; names favour labels; long input texts are cut at 30."""
    answer = graph_of_two(xml).evaluate("Pay", {"years": 3, "bonus": 1})
    grade, pay = answer.decisions
    assert (answer.output, answer.failure, answer.failed_decision_id) == (201, None, "")
    assert (grade.decision_id, grade.decision_name, grade.decision_type, grade.decision_output) == (
        "Grade",
        "The grade",
        "DECISION_TABLE",
        "B",
    )
    assert grade.evaluated_inputs == (
        ("in", "Years", 3),
        ("in2", 'if years = null then "nothing ', "years"),
    )
    assert [(rule.rule_id, rule.rule_index) for rule in grade.matched_rules] == [("r2", 2)]
    assert grade.matched_rules[0].evaluated_outputs == (("out", "The letter", "B"),)
    assert [rule.rule_index for rule in pay.matched_rules] == [2]


def test_a_failure_keeps_what_was_decided_before_it(xml: Any) -> None:
    """After a failure the trace ends with the decision that failed, its output null."""
    answer = graph_of_two(xml).evaluate("Pay", {"years": 3, "bonus": 0})
    assert answer.output is None
    assert answer.failed_decision_id == "Pay"
    assert answer.message.startswith("Expected to evaluate decision 'Pay', but Assertion failure on evaluate")
    assert [(each.decision_id, each.decision_output) for each in answer.decisions] == [("Grade", "B"), ("Pay", None)]
    assert answer.decisions[1].evaluated_inputs[0].input_value == "B"


def test_the_failed_decision_may_be_a_required_one(xml: Any) -> None:
    """The message names the decision asked for, the id the one that failed."""
    inner = xml.decision("Inner", xml.text("assert(1, false)"))
    outer = xml.decision("Outer", xml.text("Inner + 1"), "decision:Inner")
    answer = dmn.parse(xml.model(inner, outer)).evaluate("Outer", {})
    assert answer.failed_decision_id == "Inner"
    assert answer.message.startswith("Expected to evaluate decision 'Outer', but ")


def test_a_violated_hit_policy_shows_the_rules_that_matched(xml: Any) -> None:
    """The rules that broke UNIQUE are in the trace, so that an analyst sees which they are."""
    table = xml.table([(["> 1"], ["1"]), (["> 2"], ["2"])])
    answer = dmn.parse(xml.model(xml.decision("D", table))).evaluate("D", {"a": 3})
    assert [rule.rule_index for rule in answer.decisions[0].matched_rules] == [1, 2]


def test_an_unknown_decision(xml: Any) -> None:
    """An id that the file does not hold is answered, not raised."""
    answer = dmn.parse(xml.model(xml.decision("D", xml.text("1")))).evaluate("E", {})
    assert answer.message == "Expected to evaluate decision 'E', but no decision found for id 'E'"


def test_types_of_logic(xml: Any) -> None:
    """Every kind of logic is named as Zeebe names it."""
    elements = [
        xml.decision("Table", xml.table([(["-"], ["1"])])),
        xml.decision("Literal", xml.text("1")),
        xml.decision("Context", xml.context(("x", xml.text("1")))),
        xml.decision("List", f"<list>{xml.text('1')}</list>"),
        xml.decision("Relation", f'<relation><column name="c"/><row>{xml.text("1")}</row></relation>'),
        xml.decision("Invocation", xml.invocation("B", x="1"), "knowledge:B"),
        xml.knowledge("B", xml.text("x"), "x"),
    ]
    graph = dmn.parse(xml.model(*elements))
    found = {name: graph.evaluate(name, {}).decisions[0].decision_type for name in graph.decisions}
    assert found == {
        "Table": "DECISION_TABLE",
        "Literal": "LITERAL_EXPRESSION",
        "Context": "CONTEXT",
        "List": "LIST",
        "Relation": "RELATION",
        "Invocation": "INVOCATION",
    }


def test_a_decision_that_several_require_is_made_once(xml: Any) -> None:
    """A wide and deep graph costs one evaluation for each decision, not one for each path."""
    layers = 40
    elements = [xml.decision("L0", xml.text("1"))]
    for layer in range(1, layers):
        below = f"L{layer - 1}" if layer == 1 else f"A{layer - 1}"
        other = f"L{layer - 1}" if layer == 1 else f"B{layer - 1}"
        for name in ("A", "B"):
            elements.append(
                xml.decision(f"{name}{layer}", xml.text(f"{below} + {other}"), f"decision:{below}", f"decision:{other}")
            )
    answer = dmn.parse(xml.model(*elements)).evaluate(f"A{layers - 1}", {})
    assert answer.output == 2 ** (layers - 1)
    assert len(answer.decisions) == 2 * (layers - 2) + 2
