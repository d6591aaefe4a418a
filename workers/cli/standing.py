"""Where an order stands, in a table: what it waits for and until when, its appointment, its provider."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from workers.bootstrap import CamundaDesk, Platform, Reads
from workers.cli.waits import Wait, waits_of
from workers.domain.states import VisitState
from workers.ports.errors import PortError

TO_COME = frozenset({VisitState.PLANNED, VisitState.HELD, VisitState.ASSIGNED, VisitState.READY, VisitState.ON_SITE})


def waits(platform: Platform, line: Any) -> tuple[list[Wait], str]:
    """Returns what an order waits for; where Camunda does not answer, why that is not known."""
    try:
        return waits_of(platform.get(CamundaDesk), f"{line.source_system}:{line.external_order_id}"), ""
    except PortError as error:
        return [], str(error)


def appointments(platform: Platform, view: Any) -> list[dict[str, Any]]:
    """Returns the visits to come with their start and the provider who has them."""
    named = {row["visit_id"]: platform.get(Reads).provider_name(row["provider_id"]) for row in view.assignments}
    return [
        {
            "visit": visit["kind"],
            "state": visit["state"],
            "start": visit["planned_start"],
            "provider": named.get(visit["id"]),
        }
        for visit in view.visits
        if visit["state"] in TO_COME
    ]


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
