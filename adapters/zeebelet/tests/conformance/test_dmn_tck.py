"""The standard's own test kit for DMN, where it is at hand."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import dmn_tck

GOAL = 0.95
KIT = Path(os.environ.get("FSM_DMN_TCK", Path(__file__).parents[5] / "shared" / "dmn-tck"))


@pytest.mark.skipif(
    not KIT.is_dir(), reason="Expected the folder TestCases of https://github.com/dmn-tck/tck: set FSM_DMN_TCK to it"
)
def test_the_kit_passes() -> None:
    """The dialect `dmn` gives the standard's result in nearly every case of the kit."""
    outcomes = dmn_tck.run(KIT, "dmn")
    passed = sum(outcome.passed for outcome in outcomes)
    assert passed >= GOAL * len(outcomes), f"passed {passed} of {len(outcomes)}"


def test_the_kit_is_read_as_it_is_laid_out(tmp_path: Path) -> None:
    """Any folder with models and test files is run: values, lists, structures, nulls and expected errors are compared."""
    folder = tmp_path / "level" / "0001-small"
    folder.mkdir(parents=True)
    (folder / "small.dmn").write_text(
        '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="small" namespace="small">'
        + "".join(
            f'<decision id="_{name}" name="{name}"><variable name="{name}"/><informationRequirement><requiredInput href="#n"/>'
            f"</informationRequirement><literalExpression><text>{text}</text></literalExpression></decision>"
            for name, text in {
                "one": "n + 1",
                "list": '[n, "a"]',
                "wrong": "n",
                "error": 'n + "a"',
                "day": 'date("2024-01-01")',
            }.items()
        )
        + '<inputData id="n" name="n"><variable name="n" typeRef="number"/></inputData></definitions>'
    )
    value = '<value xsi:type="xsd:{}">{}</value>'
    expected = {
        "one": value.format("decimal", "3.000000000001"),
        "list": f"<list><item>{value.format('decimal', '2')}</item><item>{value.format('string', 'a')}</item></list>",
        "wrong": value.format("decimal", "7"),
        "error": '<value xsi:nil="true"/>',
        "day": value.format("date", "2024-01-01"),
    }
    (folder / "small-test-01.xml").write_text(
        '<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>small.dmn</modelName>'
        + "".join(
            f'<testCase id="{name}"><inputNode name="n">{value.format("decimal", "2")}</inputNode>'
            f'<resultNode name="{name}" type="decision"><expected>{result}</expected></resultNode></testCase>'
            for name, result in expected.items()
        )
        + "</testCases>"
    )
    outcomes = {outcome.case.id: outcome.passed for outcome in dmn_tck.run(tmp_path, "dmn")}
    assert outcomes == {"one": True, "list": True, "wrong": False, "error": True, "day": True}
