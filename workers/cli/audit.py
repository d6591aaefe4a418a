"""`fsm audit`: who did what, when, on which order, allowed or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import Reads, build
from workers.cli.console import UsageError, out, print_json
from workers.ports.audit import AuditLog, AuditQuery
from workers.settings import read


def audit(
    *,
    order: Annotated[str, typer.Option(help="Only about this order: its id, number or sale, as pyxis:8841200.")] = "",
    who: Annotated[str, typer.Option(help="Only of this caller, as the log shows it.")] = "",
    country: Annotated[str, typer.Option(help="Only about data of this country, as FR.")] = "",
    refused: Annotated[bool, typer.Option("--refused", help="Only what was refused.")] = False,
    since: Annotated[datetime | None, typer.Option(help="Only at this instant (UTC) or later.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only before this instant (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most this many, the newest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Shows the audit log: every call of the API, every job that named somebody else's data.

    Entries are kept for seven years; nobody can change one. What became of an order is its timeline (`fsm orders show`).

    `fsm audit --refused --since 2027-01-11 --json`
    """
    with build(read()) as platform:
        query = AuditQuery(
            who=who or None,
            order_id=_order(platform.get(Reads), order) if order else None,
            country_code=country.upper() or None,
            allowed=False if refused else None,
            since=since.replace(tzinfo=UTC) if since else None,
            until=until.replace(tzinfo=UTC) if until else None,
            limit=limit,
        )
        found = platform.get(AuditLog).find(query)
    if as_json:
        print_json({"entries": found})
        return
    table = Table("when", "who", "did", "about", "tenant", "")
    for entry in found:
        verdict = Text("allowed", style="green") if entry.allowed else Text(f"refused: {entry.reason}", style="red")
        tenant = f"{entry.country_code or ''} {entry.bu_code or ''}".strip()
        told = (f"{entry.at:%Y-%m-%d %H:%M:%S}", entry.who, entry.what, entry.about or "", tenant)
        table.add_row(*(Text(word) for word in told), verdict)
    out.print(table)


def _order(reads: Reads, named: str) -> UUID:
    found = reads.order(named)
    if found is None:
        raise UsageError(f"Expected an order, but there is no {named!r}.")
    return found.line.id
