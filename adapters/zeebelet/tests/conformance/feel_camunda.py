"""Answers of Camunda's FEEL engine against ours: `python tests/conformance/feel_camunda.py FILE... [--failures]`.

A file holds one JSON object a line: id, expr, and perhaps context, unary, input; then either value with warnings, or
"parses": false. Values are compared by type and meaning, warnings by their types in order.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[2]))

from zeebelet import feel
from zeebelet.feel.literals import at_literal
from zeebelet.feel.maporder import as_given
from zeebelet.feel.show import show, variables_of


class Verdict(NamedTuple):
    """How one expression came out: the value (or the refusal), and the warnings."""

    case: Mapping[str, Any]
    agrees: bool
    warnings_agree: bool
    ours: str


def tagged(value: Any) -> dict[str, Any]:
    """A value in the files' form: its type, and its text."""
    name = feel.type_name(value)
    if isinstance(value, list):
        return {"t": name, "v": [tagged(item) for item in value]}
    if isinstance(value, dict):
        return {"t": name, "v": {key: tagged(item) for key, item in variables_of(value).items()}}
    if value is None or isinstance(value, (bool, str)):
        return {"t": name, "v": value}
    if isinstance(value, feel.Function):
        return {"t": name, "v": None}
    return {"t": name, "v": show(value)}


def same(expected: Any, actual: Any) -> bool:
    """Whether two tagged values mean the same: numbers by value, contexts whatever their order."""
    if expected["t"] != actual["t"]:
        return False
    left, right = expected["v"], actual["v"]
    if expected["t"] == "number":
        return Decimal(left) == Decimal(right)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    return bool(left == right)


def given(value: Any) -> Any:
    """A context's value: {"t": "date", "v": "2024-01-01"} stands for a temporal one."""
    if isinstance(value, dict):
        if set(value) == {"t", "v"}:
            return at_literal(value["v"])
        return as_given({key: given(item) for key, item in value.items()})
    return [given(item) for item in value] if isinstance(value, list) else value


def evaluate(case: Mapping[str, Any]) -> dict[str, Any]:
    """Our answer in the files' form."""
    context = given(case.get("context", {}))
    unary = case.get("unary", False)
    if unary:
        context = {**context, "?": given(case.get("input"))}
    try:
        expression = (feel.unary_tests if unary else feel.compile)(case["expr"])
    except feel.FeelSyntaxError as error:
        return {"parses": False, "why": str(error)}
    try:
        result = expression.evaluate(context)
    except feel.FeelEvaluationError as error:
        warnings = [f"{warning.type}: {warning.message}" for warning in error.warnings]  # type: ignore[attr-defined]
        return {"error": str(error), "warnings": warnings}
    return {"value": tagged(result.value), "warnings": [f"{kind}: {message}" for kind, message in result.warnings]}


def types(warnings: Iterable[str]) -> list[str]:
    """The types of warnings, in order."""
    return [warning.split(":", 1)[0] for warning in warnings]


def judge(case: Mapping[str, Any]) -> Verdict:
    """Our answer beside Camunda's."""
    ours = evaluate(case)
    text = json.dumps(ours, ensure_ascii=False)
    if case.get("parses", True) is False or "parses" in ours:
        agrees = case.get("parses", True) is False and "parses" in ours
        return Verdict(case, agrees, agrees, text)
    if "value" not in case or "value" not in ours:
        agrees = ("value" in case) == ("value" in ours)
        return Verdict(case, agrees, types(case.get("warnings", ())) == types(ours["warnings"]), text)
    agrees = same(case["value"], ours["value"])
    return Verdict(case, agrees, types(case["warnings"]) == types(ours["warnings"]), text)


def read(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The cases of the files."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line, parse_float=Decimal)


def main(arguments: list[str]) -> int:
    """Judges the files, lists what differs when asked to, and prints the two counts."""
    paths = [Path(argument) for argument in arguments if not argument.startswith("--")]
    verdicts = [judge(case) for case in read(paths)]
    if "--failures" in arguments:
        for verdict in verdicts:
            if not (verdict.agrees and verdict.warnings_agree):
                print(json.dumps({**verdict.case}, ensure_ascii=False, default=str))
                print("   ours:", verdict.ours)
    print(f"warnings {sum(verdict.warnings_agree for verdict in verdicts)} of {len(verdicts)}")
    print(f"agrees {sum(verdict.agrees for verdict in verdicts)} of {len(verdicts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
