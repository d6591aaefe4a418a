"""`fsm incidents list|explain|retry`: what is stuck, why, for whom, and what to do about it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import CamundaDesk, CamundaRest, build
from workers.cli.console import UsageError, out, print_json
from workers.desk.stuck import alike, explain_incident, order_of, same_cause
from workers.settings import read

app = typer.Typer(add_completion=False, no_args_is_help=True, help="See what is stuck, understand it, and try again.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Key = Annotated[str, typer.Argument(help="Key of the incident, as `fsm incidents list` shows it.")]


@app.command("list")
def list_incidents(as_json: Json = False) -> None:
    """Lists open incidents, those of one cause together.

    `fsm incidents list`
    """
    with build(read()) as platform:
        rest = platform.get(CamundaRest)
        found = sorted(rest.incidents(), key=lambda incident: (alike(incident), incident["creationTime"]))
        orders = {incident["incidentKey"]: order_of(rest, incident) for incident in found[:500]}
    if as_json:
        print_json({"incidents": [{**incident, "orderKey": orders.get(incident["incidentKey"])} for incident in found]})
        return
    table = Table("key", "order", "at", "since", "message")
    for incident in found:
        told = (incident["incidentKey"], orders.get(incident["incidentKey"], ""), incident["elementId"])
        since, message = incident["creationTime"][:16], str(incident["errorMessage"]).split("\n", 1)[0][:120]
        table.add_row(*map(Text, (*told, since, message)))
    out.print(table)


@app.command()
def explain(key: Key, as_json: Json = False) -> None:
    """Explains an incident: what failed, whose order, since when, who else is hit, what to do, and the command for it.

    `fsm incidents explain 2251799813685394`
    """
    with build(read()) as platform:
        told = explain_incident(platform, key)
    if as_json:
        print_json(asdict(told))
        return
    others = f"{len(told.others)} more: {', '.join(told.others[:5])}" if told.others else "nobody else"
    lines = {
        "what failed": told.what,
        "meaning": told.meaning,
        "whose": told.order or "an instance without an order",
        "where": told.where,
        "since": f"{told.since[:16]} ({told.hours} h)",
        "who else": others,
        "what to do": told.advice,
        "command": told.command,
    }
    table = Table(show_header=False)
    for name, value in lines.items():
        table.add_row(f"[bold]{name}[/]", Text(value))
    out.print(table)


@app.command()
def retry(
    key: Annotated[str, typer.Argument(help="Key of the incident; nothing with --all.")] = "",
    alike: Annotated[bool, typer.Option("--alike", help="Also every other incident of the same cause.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every open incident.")] = False,
) -> None:
    """Tries again: gives the job one more try and resolves the incident.

    `fsm incidents retry 2251799813685394 --alike`
    """
    if bool(key) is everything:
        raise UsageError("Expected the key of an incident or --all. `fsm incidents list` shows the keys.")
    with build(read()) as platform:
        rest = platform.get(CamundaRest)
        if everything:
            found = rest.incidents()
        else:
            incident = platform.get(CamundaDesk).incident(key)
            found = same_cause(rest, incident) if alike else [incident]
        for incident in found:
            rest.resolve(incident)
    out.print(f"{len(found)} tried again.")
