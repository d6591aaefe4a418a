"""`fsm scenarios`: plays what the files of `tests/scenarios` say, on the engine with the moved clock and the real workers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from workers.cli.console import UsageError, err, out, print_json
from workers.settings import MODELS
from workers.workshop.scenarios.coverage import Coverage
from workers.workshop.scenarios.files import UnreadableScenario
from workers.workshop.scenarios.page import write_page
from workers.workshop.scenarios.parts import Parts
from workers.workshop.scenarios.play import Played
from workers.workshop.scenarios.run import chosen, run
from workers.workshop.scenarios.stage import Stage
from zeebelet.dmn import examples as kept
from zeebelet.dmn.examples import Report

COLOURS = {"ok": "green", "failed": "bold red", "waits": "yellow"}


def scenarios(
    names: Annotated[list[str] | None, typer.Argument(help="Which, as S1 or S12. Default: all.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="All of them, also when some are named.")] = False,
    folder: Annotated[Path | None, typer.Option(help="Another folder of scenario files.")] = None,
    models: Annotated[Path, typer.Option(help="The folder that holds bpmn/, dmn/ and forms/.")] = MODELS,
    html: Annotated[
        Path | None, typer.Option(help="Write index.html into this folder: diagrams with the way taken.")
    ] = None,
    coverage: Annotated[
        Path | None, typer.Option(help="Write what the scenarios passed: index.html, coverage.json.")
    ] = None,
    timeline: Annotated[bool, typer.Option(help="Print what happened, line by line.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Plays scenarios: given an order, when people act, then this must be true. Exit code 1 when one is not as written.

    Each is played on an engine of its own with the real workers over a real PostgreSQL; every job is done twice, as after a lost
    answer, and the invariants of the field are looked for afterwards. With all of them the examples beside the decision tables
    are tried as well (`dmn/examples`); a rule that one of them shows counts as covered.

    `fsm scenarios S1 --timeline` shows one, line by line.

    `fsm scenarios --all --html out --coverage out/coverage` plays all and writes pages that open offline.
    """
    try:
        wanted, repertoire = chosen(models, () if all_ else tuple(names or ()), folder)
    except UnreadableScenario as error:
        raise UsageError(str(error)) from error
    played: list[Played] = []
    shown = [] if names and not all_ else examples_of(models)
    with Stage() as stage:
        for one in run(stage, wanted, repertoire, Parts(models)):
            played.append(one)
            if not as_json:
                _show(one, timeline=timeline)
    pages = [write_page(html, played, repertoire.models)] if html else []
    measured = measure(played, shown, repertoire.models)
    pages += [measured.write(coverage)] if coverage else []
    if as_json:
        told = {"total": measured.document()["total"], "examples": [_examples_document(report) for report in shown]}
        print_json({"scenarios": [document_of(one) for one in played], **told})
    else:
        for page in pages:
            err.print(f"written: {escape(str(page))}", highlight=False)
        _sum_up(played, shown)
        out.print(_covered(measured.totals), highlight=False)
    if not all(one.good for one in played) or any(report.failed for report in shown):
        raise typer.Exit(1)


def examples_of(models: Path) -> list[Report]:
    """The examples beside the decision tables, tried."""
    return [kept.run(kept.load(path)) for path in kept.find(models / "dmn")]


def measure(played: Sequence[Played], shown: Sequence[Report], models: Sequence[Path]) -> Coverage:
    """What scenarios pass and examples show, over all models."""
    measured = Coverage(models)
    for one in played:
        measured.add(one)
    for report in shown:
        measured.show(report)
    return measured


def _covered(totals: Mapping[str, float]) -> str:
    return "covered: " + ", ".join(f"{share:.1%} of {name}" for name, share in totals.items())


def _examples_document(report: Report) -> dict[str, Any]:
    failed = [result.example.why for result in report.failed]
    return {"table": report.examples.path.stem, "examples": len(report.results), "failed": failed}


def _show(played: Played, *, timeline: bool) -> None:
    scenario = played.scenario
    state = f"[{COLOURS[played.word]}]{played.word:<6}[/]"
    waits = (
        f" [dim]({escape(', '.join(played.waits_for))})[/]" if played.waits_for else f" [dim]{played.seconds:.1f} s[/]"
    )
    out.print(f"{state} {scenario.scenario:<4} {escape(scenario.title)}{waits}", highlight=False)
    for text in played.problems:
        out.print(f"         {escape(text)}", highlight=False)
    for name, texts in played.broken.items():
        out.print(f"         [red]{escape(name)}[/]: {escape('; '.join(texts[:5]))}", highlight=False)
    if timeline and played.country:
        out.print(_timeline(played))


def _timeline(played: Played) -> Table:
    table = Table("when", "who", "what", show_edge=False, pad_edge=False)
    for line in played.timeline:
        assert played.country is not None
        when = f"{played.country.local(line.at):%a %d %b %H:%M}"
        table.add_row(when, escape(line.who), escape(line.what), style="bold" if line.kind == "act" else "")
    return table


def _sum_up(played: Sequence[Played], shown: Sequence[Report]) -> None:
    for report in shown:
        for result in report.failed:
            said = f"{report.examples.path.stem}: {result.example.why}, but {result.evaluation.output}"
            out.print(f"[bold red]example[/] {escape(said)}", highlight=False)
    counts = {word: sum(one.word == word for one in played) for word in COLOURS}
    seconds = sum(one.seconds for one in played)
    out.print(
        f"{counts['ok']} ok, {counts['failed']} failed, {counts['waits']} wait for parts; {seconds:.0f} s",
        highlight=False,
    )


def document_of(played: Played) -> dict[str, Any]:
    """A played scenario as JSON-ready data."""
    return {
        "scenario": played.scenario.scenario,
        "title": played.scenario.title,
        "result": played.word,
        "seconds": round(played.seconds, 2),
        "problems": played.problems,
        "broken": played.broken,
        "waitsFor": played.waits_for,
        "path": played.path,
        "timeline": [
            {"at": line.at, "kind": line.kind, "who": line.who, "what": line.what} for line in played.timeline
        ],
    }
