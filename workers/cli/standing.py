"""Where an order stands, in a table: what it waits for and until when, its appointment, its provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from workers.desk.waits import Wait


def standing_table(found: Sequence[Wait], problem: str, visits: Sequence[dict[str, Any]]) -> Table:
    """The table for a terminal."""
    table = Table("now", "what", "who", "until", show_edge=False, pad_edge=False)
    for cells in _lines(found, problem, visits):
        table.add_row(*map(Text, cells))
    return table


def _lines(found: Sequence[Wait], problem: str, visits: Sequence[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    for wait in found:
        key = f" ({wait.kind} {wait.key})" if wait.kind in ("task", "incident") else ""
        yield ("stuck" if wait.kind == "incident" else "waits for"), f"{wait.what}{key}", wait.who, wait.until[:16]
    if problem:
        yield "unknown", problem, "", ""
    for visit in visits:
        start = f"{visit['start']:%Y-%m-%d %H:%M}" if visit["start"] else ""
        yield "visit", f"{visit['visit']} {visit['state']}", visit["provider"] or "", start
