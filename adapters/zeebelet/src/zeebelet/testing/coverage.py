"""Which elements and flows a suite passed: collected over all engines of a test run, written as HTML and JSON."""

from __future__ import annotations

import html
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from zeebelet.testing.drawing import draw
from zeebelet.testing.kit import TestEngine

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Process coverage</title>
<style>body{{font:14px/1.5 system-ui,sans-serif;margin:2rem;max-width:1600px}} table{{border-collapse:collapse}}
td,th{{padding:.2rem 1rem .2rem 0;text-align:left}} svg{{width:100%;height:auto;border:1px solid #ddd;margin:.5rem 0 2rem}}
.low{{color:#b00}}</style><h1>Process coverage</h1>
<table><tr><th>process<th>elements<th>flows<th>not passed</tr>{rows}</table>{drawings}
</html>"""


@dataclass(slots=True)
class ProcessCoverage:
    """One process: everything it has, and what was passed."""

    source: bytes = field(repr=False)
    elements: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)

    def share(self, kind: set[str]) -> float:
        """How much of a kind was passed, 0 to 1."""
        return len(kind & self.passed) / len(kind) if kind else 1.0

    @property
    def missing(self) -> list[str]:
        """Elements and flows nobody passed."""
        return sorted((self.elements | self.flows) - self.passed)


class Coverage:
    """Adds engines up. Versions of one process are merged: what counts is the newest deployed source."""

    def __init__(self) -> None:
        self.processes: dict[str, ProcessCoverage] = {}
        self._passed: dict[str, set[str]] = defaultdict(set)

    def add(self, engine: TestEngine) -> None:
        """What this engine's instances passed."""
        for definition in engine.engine.state.definitions.processes.all():
            executable = definition.value.executable
            known = {element.id: element for element in executable.elements.values() if element.id != definition.id}
            flows = {flow.id for element in known.values() for flow in element.outgoing}
            passed = self._passed[definition.id]
            passed |= engine.journal.covered[definition.key]
            self.processes[definition.id] = ProcessCoverage(
                definition.value.metadata.resource, set(known) - flows, flows, passed
            )

    def document(self) -> dict[str, object]:
        """The figures as JSON-ready data."""
        return {
            name: {
                "elements": round(process.share(process.elements), 4),
                "flows": round(process.share(process.flows), 4),
                "missing": process.missing,
            }
            for name, process in sorted(self.processes.items())
        }

    def write(self, folder: Path) -> Path:
        """Writes `coverage.json` and `index.html`; returns the page."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "coverage.json").write_text(json.dumps(self.document(), indent=2) + "\n")
        page = folder / "index.html"
        rows = "".join(_row(name, process) for name, process in sorted(self.processes.items()))
        drawings = "".join(
            f"<h2>{html.escape(name)}</h2>{draw(process.source, process.passed)}"
            for name, process in sorted(self.processes.items())
        )
        page.write_text(PAGE.format(rows=rows, drawings=drawings))
        return page


def _row(name: str, process: ProcessCoverage) -> str:
    shares = (process.share(process.elements), process.share(process.flows))
    cells = "".join(f'<td class="{"low" if share < 0.8 else ""}">{share:.0%}' for share in shares)
    missing = html.escape(", ".join(process.missing[:12]) + (" …" if len(process.missing) > 12 else ""))
    return f"<tr><td>{html.escape(name)}{cells}<td>{missing}</tr>"
