"""`fsm tasks list|show|claim|complete`: what Tasklist shows, for a terminal and for scripts."""

from __future__ import annotations

import getpass
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import CamundaDesk, CamundaRest, build
from workers.cli.console import UsageError, out, parsed_json, print_json
from workers.settings import read

app = typer.Typer(add_completion=False, no_args_is_help=True, help="See and complete the tasks of people.")
Json = Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")]
Key = Annotated[str, typer.Argument(help="Key of the task, as `fsm tasks list` shows it.")]


@app.command("list")
def list_tasks(
    group: Annotated[str, typer.Option(help="Only tasks of this group, as ops-FR.")] = "",
    assignee: Annotated[str, typer.Option(help="Only tasks of this person.")] = "",
    order: Annotated[str, typer.Option(help="Only tasks of this order, as pyxis:8841200.")] = "",
    as_json: Json = False,
) -> None:
    """Lists open tasks, the most urgent first.

    `fsm tasks list --group ops-FR`
    """
    wanted: dict[str, Any] = {"candidateGroup": group, "assignee": assignee}
    with build(read()) as platform:
        found = platform.get(CamundaRest).user_tasks(**{name: value for name, value in wanted.items() if value})
        if order:
            keys = _instances(platform.get(CamundaDesk), order)
            found = [task for task in found if task["processInstanceKey"] in keys]
    found.sort(key=lambda task: (-task["priority"], task.get("dueDate") or "9"))
    if as_json:
        print_json({"tasks": found})
        return
    table = Table("key", "task", "group", "assignee", "due", "priority")
    for task in found:
        groups = ", ".join(task["candidateGroups"] or ())
        told = (task["userTaskKey"], task.get("name") or task["elementId"], groups, task.get("assignee") or "")
        table.add_row(*map(Text, told), Text((task.get("dueDate") or "")[:16]), str(task["priority"]))
    out.print(table)


def _instances(desk: CamundaDesk, order_key: str) -> set[str]:
    return {
        instance["processInstanceKey"]
        for root in desk.roots_of(order_key)
        for instance in desk.family(root["processInstanceKey"])
    }


@app.command()
def show(key: Key, as_json: Json = False) -> None:
    """Shows one task: whose it is, until when, what its form asks, what it knows.

    `fsm tasks show 2251799813685394`
    """
    with build(read()) as platform:
        desk, rest = platform.get(CamundaDesk), platform.get(CamundaRest)
        task, variables, form = desk.task(key), desk.task_variables(key), rest.form(key)
    if as_json:
        print_json({"task": task, "variables": variables, "form": form})
        return
    table = Table(show_header=False, title=Text(task.get("name") or task["elementId"]))
    for name in (
        "state",
        "assignee",
        "candidateGroups",
        "dueDate",
        "priority",
        "processDefinitionId",
        "processInstanceKey",
    ):
        table.add_row(name, Text(_shown(task.get(name))))
    out.print(table)
    for field in _fields(form):
        out.print(Text(f"  asks {field}"))
    for name, value in sorted(variables.items()):
        out.print(Text(f"  {name} = {value!r}"[:200]))


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _fields(form: dict[str, Any] | None) -> list[str]:
    """What a form asks: key, label and the words that may be chosen."""
    found = []
    for component in (form or {}).get("components", ()):
        if "key" in component:
            words = [str(option["value"]) for option in component.get("values", ())]
            must = ", required" if component.get("validate", {}).get("required") else ""
            found.append(f"{component['key']}: {component.get('label', '')} {' | '.join(words)}{must}".rstrip())
    return found


@app.command()
def claim(
    key: Key,
    assignee: Annotated[str, typer.Option("--as", help="Who takes it; you when it is left out.")] = "",
) -> None:
    """Takes a task, unless somebody has it.

    `fsm tasks claim 2251799813685394`
    """
    name = assignee or getpass.getuser()
    with build(read()) as platform:
        platform.get(CamundaRest).assign(key, name, override=False)
    out.print(Text(f"{key} is {name}'s now."))


@app.command()
def complete(
    key: Key,
    variables: Annotated[str, typer.Argument(help="What the form would send, as a JSON object.")] = "{}",
) -> None:
    """Completes a task with the variables its form would send.

    `fsm tasks complete 2251799813685394 '{"nextStep": {"decision": "REPLAN", "resolutionNotes": "agreed by phone"}}'`
    """
    try:
        given = parsed_json(variables)
    except ValueError as error:
        raise UsageError(f"Expected the variables as JSON, but they cannot be read: {error}") from error
    if not isinstance(given, dict):
        raise UsageError(f"Expected the variables to be a JSON object, but they are {variables}.")
    with build(read()) as platform:
        platform.get(CamundaRest).complete(key, given)
    out.print(Text(f"{key} is done."))
