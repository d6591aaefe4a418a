"""The public conformance kit's FEEL expressions, read as the standard: `feel_tck.py FILE... [--failures]`.

A case is one JSON object a line: id, expr, err (an error or null is expected), expected (type and text, list, ctx, or null).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

from zeebelet import feel
from zeebelet.feel.compare import equal_items
from zeebelet.feel.literals import at_literal
from zeebelet.feel.numbers import number

TOLERANCE = Decimal("1e-8")  # the kit gives results of roots and logarithms with eight digits


def as_value(expected: Any) -> Any:
    """The value that a case expects."""
    if isinstance(expected, list):
        return [as_value(item) for item in expected]
    if expected is None:
        return None
    if "ctx" in expected:
        return {key: as_value(item) for key, item in expected["ctx"].items()}
    kind, text = expected["t"], expected["v"]
    if text is None or kind == "null":
        return None
    readers = {
        "decimal": Decimal,
        "integer": Decimal,
        "double": Decimal,
        "string": str,
        "boolean": lambda v: v == "true",
    }
    return readers.get(kind, at_literal)(text)


def same(expected: Any, actual: Any) -> bool:
    """Whether a value is the expected one; fractions may differ in the ninth digit."""
    if isinstance(expected, Decimal) and isinstance(actual, (int, float, Decimal)) and not isinstance(actual, bool):
        return abs(expected - Decimal(number(actual))) <= TOLERANCE
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(map(same, expected, actual))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(expected[key], actual[key]) for key in expected)
    return equal_items(expected, actual)


def answer(text: str) -> Any:
    """Our value; null for whatever fails."""
    try:
        return feel.compile(text, dialect="dmn").evaluate({}).value
    except feel.FeelError:
        return None


def passes(case: dict[str, Any]) -> bool:
    """Whether our answer is the kit's."""
    return same(None if case["err"] else as_value(case["expected"]), answer(case["expr"]))


def read(paths: Iterable[Path]) -> Iterator[dict[str, Any]]:
    """The cases of the files."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                yield json.loads(line)


def main(arguments: list[str]) -> int:
    """Runs the files, lists what fails when asked to, and prints the count."""
    cases = list(read(Path(argument) for argument in arguments if not argument.startswith("--")))
    failed = [case for case in cases if not passes(case)]
    if "--failures" in arguments:
        for case in failed:
            print(json.dumps(case, ensure_ascii=False))
            print("   ours:", feel.describe(answer(case["expr"])))
    print(f"passed {len(cases) - len(failed)} of {len(cases)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
