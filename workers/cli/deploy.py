"""`fsm deploy`: says what changes, then puts the models into Camunda."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from workers.bootstrap import CamundaDefinitions, Platform, build
from workers.cli.check import show
from workers.cli.console import UsageError, err, out, print_json
from workers.cli.diff import show as show_diff
from workers.ports.processes import Deployed, Processes, Resource
from workers.settings import read
from workers.workshop.changes.compare import Change, changes_between
from workers.workshop.changes.versions import files_of
from workers.workshop.check import check

FOLDERS = {"bpmn": "*.bpmn", "dmn": "*.dmn", "forms": "*.form"}


def deploy(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder that holds bpmn/, dmn/ and forms/. Default: ours.")
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Deploy although `fsm check` finds errors.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask, as in a pipeline.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The deployed definitions as one JSON document.")] = False,
) -> None:
    """Checks all models and deploys them in one deployment, so that `deployment` bindings find each other.

    What `fsm check` finds is shown first; with an error nothing is deployed, unless `--force` is given. Then what changes against
    the models that Camunda has now, and what that means for running instances (`fsm instances migrate` moves them); at a
    terminal it asks before it deploys. Forms are not compared: Camunda does not give them back. Modeler's own button deploys
    one file alone: its links to forms, decisions and processes would not be found.

    Camunda versions a deployment as a whole: when nothing changed nothing happens, when one file changed all get a next version.

    `fsm deploy` puts this repository's journey into the Camunda that the settings name (or the running `fsm up`).
    """
    settings = read()
    models = folder or settings.models
    resources_of(models)
    report = check(models)
    show(report, err)
    if report.errors and not force:
        raise UsageError(f"Nothing was deployed: {len(report.errors)} errors. Mend them, or deploy with --force.")
    with build(settings) as platform:
        changes = changes_of(platform, models)
        show_changes(changes)
        if not (yes or as_json) and sys.stdin.isatty():
            typer.confirm("Deploy?", abort=True)
        deployed = deploy_models(platform, models)
    if as_json:
        print_json({"deployed": deployed, "changes": changes})
        return
    table = Table("kind", "id", "version", "file", title="Deployed", title_justify="left")
    for item in deployed:
        table.add_row(escape(item.kind), escape(item.id), str(item.version), escape(item.resource_name))
    out.print(table)


def changes_of(platform: Platform, folder: Path) -> list[Change]:
    """What deploying a folder would change in the processes and decisions that Camunda has now."""
    now = {name: source for name, source in files_of(folder).items() if not name.startswith("forms/")}
    deployed = platform.get(CamundaDefinitions).latest()
    # What others deployed to the same cluster is not ours to call removed.
    return changes_between({name: source for name, source in deployed.items() if name in now}, now)


def show_changes(changes: list[Change]) -> None:
    """The changes on standard error, so that standard output stays the result."""
    err.print("[bold]Against what is deployed[/]" if changes else "Processes and decisions are as deployed.")
    show_diff(changes, err)


def deploy_models(platform: Platform, folder: Path) -> list[Deployed]:
    """Deploys `bpmn/`, `dmn/` and `forms/` of a folder together."""
    resources = resources_of(folder)
    return platform.get(Processes).deploy(resources)


def resources_of(folder: Path) -> list[Resource]:
    """The model files of a folder. `UsageError` when there are none."""
    files = sorted(path for name, pattern in FOLDERS.items() for path in (folder / name).glob(pattern))
    if not files:
        raise UsageError(f"Expected models in {folder}/bpmn, {folder}/dmn or {folder}/forms, but there are none.")
    return [Resource(name=path.name, content=path.read_bytes()) for path in files]
