"""Camunda's own DMN engine and ours give the same answers. Needs Java and Maven Central (`make integration`)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import dmn_random_models
import dmn_tck
import pytest

from zeebelet import dmn, feel
from zeebelet.dmn import examples
from zeebelet.model import dmn as model

pytestmark = pytest.mark.integration
FOLDER = Path(__file__).parents[5] / "dmn"  # the models of the checkout, where there is one
MODELS = sorted(FOLDER.glob("*.dmn"))
SEED, INPUTS_EACH, RANDOM_MODELS = 20260101, 200, 150
REFUSED = "refused"
THROWN = re.compile(r"(java|org)\.[\w.]+(Exception|Error)\b")
TEXT, NUMBER = re.compile(r'"([^"]*)"'), re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def ours(graph: dmn.DecisionRequirementsGraph, decision: str, inputs: dict[str, Any]) -> Any:
    """Our answer, in the oracle's form: a value with its FEEL type, or the failure."""
    answer = graph.evaluate(decision, inputs)
    return answer.failure or tagged(answer.value)


def tagged(value: Any) -> Any:
    """A value with its FEEL type, as the oracle writes it."""
    kind = feel.type_name(value)
    if isinstance(value, dict):
        return kind, {name: tagged(item) for name, item in value.items()}
    if isinstance(value, list):
        return kind, [tagged(item) for item in value]
    return (kind, Decimal(str(value))) if kind == "number" else (kind, feel.to_json(value))


def theirs(answer: dict[str, Any]) -> Any:
    """Camunda's answer in the same form; a file that it cannot read, or that makes its reader throw, is refused."""
    failure = answer.get("failure")
    if answer.get("parses") is False or THROWN.match(failure or ""):
        return REFUSED
    return failure if failure is not None else untagged(answer["value"])


def untagged(value: dict[str, Any]) -> Any:
    """A value of the oracle as a pair."""
    kind, plain = value["t"], value["v"]
    if kind == "context":
        return kind, {name: untagged(item) for name, item in plain.items()}
    if kind == "list":
        return kind, [untagged(item) for item in plain]
    return (kind, Decimal(plain)) if kind == "number" else (kind, plain)


def values_of(table: model.DecisionTable, column: int) -> list[Any]:
    """Values worth trying for a column: those its cells name, their neighbours, and none at all."""
    found: list[Any] = [None, True, False]
    for rule in table.rules:
        text = rule.tests[column].text
        found += [*TEXT.findall(text), *(f"{word}_X" for word in TEXT.findall(text))]
        for number in map(float, NUMBER.findall(TEXT.sub("", text))):
            found += [number, number - 0.01, number + 0.01, -number, number * 10]
    return found


def random_inputs(definitions: model.Definitions, source: random.Random) -> Iterator[dict[str, Any]]:
    """Inputs for all tables of a model at once."""
    columns = [
        (column.expression.text or "", values_of(table, index))
        for table in (decision.expression for decision in definitions.decisions)
        if isinstance(table, model.DecisionTable)
        for index, column in enumerate(table.inputs)
    ]
    for _ in range(INPUTS_EACH):
        inputs: dict[str, Any] = {}
        for path, values in columns:
            *parents, last = path.split(".")
            inner = inputs
            for name in parents:
                inner = inner.setdefault(name, {})
            if source.random() > 0.03:  # else the variable is missing
                inner[last] = source.choice(values)
        yield inputs


def differences(questions: list[tuple[Path, str, dict[str, Any]]], camunda: Any) -> list[tuple[Any, ...]]:
    """Where the two engines differ; a question is a file, the name of a decision and the inputs."""
    graphs = {path: _graph(path) for path in {path for path, _, _ in questions}}
    answers = camunda(
        [
            {"file": str(path), "decision": name, "byName": True, "context": _plain(inputs)}
            for path, name, inputs in questions
        ]
    )
    pairs = [
        (f"{path.name} {name}", inputs, _our_answer(graphs[path], name, inputs), theirs(answer))
        for (path, name, inputs), answer in zip(questions, answers, strict=True)
    ]
    return [pair for pair in pairs if pair[2] != pair[3]]


def _graph(path: Path) -> dmn.DecisionRequirementsGraph | None:
    try:
        return dmn.parse(path.read_bytes())
    except dmn.DmnParseError:
        return None


def _our_answer(graph: dmn.DecisionRequirementsGraph | None, name: str, inputs: dict[str, Any]) -> Any:
    if graph is None:
        return REFUSED
    return ours(graph, next(each.id for each in graph.decisions.values() if each.name == name), inputs)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_our_tables_are_answered_as_camunda_answers_them(path: Path, camunda: Any) -> None:
    """On every example and on hundreds of random inputs, both engines give the same value of the same type."""
    definitions = model.parse(path.read_bytes())
    source = random.Random(f"{SEED} {path.stem}")
    kept = [dict(example.inputs) for example in examples.load(FOLDER / "examples" / f"{path.stem}.json").examples]
    questions = [
        (path, decision.name, inputs)
        for inputs in [*kept, *random_inputs(definitions, source)]
        for decision in definitions.decisions
    ]
    assert differences(questions, camunda) == []


def test_random_models_are_answered_as_camunda_answers_them(tmp_path: Path, camunda: Any) -> None:
    """Tables of every hit policy over other decisions and functions: the same values, and the same words for failures."""
    questions = []
    for number, (content, contexts) in enumerate(dmn_random_models.models(SEED, RANDOM_MODELS)):
        path = tmp_path / f"{number}.dmn"
        path.write_text(content, encoding="utf-8")
        questions += [(path, "D", inputs) for inputs in contexts]
    assert differences(questions, camunda) == []


def test_the_kit_is_answered_as_camunda_answers_it(camunda: Any, dmn_kit: Path) -> None:
    """On every model of the standard's kit our dialect `camunda` gives what Camunda's engine gives, refusals included."""
    questions = [(case.model, case.target, case.inputs) for case in dmn_tck.cases(dmn_kit)]
    assert differences(questions, camunda) == []


def _plain(value: Any) -> Any:
    """Inputs as the oracle takes them: temporal values as their text, marked."""
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if feel.type_name(value) in ("null", "string", "boolean", "number"):
        return feel.to_json(value)
    return {"t": feel.type_name(value), "v": feel.to_json(value)}
