"""`fsm scenarios`: plays what the files of `tests/scenarios` say, on the engine with the moved clock and the real workers."""

from __future__ import annotations

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
    answer, and the invariants of the field are looked for afterwards.

    `fsm scenarios S1 --timeline` shows one, line by line.

    `fsm scenarios --all --html out --coverage out/coverage` plays all and writes pages that open offline.
    """
    try:
        wanted, repertoire = chosen(models, () if all_ else tuple(names or ()), folder)
    except UnreadableScenario as error:
        raise UsageError(str(error)) from error
    played: list[Played] = []
    with Stage() as stage:
        for one in run(stage, wanted, repertoire, Parts(models)):
            played.append(one)
            if not as_json:
                _show(one, timeline=timeline)
    _write(played, repertoire.models, html=html, coverage=coverage, quiet=as_json)
    if as_json:
        print_json({"scenarios": [document_of(one) for one in played]})
    else:
        _sum_up(played)
    if not all(one.good for one in played):
        raise typer.Exit(1)


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


def _write(played: list[Played], models: Any, *, html: Path | None, coverage: Path | None, quiet: bool) -> None:
    written = []
    if html:
        written.append(write_page(html, played, models))
    if coverage:
        measured = Coverage(models)
        for one in played:
            measured.add(one)
        written.append(measured.write(coverage))
    for page in written if not quiet else ():
        err.print(f"written: {escape(str(page))}", highlight=False)


def _sum_up(played: list[Played]) -> None:
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
