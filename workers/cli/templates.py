"""`fsm templates`: what Camunda Modeler offers for our task types."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from workers.cli.console import out
from workers.workshop.templates import FOLDER, outdated, write
from workers.workshop.templates import templates as made


def templates(
    folder: Annotated[Path, typer.Option("--folder", help="Where Modeler looks for them.")] = FOLDER,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit code 1 if one is outdated.")] = False,
) -> None:
    """Writes an element template for every task type, made from its worker: inputs, outputs, headers, errors, tries.

    A task that has changed gets the next version of its template, and Modeler offers the update. Modeler finds the folder
    `.camunda/element-templates` beside the models it opens.
    """
    wanted = made(folder)
    changed = outdated(wanted) if check else write(wanted)
    for path in changed:
        state = "gone" if path not in wanted else f"version {wanted[path]['version']}"
        out.print(f"{escape(str(path))}: {'outdated' if check else state}", highlight=False)
    out.print(f"{len(wanted)} templates, {len(changed)} {'outdated' if check else 'written'}", highlight=False)
    if check and changed:
        raise typer.Exit(1)
