"""Which elements, flows and decision rules the scenarios passed: per model, as a page with the diagrams and as JSON.

A rule counts as well when an example beside its table (`dmn/examples`) shows it and holds.
"""

from __future__ import annotations

import html
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from workers.workshop.scenarios.parts import DMN
from workers.workshop.scenarios.play import Played
from zeebelet.dmn.examples import Report
from zeebelet.testing import TestEngine
from zeebelet.testing.coverage import ProcessCoverage
from zeebelet.testing.drawing import draw

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>What the scenarios pass</title>
<style>body{{font:14px/1.5 system-ui,sans-serif;margin:2rem;max-width:1600px}} .low{{color:#b00}}
table{{border-collapse:collapse;margin-bottom:2rem}} td,th{{padding:.2rem 1rem .2rem 0;text-align:left;vertical-align:top}}
svg{{width:100%;height:auto;border:1px solid #ddd;margin:.5rem 0 2rem}}</style><h1>What the scenarios pass</h1>
<p>{scenarios} scenarios; elements {elements:.0%}, flows {flows:.0%}, rules {rules:.0%}.</p>
<table><tr><th>process<th>elements<th>flows<th>never passed</tr>{processes}</table>
<table><tr><th>decision<th>rules<th>in scenarios<th>neither played nor shown</tr>{decisions}</table>{drawings}
</html>"""


@dataclass(slots=True)
class TableCoverage:
    """One decision: its rules in order (id, what it says), how often each fired in scenarios, and those an example shows."""

    rules: Sequence[tuple[str, str]]
    fired: dict[str, int] = field(default_factory=dict)
    shown: set[str] = field(default_factory=set)

    @property
    def share(self) -> float:
        """How many of the rules fired in a scenario or are shown by an example that holds, 0 to 1."""
        return self._share({*self.fired, *self.shown})

    @property
    def played(self) -> float:
        """How many of the rules fired in a scenario, 0 to 1."""
        return self._share(set(self.fired))

    @property
    def missing(self) -> list[str]:
        """Rules that neither fired nor are shown: number and inputs."""
        known = {*self.fired, *self.shown}
        return [f"{number}: {said}" for number, (ident, said) in enumerate(self.rules, 1) if ident not in known]

    def _share(self, known: set[str]) -> float:
        return sum(ident in known for ident, _ in self.rules) / len(self.rules) if self.rules else 1.0


class Coverage:
    """Adds scenarios up over the models of a repository."""

    def __init__(self, models: Sequence[Path]) -> None:
        self.processes = dict(_processes(models))
        self.decisions = dict(_decisions(path for path in models if path.suffix == ".dmn"))
        self.scenarios = 0
        self._by: dict[str, set[str]] = defaultdict(set)

    def add(self, played: Played) -> None:
        """What one scenario passed."""
        self.count(played.passed, played.rules)

    def count(self, passed: Mapping[str, frozenset[str]], rules: Mapping[str, Mapping[str, int]]) -> None:
        """Elements and flows by process, and how often rules fired by decision."""
        self.scenarios += bool(passed)
        for name, ids in passed.items():
            if name in self.processes:
                self.processes[name].passed |= ids
        for name, counts in rules.items():
            table = self.decisions.get(name)
            for rule, count in counts.items() if table else ():
                table.fired[rule] = table.fired.get(rule, 0) + count  # type: ignore[union-attr]  # known here

    def lines(self) -> Iterator[str]:
        """One line per model, for a terminal."""
        for name, process in sorted(self.processes.items()):
            shares = f"{process.share(process.elements):6.1%} of elements {process.share(process.flows):6.1%} of flows"
            yield f"{name:26} {shares}"
        for name, table in sorted(self.decisions.items()):
            yield f"{name:26} {table.share:6.1%} of rules, {table.played:6.1%} in scenarios"

    def show(self, report: Report) -> None:
        """What the examples beside a table show, as far as they hold."""
        held = (result.evaluation for result in report.results if result.passed)
        for decision in (decision for evaluation in held for decision in evaluation.decisions):
            if decision.decision_id in self.decisions:
                self.decisions[decision.decision_id].shown |= {rule.rule_id for rule in decision.matched_rules}

    @property
    def totals(self) -> Mapping[str, float]:
        """Shares over all models."""
        elements = [(len(p.elements & p.passed), len(p.elements)) for p in self.processes.values()]
        flows = [(len(p.flows & p.passed), len(p.flows)) for p in self.processes.values()]
        rules = [(len(t.rules) - len(t.missing), len(t.rules)) for t in self.decisions.values()]
        return {name: _share(parts) for name, parts in (("elements", elements), ("flows", flows), ("rules", rules))}

    def document(self) -> dict[str, object]:
        """The figures as JSON-ready data."""
        return {
            "scenarios": self.scenarios,
            "total": {name: round(share, 4) for name, share in self.totals.items()},
            "processes": {
                name: {
                    "elements": round(process.share(process.elements), 4),
                    "flows": round(process.share(process.flows), 4),
                    "missing": process.missing,
                }
                for name, process in sorted(self.processes.items())
            },
            "decisions": {
                name: {"rules": round(table.share, 4), "inScenarios": round(table.played, 4), "missing": table.missing}
                for name, table in sorted(self.decisions.items())
            },
        }

    def write(self, folder: Path) -> Path:
        """Writes `coverage.json` and `index.html`; returns the page."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "coverage.json").write_text(json.dumps(self.document(), indent=2, ensure_ascii=False) + "\n")
        page = folder / "index.html"
        drawings = "".join(
            f"<h2>{html.escape(name)}</h2>{draw(process.source, process.passed)}"
            for name, process in sorted(self.processes.items())
        )
        rows = "".join(_process_row(name, process) for name, process in sorted(self.processes.items()))
        tables = "".join(_decision_row(name, table) for name, table in sorted(self.decisions.items()))
        text = PAGE.format(scenarios=self.scenarios, processes=rows, decisions=tables, drawings=drawings, **self.totals)
        page.write_text(text, encoding="utf-8")
        return page


def _share(parts: Sequence[tuple[int, int]]) -> float:
    whole = sum(total for _, total in parts)
    return sum(done for done, _ in parts) / whole if whole else 1.0


def _processes(models: Sequence[Path]) -> Iterator[tuple[str, ProcessCoverage]]:
    kit = TestEngine()
    kit.deploy(*models)
    for definition in kit.engine.state.definitions.processes.all():
        executable = definition.value.executable
        known = {element.id: element for element in executable.elements.values() if element.id != definition.id}
        flows = {flow.id for element in known.values() for flow in element.outgoing}
        yield definition.id, ProcessCoverage(definition.value.metadata.resource, set(known) - flows, flows, set())
    kit.engine.close()


def _decisions(files: Iterator[Path]) -> Iterator[tuple[str, TableCoverage]]:
    for path in files:
        for decision in etree.parse(path).getroot().iter(f"{DMN}decision"):
            rules = [(str(rule.get("id")), _said(rule)) for rule in decision.iter(f"{DMN}rule")]
            if rules:
                yield str(decision.get("id")), TableCoverage(rules)


def _said(rule: etree._Element) -> str:
    """The conditions of a rule; what fits anything is left out."""
    cells = [str(cell.findtext(f"{DMN}text") or "-").strip() for cell in rule.iter(f"{DMN}inputEntry")]
    return ", ".join(cell for cell in cells if cell != "-") or "anything else"


def _process_row(name: str, process: ProcessCoverage) -> str:
    shares = (process.share(process.elements), process.share(process.flows))
    cells = "".join(f'<td class="{"low" if share < 0.95 else ""}">{share:.0%}' for share in shares)
    return f"<tr><td>{html.escape(name)}{cells}<td>{html.escape(', '.join(process.missing))}</tr>"


def _decision_row(name: str, table: TableCoverage) -> str:
    low = "low" if table.share < 0.9 else ""
    missing = "<br>".join(map(html.escape, table.missing))
    return f'<tr><td>{html.escape(name)}<td class="{low}">{table.share:.0%}<td>{table.played:.0%}<td>{missing}</tr>'
