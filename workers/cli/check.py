"""`fsm check`: everything that will not work in the models, decisions and forms of a folder, in one report."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from workers.cli.console import UsageError, err, out, print_json
from workers.workshop.check import Finding, Report, Severity
from workers.workshop.check import check as examined
from workers.workshop.check.mending import mend

COLOURS = {Severity.ERROR: "bold red", Severity.WARNING: "yellow"}


def check(
    folder: Annotated[Path, typer.Argument(help="Folder that holds bpmn/, dmn/ and forms/.")] = Path(),
    fix: Annotated[
        bool, typer.Option("--fix", help="First mend ids, drawings, pictures and missing rows of the tables.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings end with exit code 1, too.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document for scripts.")] = False,
    github: Annotated[bool, typer.Option("--github", help="Annotations for a pull request.")] = False,
) -> None:
    """Checks models, decisions and forms together: what each finds wrong, why, and what to do.

    Task types, inputs, errors and headers are compared with the workers; forms with what is set before and read after
    them; times and values with the tables in bpmn/tables; decision tables with themselves and their examples.

    **Examples**

    `fsm check` before a deployment (exit code 1 when something will not work)

    `fsm check --fix` after a night in Modeler: ids from names, a clean drawing, new pictures
    """
    for line in mend(folder) if fix else ():
        (err if as_json or github else out).print(f"[dim]{escape(line)}[/]", highlight=False)
    report = examined(folder)
    if not report.counts["processes"] + report.counts["decisions"] + report.counts["forms"] and not report.findings:
        raise UsageError(f"Expected models in {folder}/bpmn, {folder}/dmn or {folder}/forms, but there are none.")
    if as_json:
        print_json(plain(report))
    elif github:
        for finding in report.findings:
            typer.echo(annotation(finding))
    else:
        show(report, out)
    if report.errors or (strict and report.warnings):
        raise typer.Exit(1)


def plain(report: Report) -> dict[str, object]:
    """The report as JSON-ready data."""
    return {
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "seconds": round(report.seconds, 3),
        "counts": report.counts,
        "findings": [finding.plain() for finding in report.findings],
    }


def annotation(finding: Finding) -> str:
    """A line that a pull request shows beside the file."""
    text = ". ".join(filter(None, (f"{_place(finding)}: {finding.what}", finding.why, finding.fix)))
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{finding.severity} file={finding.file},line={finding.line},title={finding.rule}::{escaped}"


def show(report: Report, console: Console) -> None:
    """The report for people: by file, the gravest first."""
    by_file = sorted(report.findings, key=lambda f: str(f.file))
    for file, findings in groupby(by_file, key=lambda f: f.file):
        console.print(f"[bold]{escape(str(file))}[/]", highlight=False)
        for finding in findings:
            _show(finding, console)
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    verdict = f"[bold red]{len(report.errors)} errors[/]" if report.errors else "[bold green]no errors[/]"
    console.print(f"{verdict}, {len(report.warnings)} warnings in {report.seconds:.1f} s: {counts}", highlight=False)


def _show(finding: Finding, console: Console) -> None:
    colour = COLOURS[finding.severity]
    console.print(
        f"  [{colour}]{finding.severity}[/] {escape(_place(finding))}: {escape(finding.what)}  [dim]{finding.rule}[/]",
        highlight=False,
    )
    for text in (finding.why, finding.fix):
        if text:
            console.print(f"      [dim]{escape(text)}[/]", highlight=False)


def _place(finding: Finding) -> str:
    named = f" '{finding.name}'" if finding.name and finding.name != finding.element else ""
    return f"{finding.element}{named}" if finding.element else finding.file.name
