"""`fsm diff`: what changed in models, decisions and forms, in plain words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from workers.cli.console import err, out, print_json
from workers.settings import MODELS
from workers.workshop.changes.compare import Change, changes_between
from workers.workshop.changes.versions import Files, files_of, version_of

COLOURS = {"added": "green", "removed": "red", "renamed": "cyan", "changed": "yellow"}


def diff(
    revision: Annotated[str, typer.Argument(help="A revision, as HEAD~1 or a tag, or another folder.")] = "HEAD",
    *,
    models: Annotated[Path, typer.Option(help="The folder that holds bpmn/, dmn/ and forms/.")] = MODELS,
    scenarios: Annotated[
        bool, typer.Option("--scenarios", help="Play all scenarios against both and name those that differ.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Says what changed since a revision: elements, names, conditions, mappings, timers, rows of tables, fields of forms.

    What instances that run would make of it stands below. Drawing and layout are no change.

    `fsm diff HEAD~1 --scenarios` also plays the scenarios against both versions and names those that take another path.
    """
    before, now = version_of(revision, models), files_of(models)
    changes = changes_between(before, now)
    others = paths_that_differ(before, now, models) if scenarios and changes else []
    if as_json:
        print_json({"changes": changes, "otherPaths": others})
        return
    if not changes:
        out.print("Nothing changed.")
    show(changes, out)
    for line in others:
        out.print(f"[magenta]another path[/] {escape(line)}", highlight=False)


def show(changes: Sequence[Change], to: Console) -> None:
    """The changes by file, and what they mean for running instances."""
    for file, group in groupby(changes, key=lambda change: change.file):
        to.print(f"[bold]{escape(file)}[/]", highlight=False)
        for change in group:
            to.print(f"  [{COLOURS[change.what]}]{change.what:<8}[/] {escape(change.text)}", highlight=False)
    for text in dict.fromkeys(change.migration for change in changes if change.migration):
        to.print(f"[red]running instances[/]: {escape(text)}", highlight=False)


def paths_that_differ(before: Files, now: Files, models: Path) -> list[str]:
    """Scenarios whose tokens go another way with the new version, and where they first part."""
    from workers.workshop.changes.paths import other_paths

    return list(other_paths(before, now, models, progress=lambda text: err.print(escape(text), highlight=False)))
