"""`fsm dmn` and `fsm feel`: what an analyst sees."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from workers.cli import app as fsm
from workers.cli.console import UsageError

DECISIONS = Path(__file__).parents[2] / "dmn"


def run(*arguments: str) -> Result:
    """Call the `fsm` command."""
    return CliRunner().invoke(fsm, list(arguments), env={"COLUMNS": "160"})


def test_eval_shows_the_result_and_the_rule_that_fired() -> None:
    """The table names the inputs, the rule with its reason, and the result."""
    result = run("dmn", "eval", "AssignmentMode", "--folder", str(DECISIONS), "--in", "countryCode=ES")
    assert result.exit_code == 0, result.output
    for text in ("Assignment mode", "Country", '"ES"', "rule 6", "Silence is consent in Spain", '"AUTO_ACCEPT"'):
        assert text in result.output


def test_eval_reads_values_as_json_or_text_and_dots_reach_inside(tmp_path: Path) -> None:
    """`--in a.b=1` builds an object; a file gives the base and --in comes on top; --json is for scripts."""
    file = tmp_path / "order.json"
    file.write_text(
        json.dumps({"facts": {"total": 1, "category": "KITCHEN"}, "service": {"serviceType": "INSTALLATION"}})
    )
    arguments = ["dmn", "eval", "TechnicalVisitPolicy", "--folder", str(DECISIONS), "--in-file", str(file)]
    result = run(*arguments, "--in", "facts.total=3000", "--in", "facts.tvMandatory=false", "--json")
    answer = json.loads(result.output)
    assert answer["output"] == {"required": True, "kind": "CONFIRMATION_TV"}
    assert [d["rules"] for d in answer["decisions"]] == [[6]]
    assert answer["decisions"][0]["inputs"]["Order total"] == 3000


def test_eval_shows_every_required_decision() -> None:
    """A graph is shown decision by decision, in the order of evaluation."""
    result = run("dmn", "eval", "ProviderScore", "--folder", str(DECISIONS), "--in", "candidate.tier=1", "--json")
    answer = json.loads(result.output)
    assert [d["decision"] for d in answer["decisions"]][-1] == "ProviderScore"
    assert answer["output"]["parts"]["tier"] == 25


TWO_RULES = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="two" name="Two" namespace="own">
<decision id="Two" name="Two"><decisionTable id="table">
<input id="a"><inputExpression id="b"><text>1</text></inputExpression></input>
<output id="c" name="n"/>
<rule id="r1"><inputEntry id="d1"><text>-</text></inputEntry><outputEntry id="e1"><text>1</text></outputEntry></rule>
<rule id="r2"><inputEntry id="d2"><text>-</text></inputEntry><outputEntry id="e2"><text>2</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


def test_eval_of_a_failing_decision_exits_with_1(tmp_path: Path) -> None:
    """A decision that fails says why and fails the command."""
    (tmp_path / "two.dmn").write_text(TWO_RULES)
    result = run("dmn", "eval", "Two", "--folder", str(tmp_path))
    assert result.exit_code == 1
    assert "multiple values aren't allowed for UNIQUE hit policy" in result.output.replace("\n", " ")
    assert "rule 2" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["AssignmentMod"], "Did you mean 'AssignmentMode'?"),
        (["Nonsense"], "There are ApprovalPolicy, AssignmentMode, "),
        (["AssignmentMode", "--in", "countryCode"], "Expected --in key=value, but got 'countryCode'"),
        (["AssignmentMode", "--in", "a=1", "--in", "a.b=2"], "Expected 'a' to be an object"),
        (["AssignmentMode", "--in-file", "/nowhere.json"], "Expected '/nowhere.json' to be a JSON file"),
    ],
)
def test_a_wrong_call_says_what_to_do(arguments: list[str], message: str) -> None:
    """A mistake in the call is one sentence, with the nearest name."""
    result = run("dmn", "eval", "--folder", str(DECISIONS), *arguments)
    assert isinstance(result.exception, UsageError)
    assert message in str(result.exception)


def test_the_folder_without_decisions(tmp_path: Path) -> None:
    """Run in the wrong place, the command says where it looked."""
    assert "Expected .dmn files in" in str(run("dmn", "eval", "X", "--folder", str(tmp_path)).exception)
    assert "Expected examples in" in str(run("dmn", "test", "--folder", str(tmp_path)).exception)


def test_test_runs_all_examples_and_passes() -> None:
    """All examples of the journey's decisions pass and every rule has one."""
    result = run("dmn", "test", "--folder", str(DECISIONS), "--strict", "--json")
    assert result.exit_code == 0, result.output
    reports = json.loads(result.output)
    assert len(reports) == len(list(DECISIONS.glob("*.dmn")))
    assert all(report["failed"] == [] and report["uncovered"] == [] for report in reports)


def test_test_tells_the_failing_example_and_the_rules_without_one(tmp_path: Path) -> None:
    """A failing example shows inputs, expectation, answer and the rule that gave it; rules without example are named."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "wcf-handling.dmn").write_bytes((DECISIONS / "wcf-handling.dmn").read_bytes())
    example = {"why": "wrong on purpose", "inputs": {"agreementStatus": "DECLINED"}, "output": {"action": "ACCEPT"}}
    file = tmp_path / "examples" / "wcf-handling.json"
    file.write_text(json.dumps({"decision": "WcfHandling", "examples": [example]}))
    result = run("dmn", "test", str(file))
    assert result.exit_code == 1
    for text in ("0 of 1", "wrong on purpose", '"CHASE"', "by rule 5 of WcfHandling", "WcfHandling rule 1"):
        assert text in result.output
    document = json.loads(run("dmn", "test", str(file), "--json").output)
    assert [each["rule"] for each in document[0]["uncovered"]] == [1, 2, 3, 4, 6]


def test_an_uncovered_rule_fails_only_when_strict(tmp_path: Path) -> None:
    """Missing examples are reported; `--strict` makes them a failure."""
    (tmp_path / "examples").mkdir()
    (tmp_path / "wcf-handling.dmn").write_bytes((DECISIONS / "wcf-handling.dmn").read_bytes())
    file = tmp_path / "examples" / "wcf-handling.json"
    file.write_text(json.dumps({"decision": "WcfHandling", "examples": []}))
    assert run("dmn", "test", str(file)).exit_code == 0
    assert run("dmn", "test", str(file), "--strict").exit_code == 1


@pytest.mark.parametrize("content", ["{", "[]", '{"examples": [{}]}'])
def test_an_examples_file_that_cannot_be_read(tmp_path: Path, content: str) -> None:
    """A broken examples file is told with the shape it should have."""
    file = tmp_path / "x.json"
    file.write_text(content)
    assert "to hold {decision, examples: [{why, inputs, output}]}" in str(run("dmn", "test", str(file)).exception)


def test_feel_shows_value_type_and_warnings() -> None:
    """The value as JSON, its FEEL type, and why something was null."""
    assert json.loads(run("feel", "total * 2", "--context", '{"total": 5}', "--json").output) == {
        "value": 10,
        "type": "number",
        "warnings": [],
    }
    result = run("feel", "totl > 1", "--context", '{"total": 5}')
    assert "null" in result.output
    assert "NO_VARIABLE_FOUND" in result.output


def test_feel_tests_a_cell() -> None:
    """`--test` reads the text as the cell of a table."""
    assert json.loads(run("feel", "[24..48)", "--test", "30", "--json").output)["value"] is True


def test_feel_points_at_the_mistake() -> None:
    """A text that is not FEEL is shown with a caret under the place."""
    result = run("feel", "1 + ")
    assert result.exit_code == 1
    *_, text, caret = run("feel", "1 + (2 $ 3)").output.splitlines()
    assert text.strip() == "1 + (2 $ 3)"
    assert text[caret.index("^")] == "$"
    assert json.loads(run("feel", "1 + ", "--json").output)["position"] > 0


def test_feel_reports_a_failed_assertion() -> None:
    """A fatal failure is an error of the command."""
    result = run("feel", "assert(1, false)")
    assert result.exit_code == 1
    assert "error" in result.output


@pytest.mark.parametrize(
    ("arguments", "message"), [(["--context", "x"], "Expected JSON"), (["--context", "[1]"], "JSON object")]
)
def test_feel_with_a_wrong_context(arguments: list[str], message: str) -> None:
    """A context that is no JSON object is told."""
    assert message in str(run("feel", "1", *arguments).exception)
