"""`fsm layout`: gives BPMN files a clean diagram."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from lxml import etree
from rich.markup import escape

from workers.cli.console import UsageError, out, print_json
from workers.workshop.layout import Layout, lay_out


def layout(
    files: Annotated[list[Path], typer.Argument(help="BPMN files, or folders that hold some.")],
    everything: Annotated[bool, typer.Option("--all", help="Draw anew what is clean, too.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit code 1 if something had to be drawn.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document for scripts.")] = False,
) -> None:
    """Draws what is missing or broken in the diagram of a BPMN file; what is clean stays where it is.

    Shapes without a place get one, lines become right-angled and run around shapes, names stand where nothing covers them.

    **Examples**

    `fsm layout bpmn/technical-visit.bpmn` after a task was added in a text editor

    `fsm layout --all draft.bpmn` for a diagram from scratch
    """
    done = {path: _laid_out(path, everything=everything) for path in _found(files)}
    for path, result in done.items():
        if not check and result.source != path.read_bytes():
            path.write_bytes(result.source)
    if as_json:
        print_json([{"file": str(p), "redrawn": r.redrawn, "warnings": r.warnings} for p, r in done.items()])
    else:
        for path, result in done.items():
            _show(path, result)
    if check and any(result.redrawn for result in done.values()):
        raise typer.Exit(1)


def _found(files: list[Path]) -> list[Path]:
    found = [path for file in files for path in (sorted(file.rglob("*.bpmn")) if file.is_dir() else [file])]
    if not found:
        raise UsageError(f"Expected BPMN files in {', '.join(map(str, files))}, but there are none.")
    return found


def _laid_out(path: Path, *, everything: bool) -> Layout:
    try:
        return lay_out(path.read_bytes(), everything=everything)
    except etree.XMLSyntaxError as error:
        raise UsageError(f"Expected '{path}' to be a BPMN file, but it is no XML: {error}") from error


def _show(path: Path, result: Layout) -> None:
    what = "drawn anew" if result.as_a_whole else f"{len(result.redrawn)} mended" if result.redrawn else "clean"
    out.print(f"{escape(str(path))}: {what}", highlight=False)
    for name, why in sorted(result.redrawn.items()):
        out.print(f"  [dim]{escape(name)} {escape(why)}[/]", highlight=False)
    for warning in result.warnings:
        out.print(f"  [yellow]warning[/] {escape(warning)}", highlight=False)
