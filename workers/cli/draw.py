"""`fsm draw`: the pictures of the documentation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from workers.cli.console import UsageError, out
from workers.workshop.pictures import FOLDER, outdated, pictures


def draw(
    folder: Annotated[Path, typer.Argument(help="Folder that holds bpmn/, dmn/ and forms/.")] = Path(),
    into: Annotated[Path, typer.Option(help="Where the pictures go.")] = FOLDER,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if a picture is outdated.")
    ] = False,
) -> None:
    """Draws every model as an SVG picture: diagrams from the layout in their files (every element carries `data-element-id`),
    decision tables as Modeler shows them, forms with what is asked and when.

    `fsm draw` renews docs/pictures after a model has changed; `fsm layout` mends the layout itself.
    """
    wanted = pictures(folder, into)
    if not wanted:
        raise UsageError(f"Expected models in {folder}/bpmn, dmn or forms, but there are none.")
    old = outdated(wanted)
    for path in old:
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
        out.print(f"{escape(str(path))}: {'outdated' if check else 'drawn'}", highlight=False)
    out.print(f"{len(wanted) - len(old)} of {len(wanted)} pictures were current", highlight=False)
    if check and old:
        raise typer.Exit(1)
