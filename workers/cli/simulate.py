"""`fsm simulate`: many orders over weeks of virtual time, against one version of the models or two."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path, PurePath
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from workers.cli.console import UsageError, err, out, print_json
from workers.settings import MODELS
from workers.workshop.changes.versions import Files, files_of, version_of
from workers.workshop.simulation.figures import Figures, figures_of, side_by_side
from workers.workshop.simulation.mix import Sold, UnknownMixError, read_mix, sold
from workers.workshop.simulation.page import write_page
from workers.workshop.simulation.run import START, Result, parts_of, play_part

DISTRICTS = 4


def simulate(
    orders: Annotated[int, typer.Option(min=1, max=100_000, help="How many orders are sold.")] = 1000,
    *,
    mix: Annotated[str, typer.Option(help="Shares in per cent, as FR=60,ES=40,tv=20,urgent=5,invalid=4.")] = "",
    against: Annotated[str, typer.Option(help="A revision or a folder to compare with.")] = "",
    per_day: Annotated[float, typer.Option(min=0.1, help="Orders a working day.")] = 25.0,
    seed: Annotated[int, typer.Option(help="Another seed, other people.")] = 1,
    models: Annotated[Path, typer.Option(help="The folder that holds bpmn/, dmn/ and forms/.")] = MODELS,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots into this file.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=DISTRICTS, help="Processes to use.")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Plays orders on the real models, decisions, forms and timers, with people who behave by chance, and counts.

    What workers compute is answered by models of them, so that a thousand orders take a minute. The same seed asks the same
    people the same questions: what differs between two versions comes from the versions.

    `fsm simulate --orders 1000 --against HEAD~1 --html out/simulation.html` says what your change would do.
    """
    started = time.monotonic()
    try:
        wanted = list(sold(read_mix(mix), orders, start=START, per_day=per_day, seed=seed))
    except UnknownMixError as error:
        raise UsageError(str(error)) from error
    versions: dict[str, Files] = {"these models": files_of(models)}
    if against:
        versions[against] = version_of(against, models)
    with ProcessPoolExecutor(workers) as pool:
        played = {name: _play(pool, files, wanted, seed=seed) for name, files in versions.items()}
    figures = [found for found, _ in played.values()]
    if html:
        err.print(f"written: {escape(str(write_page(html, played)))}", highlight=False)
    if as_json:
        told = {name: found.document() for name, (found, _) in played.items()}
        print_json({"seconds": round(time.monotonic() - started, 1), "versions": told})
        return
    _show(list(played), figures, time.monotonic() - started)


def _play(pool: Any, files: Files, orders: Sequence[Sold], *, seed: int) -> tuple[Figures, list[Result]]:
    content = [(PurePath(name).name, data) for name, data in files.items()]
    running = [pool.submit(play_part, content, part, seed) for part in parts_of(orders, DISTRICTS)]
    results: list[Result] = []
    incidents: Counter[str] = Counter()
    for part in running:
        found, troubles = part.result()
        results += found
        incidents.update(troubles)
    return figures_of(sorted(results, key=lambda result: result.number), dict(incidents)), results


def _show(names: Sequence[str], figures: Sequence[Figures], seconds: float) -> None:
    title = f"{figures[0].orders} orders in {seconds:.0f} s"
    table = Table("", *names, *(["change"] if len(names) > 1 else []), title=title, title_justify="left")
    for label, value, other, unit in side_by_side(figures[0], figures[1] if len(figures) > 1 else None):
        cells = [f"{value:.1f} {unit}".strip()]
        if other is not None:
            cells += [f"{other:.1f} {unit}".strip(), f"{value - other:+.1f}" if abs(value - other) >= 0.05 else ""]
        table.add_row(label, *cells)
    out.print(table)
    for name, found in zip(names, figures, strict=True):
        for text, count in sorted(found.incidents.items(), key=lambda item: -item[1])[:5]:
            out.print(f"[red]{count} incidents[/] with {escape(name)}: {escape(text[:200])}", highlight=False)
