"""`fsm instances show|cancel|move|migrate`: what Operate does with process instances, for a terminal and for scripts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import CamundaDesk, CamundaRest, build
from workers.cli.console import UsageError, out, print_json
from workers.cli.migrate_instances import migrate
from workers.desk.waits import waits_of_instance
from workers.settings import read

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Look at process instances and change them.")
app.command()(migrate)
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Key = Annotated[str, typer.Argument(help="Key of the instance, or an order as pyxis:8841200.")]


def _key(desk: CamundaDesk, named: str) -> str:
    """The instance's key; of an order that of its journey."""
    if named.isdigit():
        return named
    roots = desk.roots_of(named)
    if not roots:
        raise UsageError(f"Expected a running journey of {named!r}, but there is none. `fsm orders show` tells why.")
    return str(roots[0]["processInstanceKey"])


@app.command()
def show(key: Key, as_json: Json = False) -> None:
    """Shows an instance and those it called: where its tokens are and what each waits for.

    `fsm instances show pyxis:8841200`
    """
    with build(read()) as platform:
        desk, rest = platform.get(CamundaDesk), platform.get(CamundaRest)
        found = _key(desk, key)
        family = list(desk.family(found))
        waits = waits_of_instance(desk, found)
        variables = rest.variables(found)
    if as_json:
        print_json({"instances": family, "waits": [asdict(wait) for wait in waits], "variables": variables})
        return
    for instance in family:
        trouble = "[red] incident[/]" if instance["hasIncident"] else ""
        out.print(
            f"[bold]{instance['processDefinitionId']}[/] {instance['processInstanceKey']} {instance['state']}{trouble}"
        )
    table = Table("waits for", "what", "who", "until", "at")
    for wait in waits:
        table.add_row(*map(Text, (wait.kind, wait.what, wait.who, wait.until[:16], wait.where)))
    out.print(table)


@app.command()
def cancel(key: Key, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Cancels an instance with everything it called. The order in PostgreSQL is not told: prefer the journey's own cancellation.

    `fsm instances cancel 2251799813685394 --yes`
    """
    with build(read()) as platform:
        desk = platform.get(CamundaDesk)
        found = _key(desk, key)
        instance = desk.instance(found)
        if not yes:
            typer.confirm(f"Cancel {instance['processDefinitionId']} {found}?", abort=True)
        desk.cancel(found)
    out.print(Text(f"{found} is cancelled."))


@app.command()
def move(
    key: Key,
    source: Annotated[str, typer.Option("--from", help="Id of the element whose tokens are moved.")],
    target: Annotated[str, typer.Option("--to", help="Id of the element they go to.")],
) -> None:
    """Moves the tokens of one element to another: what is at the first is ended, the second begins.

    `fsm instances move pyxis:8841200 --from ReportCreation --to ClassifyService`
    """
    with build(read()) as platform:
        desk = platform.get(CamundaDesk)
        found = _holder(desk, _key(desk, key), platform.get(CamundaRest), source)
        desk.move(found, source, target)
    out.print(Text(f"{found}: {source} goes on at {target}."))


def _holder(desk: CamundaDesk, key: str, rest: CamundaRest, element: str) -> str:
    """The instance among the called ones that has a token at the element."""
    wanted: dict[str, Any] = {"elementId": element, "state": "ACTIVE"}
    for instance in desk.family(key):
        found = str(instance["processInstanceKey"])
        if any(rest.search("element-instances", processInstanceKey=found, **wanted)):
            return found
    raise UsageError(
        f"Expected a token at {element!r} in {key} or what it called, but there is none. `fsm instances show {key}`"
    )
