"""The gate: everything that will not work in a folder of models, decisions and forms, in one report.

report = check(Path())
report.errors, report.warnings, report.counts
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from workers.workshop.check import project as projects
from workers.workshop.check.findings import Finding, Severity
from workers.workshop.check.flow import DataFlow
from workers.workshop.check.project import Project
from workers.workshop.check.rules import (
    data,
    deployment,
    drawn,
    jobs,
    links,
    pages,
    rows,
    structure,
    texts,
    told,
    unread,
)


@dataclass(slots=True)
class Report:
    """Everything found, the gravest first; `counts` says what was looked at."""

    findings: list[Finding]
    counts: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    @property
    def errors(self) -> list[Finding]:
        """What will not work."""
        return [f for f in self.findings if f.severity is Severity.ERROR]

    @property
    def warnings(self) -> list[Finding]:
        """What somebody should look at."""
        return [f for f in self.findings if f.severity is Severity.WARNING]


def check(folder: Path) -> Report:
    """Checks a folder that holds `bpmn/`, `dmn/` and `forms/` (or the files themselves)."""
    begun = perf_counter()
    project = projects.load(folder)
    found = list(dict.fromkeys(_without_echoes(_all(project))))
    found.sort(key=lambda f: (f.severity != Severity.ERROR, str(f.file), f.line))
    return Report(found, _counts(project), perf_counter() - begun)


def _all(project: Project) -> Iterator[Finding]:
    yield from project.broken
    yield from structure.check(project)
    yield from jobs.check(project)
    yield from links.check(project)
    yield from texts.check(project)
    flow = DataFlow(project).run()
    yield from data.check(project, flow)
    yield from pages.check(project, flow)
    yield from told.check(project, flow)
    yield from unread.check(project, flow)
    yield from rows.check(project)
    yield from drawn.check(project)
    yield from deployment.check(project)


def _without_echoes(findings: Iterator[Finding]) -> Iterator[Finding]:
    """What Zeebe says of an element is left out where the gate has already said it better."""
    told: set[tuple[Path, str]] = set()
    for finding in findings:
        place = (finding.file, finding.element)
        if finding.rule == "deployment" and place in told:
            continue
        if finding.severity is Severity.ERROR:
            told.add(place)
        yield finding


def _counts(project: Project) -> dict[str, int]:
    return {
        "processes": len(project.processes),
        "elements": sum(len(m.nodes) for m in project.models),
        "flows": sum(len(m.flows) for m in project.models),
        "decisions": len(project.decision_ids),
        "forms": len(project.forms),
        "fields": sum(len(f.fields) for f in project.forms),
        "task types": len(project.workers),
    }


__all__ = ["Finding", "Report", "Severity", "check"]
