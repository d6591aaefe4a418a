"""`fsm incidents list|explain|retry`: what is stuck, why, for whom, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import CamundaDesk, CamundaRest, Platform, build
from workers.cli.console import UsageError, out, print_json
from workers.ports.clock import Clock
from workers.settings import read

app = typer.Typer(add_completion=False, no_args_is_help=True, help="See what is stuck, understand it, and try again.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Key = Annotated[str, typer.Argument(help="Key of the incident, as `fsm incidents list` shows it.")]
_VARIES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
# What an incident's type means and what usually helps; a failed job's own message says more.
ADVICE: Mapping[str, tuple[str, str]] = {
    "JOB_NO_RETRIES": (
        "A worker gave up: its retries are used up, or it said at once that trying again would not help.",
        "Do what the message asks (bring the other system back, correct the data), then retry.",
    ),
    "IO_MAPPING_ERROR": (
        "A mapping of variables failed: a value is missing or of another type.",
        "Set the variable, then retry.",
    ),
    "EXTRACT_VALUE_ERROR": (
        "An expression found no usable value: a variable is missing or of another type.",
        "Set the variable, then retry.",
    ),
    "CONDITION_ERROR": ("No way out of a gateway fits.", "Correct the variable the conditions read, then retry."),
    "CALLED_ELEMENT_ERROR": ("A called process is not deployed.", "Deploy it (`fsm deploy`), then retry."),
    "CALLED_DECISION_ERROR": ("A called decision is not deployed.", "Deploy it (`fsm deploy`), then retry."),
    "DECISION_EVALUATION_ERROR": ("A decision table failed on its input.", "Correct the input variable, then retry."),
    "FORM_NOT_FOUND": ("The form of a task is not deployed.", "Deploy it (`fsm deploy`), then retry."),
    "UNHANDLED_ERROR_EVENT": (
        "A worker told a business error that no event of the model catches.",
        "The model needs a boundary event for it; until then move the token: `fsm instances move`.",
    ),
    "MESSAGE_SIZE_EXCEEDED": ("The variables grew too large.", "Remove what is not needed, then retry."),
}
_UNKNOWN = ("The engine could not go on.", "Read the message; correct what it names, then retry.")


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a person who sees the incident for the first time needs to know."""

    incident: str
    what: str
    meaning: str
    order: str
    where: str
    since: str
    hours: float
    others: Sequence[str]
    advice: str
    command: str


def _order_of(rest: CamundaRest, incident: Mapping[str, Any]) -> str:
    root = incident.get("rootProcessInstanceKey") or incident["processInstanceKey"]
    return str(rest.variables(root).get("orderKey", ""))


def _alike(incident: Mapping[str, Any]) -> tuple[str, str, str]:
    """What incidents of one cause share: place, type, and the message without numbers and ids."""
    first = str(incident["errorMessage"]).split("\n", 1)[0]
    return incident["elementId"], incident["errorType"], _VARIES.sub("#", first)


def _same(rest: CamundaRest, incident: Mapping[str, Any]) -> list[dict[str, Any]]:
    found = rest.incidents(elementId=incident["elementId"], errorType=incident["errorType"])
    return [other for other in found if _alike(other) == _alike(incident)]


def explain_incident(platform: Platform, key: str) -> Explanation:
    """Returns what is known about an incident, from Camunda alone: it also helps where our database is away."""
    rest, incident = platform.get(CamundaRest), platform.get(CamundaDesk).incident(key)
    meaning, advice = ADVICE.get(incident["errorType"], _UNKNOWN)
    others = [other for other in _same(rest, incident) if other["incidentKey"] != incident["incidentKey"]]
    since = datetime.fromisoformat(incident["creationTime"])
    return Explanation(
        incident=incident["incidentKey"],
        what=incident["errorMessage"],
        meaning=meaning,
        order=_order_of(rest, incident),
        where=f"{incident['elementId']} of {incident['processDefinitionId']} ({incident['processInstanceKey']})",
        since=incident["creationTime"],
        hours=round((platform.get(Clock).now() - since).total_seconds() / 3600, 1),
        others=[_order_of(rest, other) or other["processInstanceKey"] for other in others],
        advice=advice,
        command=f"fsm incidents retry {key}{' --alike' if others else ''}",
    )


@app.command("list")
def list_incidents(as_json: Json = False) -> None:
    """Lists open incidents, those of one cause together.

    `fsm incidents list`
    """
    with build(read()) as platform:
        rest = platform.get(CamundaRest)
        found = sorted(rest.incidents(), key=lambda incident: (_alike(incident), incident["creationTime"]))
        orders = {incident["incidentKey"]: _order_of(rest, incident) for incident in found[:500]}
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
            found = _same(rest, incident) if alike else [incident]
        for incident in found:
            rest.resolve(incident)
    out.print(f"{len(found)} tried again.")
