"""Examples kept beside the tables: what a decision is expected to answer, why, and which rules no example reaches.

`dmn/examples/wcf-handling.json` belongs to `dmn/wcf-handling.dmn`:

    {"decision": "WcfHandling", "examples": [{"why": "...", "inputs": {...}, "output": {...}}, ...]}
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from .errors import DmnError
from .graph import DecisionRequirementsGraph
from .load import parse
from .trace import Evaluation

FOLDER = "examples"


class ExamplesError(DmnError):
    """An examples file cannot be used."""


class Example(NamedTuple):
    """One expectation."""

    why: str
    decision: str
    inputs: Mapping[str, Any]
    output: Any


class Examples(NamedTuple):
    """An examples file and the model it speaks of."""

    path: Path
    model: Path
    examples: tuple[Example, ...]


class Result(NamedTuple):
    """What came of an example."""

    example: Example
    evaluation: Evaluation
    passed: bool


class Uncovered(NamedTuple):
    """A rule that no example reaches."""

    decision: str
    rule: int  # counted from 1
    description: str


class Report(NamedTuple):
    """What came of a file."""

    examples: Examples
    results: tuple[Result, ...]
    uncovered: tuple[Uncovered, ...]

    @property
    def failed(self) -> list[Result]:
        """The examples that were not answered as expected."""
        return [result for result in self.results if not result.passed]


def find(folder: Path) -> list[Path]:
    """The examples files of a folder of decisions."""
    return sorted((folder / FOLDER).glob("*.json"))


def load(path: Path) -> Examples:
    """Read an examples file."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        default = str(document.get("decision", ""))
        examples = tuple(_example(item, default) for item in document["examples"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ExamplesError(
            f"Expected '{path}' to hold {{decision, examples: [{{why, inputs, output}}]}}, but {error}"
        ) from error
    model = path.parent.parent / f"{path.stem}.dmn"
    if not model.is_file():
        raise ExamplesError(f"Expected the examples '{path}' to stand beside '{model}', but there is no such model")
    return Examples(path, model, examples)


def _example(item: Mapping[str, Any], decision: str) -> Example:
    return Example(str(item["why"]), str(item.get("decision", decision)), dict(item["inputs"]), item["output"])


def run(examples: Examples) -> Report:
    """Make the decision of every example."""
    graph = parse(examples.model.read_bytes())
    results = tuple(_result(graph, example) for example in examples.examples)
    return Report(examples, results, tuple(_uncovered(graph, results)))


def _result(graph: DecisionRequirementsGraph, example: Example) -> Result:
    evaluation = graph.evaluate(example.decision, example.inputs)
    passed = evaluation.failure is None and same(example.output, evaluation.output)
    return Result(example, evaluation, passed)


def same(expected: Any, actual: Any) -> bool:
    """Equality of JSON values: 1 is 1.0 but not true."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(value, actual[name]) for name, value in expected.items())
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    return isinstance(expected, bool) == isinstance(actual, bool) and bool(expected == actual)


def _uncovered(graph: DecisionRequirementsGraph, results: Iterable[Result]) -> Iterator[Uncovered]:
    fired = {
        (trace.decision_id, rule.rule_index)
        for result in results
        for trace in result.evaluation.decisions
        for rule in trace.matched_rules
    }
    for decision in graph.decisions.values():
        for rule in decision.rules:
            if (decision.id, rule.index) not in fired:
                yield Uncovered(decision.id, rule.index, rule.description)
