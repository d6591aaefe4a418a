"""Camunda's own DMN engine and ours give the same answers. Needs Java and Maven Central (`make integration`)."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from adapters.camunda.engine import dmn, feel
from adapters.camunda.engine.dmn import examples
from adapters.camunda.engine.model import dmn as model

pytestmark = pytest.mark.integration
FOLDER = Path(__file__).parents[3] / "dmn"
MODELS = sorted(FOLDER.glob("*.dmn"))
SEED, INPUTS_EACH = 20260101, 300
TEXT, NUMBER = re.compile(r'"([^"]*)"'), re.compile(r"(?<![\w.])\d+(?:\.\d+)?")


def ours(graph: dmn.DecisionRequirementsGraph, decision: str, inputs: dict[str, Any]) -> Any:
    """Our answer, in the oracle's form: a value with its FEEL type, or the failure."""
    answer = graph.evaluate(decision, inputs)
    return answer.failure.partition(", but ")[2] if answer.failure else tagged(answer.value)


def tagged(value: Any) -> Any:
    """A value with its FEEL type, as the oracle writes it."""
    kind = feel.type_name(value)
    if isinstance(value, dict):
        return kind, {name: tagged(item) for name, item in value.items()}
    if isinstance(value, list):
        return kind, [tagged(item) for item in value]
    return (kind, Decimal(str(value))) if kind == "number" else (kind, feel.to_json(value))


def theirs(answer: dict[str, Any]) -> Any:
    """The oracle's answer in the same form."""
    if not answer["ok"]:
        return re.sub(r"^Failure\((.*)\)$", r"\1", answer["error"], flags=re.DOTALL)
    return untagged(answer["value"])


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
        found += [word for word in TEXT.findall(text)] + [f"{word}_X" for word in TEXT.findall(text)]
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


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_our_tables_are_answered_as_camunda_answers_them(path: Path, oracle: Any) -> None:
    """On every example and on hundreds of random inputs, both engines give the same value of the same type."""
    definitions = model.parse(path.read_bytes())
    graph = dmn.parse(path.read_bytes())
    source = random.Random(f"{SEED} {path.stem}")
    kept = [dict(example.inputs) for example in examples.load(FOLDER / "examples" / f"{path.stem}.json").examples]
    asked = [
        (decision.id, decision.name, inputs)
        for inputs in [*kept, *random_inputs(definitions, source)]
        for decision in definitions.decisions
    ]
    answers = oracle("dmn", [{"file": str(path), "decision": name, "context": inputs} for _, name, inputs in asked])
    different = [
        (decision, inputs, ours(graph, decision, inputs), theirs(answer))
        for (decision, _, inputs), answer in zip(asked, answers, strict=True)
        if ours(graph, decision, inputs) != theirs(answer)
    ]
    assert different == []
