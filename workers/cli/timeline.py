"""The timeline of an order for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table
from rich.text import Text

from workers.desk.timeline import timeline_of

STYLES: Mapping[str, str] = {
    "move": "bold",
    "message": "blue",
    "signature": "magenta",
    "offer": "cyan",
    "visit": "green",
}


def timeline_table(view: Any) -> Table:
    """The timeline for a terminal."""
    line = view.line
    named = escape(f"{line.order_number}  {line.source_system}:{line.external_order_id}  {line.service_type}")
    title = f"{named}  [bold]{escape(line.state)}[/]"
    table = Table("when", "who", "what", title=title, title_justify="left", show_edge=False, pad_edge=False)
    for happening in timeline_of(view):
        style = STYLES[happening.kind]
        when = f"{happening.at:%a %d %b %H:%M}"
        # Names and reasons are people's words: a Text is never read as markup.
        table.add_row(when, Text(happening.who), Text(happening.what, style=style))
    return table
