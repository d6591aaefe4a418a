"""The floor under the coverage of every model: what all scenarios passed and the examples beside the tables show."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from tests.scenarios.conftest import FILES, HERE
from workers.settings import MODELS
from workers.workshop.scenarios.coverage import Coverage
from workers.workshop.scenarios.files import read_repertoire
from zeebelet.dmn import examples as kept

ELEMENTS, RULES = 0.97, 0.95  # over all models
A_PROCESS, A_TABLE = 0.90, 0.90  # of each


def held(passed: Path) -> list[str]:
    """What is below its floor. Nothing as long as scenarios are missing: whoever plays the last one sees them all."""
    found = sorted(passed.glob("*.json"))
    if len(found) < len(FILES):
        return []
    measured = Coverage(read_repertoire(HERE, MODELS).models)
    for file in found:
        told = json.loads(file.read_text())
        measured.count({name: frozenset(ids) for name, ids in told["passed"].items()}, told["rules"])
    for path in kept.find(MODELS / "dmn"):
        measured.show(kept.run(kept.load(path)))
    page = measured.write(passed / "report")
    print("\n".join(measured.lines()), f"\nreport: {page}")
    return list(_below(measured))


def _below(measured: Coverage) -> Iterator[str]:
    totals = measured.totals
    for name, floor in (("elements", ELEMENTS), ("rules", RULES)):
        if totals[name] < floor:
            yield f"Expected {floor:.0%} of all {name} to be covered, but {totals[name]:.1%} are"
    for name, process in measured.processes.items():
        share = process.share(process.elements)
        if share < A_PROCESS:
            missing = sorted(process.elements - process.passed)
            yield f"Expected {A_PROCESS:.0%} of {name} to be covered, but {share:.1%} is: never entered {', '.join(missing)}"
    for name, table in measured.decisions.items():
        if table.share < A_TABLE:
            yield f"Expected {A_TABLE:.0%} of the rules of {name} to be covered, but {table.share:.1%} are: {table.missing}"
