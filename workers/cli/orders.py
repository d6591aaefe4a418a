"""`fsm orders list|show|watch`: what became of the orders, read from PostgreSQL."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import OrderLine, OrderSearch, Platform, Reads, Within, build
from workers.cli.console import UsageError, out, print_json
from workers.cli.standing import standing_table
from workers.cli.timeline import timeline_table
from workers.desk.listing import Awaited, awaited
from workers.desk.reconcile import differences, mend
from workers.desk.standing import appointments, waits
from workers.desk.timeline import timeline_of
from workers.domain.states import OrderState
from workers.domain.tenancy import COUNTRIES
from workers.settings import read

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at service orders and their timelines.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
COLOURS: Mapping[str, str] = {"CLOSED": "green", "CANCELLED": "yellow", "REJECTED": "red"}


@app.command("list")
def list_orders(
    state: Annotated[str, typer.Option(help="Only orders in this state, as CLOSED or ASSIGNED.")] = "",
    country: Annotated[str, typer.Option(help="Only orders of this country, as FR.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most this many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """Lists orders, the newest first, with what each waits for.

    `fsm orders list --state ASSIGNED --country FR`
    """
    wanted = {
        "state": _known("state", state.upper(), list(OrderState)),
        "country": _known("country", country.upper(), sorted(COUNTRIES)),
    }
    with build(read()) as platform:
        lines = platform.get(Reads).orders(**wanted, limit=limit)
        waiting, problem = awaited(platform, lines)
    if as_json:
        told = [{**asdict(line), "awaited": [asdict(item) for item in waiting.get(line.id, ())]} for line in lines]
        print_json({"orders": told, "waitsUnknown": problem or None})
        return
    out.print(_table(lines, waiting))
    if problem:
        out.print(f"Tasks and incidents are not known: {problem}", markup=False)


@app.command()
def search(
    text: Annotated[list[str], typer.Argument(help="Words, a name, a number or a part of it, a postal code.")],
    country: Annotated[str, typer.Option(help="Only orders of this country, as FR.")] = "",
    after: Annotated[str, typer.Option(help="Where the page before ended, as it said.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most this many, the newest first.")] = 50,
    as_json: Json = False,
) -> None:
    """Finds orders that have every word; accents and case do not matter, numbers are found by any part of them.

    `fsm orders search garnier lille`, `fsm orders search 41207`
    """
    wanted = _known("country", country.upper(), sorted(COUNTRIES))
    with build(read()) as platform:
        try:
            within = Within(countries=[wanted] if wanted else None)
            page = platform.get(OrderSearch).find(" ".join(text), within=within, after=after or None, limit=limit)
        except ValueError as error:
            raise UsageError(str(error)) from error
    if as_json:
        print_json({"orders": page.lines, "after": page.following})
        return
    out.print(_table(page.lines))
    if page.following:
        out.print(f"More: --after {page.following}", markup=False)


@app.command()
def show(
    order: Annotated[str, typer.Argument(help="Order number, sales key (pyxis:8841207), external id or UUID.")],
    as_json: Json = False,
) -> None:
    """Shows one order with its timeline, and what it waits for: until when, whose task, which incident, the next appointment.

    `fsm orders show pyxis:8841207`
    """
    with build(read()) as platform:
        view = platform.get(Reads).order(order)
        if view is None:
            raise UsageError(
                f"Expected an order named {order!r}, but there is none. `fsm orders list` shows what there is."
            )
        waiting, problem = waits(platform, view.line)
        coming = appointments(platform, view)
    if as_json:
        now = {"waits": [asdict(wait) for wait in waiting], "waitsUnknown": problem or None, "appointments": coming}
        print_json({**_document(view), **now})
        return
    out.print(timeline_table(view))
    out.print(standing_table(waiting, problem, coming))


@app.command("reconcile")
def reconcile_orders(
    minutes: Annotated[
        int, typer.Option(min=0, help="Younger orders and journeys may be on their way; left alone.")
    ] = 10,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what does not fit, and change nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Finds orders without a journey and journeys without an order, and mends what can be mended safely.

    `fsm orders reconcile --dry-run`. What a person has to judge is told and left; then the exit code is 1.
    """
    with build(read()) as platform:
        found = differences(platform, older_than=timedelta(minutes=minutes))
        results = [(item, not dry_run and mend(platform, item)) for item in found]
    if as_json:
        print_json({"findings": [{**asdict(item), "mended": done} for item, done in results]})
    else:
        for item, done in results:
            named = item.order_key or f"instance {item.instance}"
            out.print(Text(f"{named}: {item.what}{'; mended' if done else ''}"))
        out.print(f"{len(found)} do not fit, {sum(done for _, done in results)} mended.")
    if any(not item.mends for item, _ in results):
        raise typer.Exit(1)


@app.command("watch")
def watch_order(
    order: Annotated[str, typer.Argument(help="Order number, sales key (pyxis:8841207), external id or UUID.")],
    seconds: Annotated[float, typer.Option(min=0.2, help="Looks again after so long.")] = 2.0,
    until: Annotated[str, typer.Option(help="Ends when the order is in this state, as CLOSED.")] = "",
) -> None:
    """Tells what happens to one order, line by line, until Ctrl-C or until it is in a state.

    `fsm orders watch pyxis:8841207 --until CLOSED`
    """
    wanted = _known("state", until.upper(), list(OrderState))
    told, standing = 0, ""
    with build(read()) as platform:
        reads = platform.get(Reads)
        while True:
            view = reads.order(order)
            lines = timeline_of(view) if view else []
            for line in lines[told:]:
                out.print(Text(f"{line.at:%a %d %b %H:%M}  {line.who}: {line.what}"))
            told = len(lines)
            standing = _tell_change(platform, view, standing) if view else standing
            if view and wanted and view.line.state == wanted:
                return
            time.sleep(seconds)


def _tell_change(platform: Platform, view: Any, before: str) -> str:
    """Tells what the order waits for now, when that is something else than before."""
    items, _ = awaited(platform, [view.line])
    now = "; ".join(str(cell) for item in items.get(view.line.id, ()) for cell in _waits_for([item])[:1])
    if now and now != before:
        out.print(Text(f"       waits for {now}", style="dim"))
    return now


def _known(what: str, wanted: str, known: Sequence[str]) -> str | None:
    """What to look for, None for everything; a name that does not exist would find nothing and say nothing."""
    if wanted and wanted not in known:
        raise UsageError(f"Expected the {what} to be one of {', '.join(known)}, but it is {wanted!r}.")
    return wanted or None


def _document(view: Any) -> dict[str, Any]:
    return {
        "order": view.line,
        "timeline": timeline_of(view),
        "visits": view.visits,
        "offers": view.offers,
        "agreements": view.agreements,
        "notifications": view.notifications,
    }


def _table(lines: Sequence[OrderLine], waiting: Mapping[Any, Sequence[Awaited]] | None = None) -> Table:
    """The list; where it is known, the most pressing thing each order waits for, and how many more there are."""
    shown = () if waiting is None else ("waits for", "until")
    table = Table("order", "sale", "tenant", "service", "state", "since", *shown)
    for line in lines:
        colour = COLOURS.get(line.state, "cyan")
        sale = f"{line.source_system}:{line.external_order_id}"
        where = f"{line.country_code} {line.bu_code}"
        since = f"{line.updated_at:%Y-%m-%d %H:%M}"
        told = (line.order_number, sale, where, line.service_type)
        cells = () if waiting is None else _waits_for(waiting.get(line.id, ()))
        table.add_row(*map(Text, told), Text(line.state, style=colour), since, *cells)
    return table


def _waits_for(items: Sequence[Awaited]) -> tuple[Text, Text]:
    if not items:
        return Text(""), Text("")
    first, more = items[0], len(items) - 1
    what = f"{first.who}: {first.what}{f' (+{more})' if more else ''}"
    until = f"{first.until:%Y-%m-%d %H:%M}" if first.until else ""
    return Text(what, style="red" if first.kind == "incident" else ""), Text(until)
