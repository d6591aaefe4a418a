"""Runs the DMN Technology Compatibility Kit: `python tests/conformance/dmn_tck.py FOLDER [--failures] [--dialect camunda]`.

FOLDER holds, at any depth, folders with `*.dmn` models and `*.xml` test files, as https://github.com/dmn-tck/tck lays them
out. Every expected result of a test case counts as one; the last line is `passed N of M`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lxml import etree

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from zeebelet import dmn, feel  # noqa: E402

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TEMPORAL = {"date": "date", "time": "time", "dateTime": "date and time", "duration": "duration"}
NUMBERS = {"decimal", "double", "float", "integer", "int", "long"}
TOLERANCE = Decimal("1e-8")


class Case(NamedTuple):
    """One expected result."""

    model: Path
    id: str
    kind: str  # decision, decisionService, bkm
    target: str
    inputs: dict[str, Any]
    expected: Any
    is_error: bool


class Outcome(NamedTuple):
    """What came of a case."""

    case: Case
    passed: bool
    actual: Any
    note: str


def cases(folder: Path) -> Iterator[Case]:
    """Every expected result of every test file below a folder."""
    for path in sorted(folder.rglob("*.xml")):
        root = etree.parse(path).getroot()
        if etree.QName(root).localname == "testCases":
            yield from _cases_of(root, path)


def _cases_of(root: etree._Element, path: Path) -> Iterator[Case]:
    model = path.parent / (root.findtext("{*}modelName") or "").strip()
    for test in root.iterfind("{*}testCase"):
        inputs = {str(node.get("name")): _value(node) for node in test.iterfind("{*}inputNode")}
        for result in test.iterfind("{*}resultNode"):
            expected = result.find("{*}expected")
            kind = str(result.get("type") or test.get("type") or "decision")
            called = test.get("invocableName") if kind == "decisionService" else None
            yield Case(
                model=model,
                id=str(test.get("id")),
                kind=kind,
                target=str(called or result.get("name")),
                inputs=inputs,
                expected=None if expected is None else _value(expected),
                is_error=result.get("errorResult") == "true",
            )


def _value(node: etree._Element) -> Any:
    """The FEEL value that a node spells out."""
    components = node.findall("{*}component")
    if components:
        return {str(c.get("name")): _value(c) for c in components}
    items = node.find("{*}list")
    if items is not None:
        return [_value(item) for item in items.iterfind("{*}item")]
    value = node.find("{*}value")
    return None if value is None or value.get(f"{XSI}nil") == "true" else _scalar(value)


def _scalar(node: etree._Element) -> Any:
    kind = str(node.get(f"{XSI}type", "string")).rpartition(":")[2]
    text = node.text or ""
    if kind in NUMBERS:
        return Decimal(text.strip())
    if kind == "boolean":
        return text.strip() == "true"
    if kind in TEMPORAL:
        return feel.compile(f'{TEMPORAL[kind]}("{text.strip()}")', dialect="dmn").evaluate({}).value
    return text


def run(folder: Path, dialect: str) -> list[Outcome]:
    """The outcome of every case."""
    graphs: dict[Path, Any] = {}
    return [_outcome(case, graphs, dialect) for case in cases(folder)]


def _graph(path: Path, dialect: str) -> Any:
    others = [other.read_bytes() for other in sorted(path.parent.glob("*.dmn")) if other != path]
    return dmn.parse(path.read_bytes(), dialect=dialect, imports=others)


def _outcome(case: Case, graphs: dict[Path, Any], dialect: str) -> Outcome:
    try:
        if case.model not in graphs:
            graphs[case.model] = _graph(case.model, dialect)
        answer = _answer(graphs[case.model], case)
    except (dmn.DmnError, OSError) as error:
        return Outcome(case, case.is_error, None, str(error))
    note = answer.failure or "; ".join(answer.problems)
    same = _same(case.expected, answer.value)
    return Outcome(case, same or (case.is_error and answer.failure is not None), answer.value, note)


def _answer(graph: Any, case: Case) -> dmn.Evaluation:
    if case.kind == "decisionService":
        service = next((s.id for s in graph.services.values() if s.name == case.target), case.target)
        return graph.evaluate_service(service, case.inputs)
    decision = next((d.id for d in graph.decisions.values() if d.name == case.target), case.target)
    return graph.evaluate(decision, case.inputs)


def _same(expected: Any, actual: Any) -> bool:
    if isinstance(expected, dict):
        return (
            isinstance(actual, dict)
            and expected.keys() == actual.keys()
            and all(_same(value, actual[name]) for name, value in expected.items())
        )
    if isinstance(expected, list):
        return isinstance(actual, list) and len(expected) == len(actual) and all(map(_same, expected, actual))
    if isinstance(expected, Decimal):
        return isinstance(actual, (Decimal, int, float)) and not isinstance(actual, bool) and _close(expected, actual)
    return type(expected) is type(actual) and bool(expected == actual)


def _close(expected: Decimal, actual: Any) -> bool:
    number = actual if isinstance(actual, Decimal) else Decimal(str(actual))
    return abs(expected - number) <= TOLERANCE * max(1, abs(expected))


def main() -> int:
    """Print the result, with `--failures` every case that did not pass."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a folder laid out like the kit")
    parser.add_argument("--failures", action="store_true", help="list what did not pass")
    parser.add_argument("--dialect", default="dmn", help="dmn (default) or camunda")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        print(
            f"Expected a folder laid out like https://github.com/dmn-tck/tck (TestCases), but '{arguments.folder}' is none"
        )
        return 2
    outcomes = run(arguments.folder, arguments.dialect)
    for o in outcomes if arguments.failures else ():
        if not o.passed:
            print(
                f"{o.case.model.stem} {o.case.id} {o.case.target}: expected {o.case.expected!r}, got {o.actual!r} {o.note}"
            )
    print(f"passed {sum(o.passed for o in outcomes)} of {len(outcomes)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
