"""The journey's own decisions: their examples hold and reach every rule."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zeebelet import dmn
from zeebelet.dmn import examples
from zeebelet.model import dmn as model

FOLDER = Path(__file__).parents[3] / "dmn"
MODELS = sorted(FOLDER.glob("*.dmn"))
FILES = examples.find(FOLDER)


def test_every_decision_file_has_examples() -> None:
    """A table without examples cannot be changed safely: each .dmn has its file beside it."""
    assert [path.stem for path in FILES] == [path.stem for path in MODELS]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_examples_hold_and_reach_every_rule(path: Path) -> None:
    """Every example is answered as expected, and together they fire every rule of every table."""
    report = examples.run(examples.load(path))
    assert [(r.example.why, r.evaluation.failure or r.evaluation.output) for r in report.failed] == []
    assert report.uncovered == ()


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_first_tables_end_in_a_row_that_always_holds(path: Path) -> None:
    """No decision yields null by accident: the last rule of a FIRST table tests nothing."""
    for decision in model.parse(path.read_bytes()).decisions:
        table = decision.expression
        if isinstance(table, model.DecisionTable) and table.hit_policy == "FIRST":
            assert {cell.text for cell in table.rules[-1].tests} == {"-"}, decision.id


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_outputs_stay_within_their_allowed_values(path: Path) -> None:
    """What a table's column says it may hold is all that its rules give: the standard's dialect checks it."""
    strict = dmn.parse(path.read_bytes(), dialect="dmn")
    for example in examples.load(FOLDER / "examples" / f"{path.stem}.json").examples:
        assert strict.evaluate(example.decision, example.inputs).problems == (), example.why


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_our_tables_mean_the_same_by_the_standard(path: Path) -> None:
    """On every example without a null both dialects answer the same; a test of null with `?` is null, which the standard
    may take for the input itself."""
    graphs = [dmn.parse(path.read_bytes(), dialect=name) for name in ("camunda", "dmn")]
    for example in examples.load(FOLDER / "examples" / f"{path.stem}.json").examples:
        if "null" not in json.dumps(example.inputs):
            camunda, standard = (graph.evaluate(example.decision, example.inputs).output for graph in graphs)
            # A COLLECT table without a match: null in Camunda, an empty list by the standard.
            assert (camunda or []) == (standard or []), example.why


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_files_open_in_modeler(path: Path) -> None:
    """Each file says it is for Camunda 8, is named after its first decision, and every element has its place in the diagram."""
    text = path.read_text(encoding="utf-8")
    definitions = model.parse(text.encode())
    assert 'modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9.0"' in text
    assert definitions.decisions[0].id.lower() == path.stem.replace("-", "")
    for element in (*definitions.decisions, *definitions.inputs):
        assert f'dmnElementRef="{element.id}"' in text, element.id
