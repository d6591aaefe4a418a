"""`fsm instances migrate`: moves running instances to another version of their process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

import typer
from rich.progress import track
from rich.text import Text

from workers.bootstrap import CamundaDefinitions, build
from workers.cli.console import UsageError, err, out, print_json
from workers.ports.errors import NotFound, Refused
from workers.settings import read
from workers.workshop.changes.routes import Routes, routes_of

Map = Annotated[
    list[str] | None, typer.Option("--map", help="OLD=NEW: tokens at element OLD go to element NEW. May be repeated.")
]


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one instance: `outcome` is migrated, can-migrate (a dry run), refused or ended."""

    instance: str
    outcome: str
    reason: str = ""


def migrate(
    process: Annotated[str, typer.Argument(help="Id of the process, as service-order-journey.")],
    *,
    source: Annotated[int, typer.Option("--from", help="The version they run on.")],
    target: Annotated[int, typer.Option("--to", help="The version they are moved to.")],
    mapped: Map = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and move nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Moves the running instances of one version of a process to another version, each at the element where it stands.

    Elements are paired by their ids; for one that was renamed or replaced say `--map OLD=NEW`. An instance that stands at an
    element without a partner is named and stays where it is: the others go on. Run it again at any time, it takes what is left.
    Exit code 1 when an instance was refused.

    `fsm instances migrate service-order-journey --from 3 --to 4 --dry-run`
    """
    chosen = _pairs(mapped or [])
    with build(read()) as platform:
        definitions = platform.get(CamundaDefinitions)
        old, new = definitions.process(process, source), definitions.process(process, target)
        routes = routes_of(old.source, new.source, chosen=chosen)
        instances = list(definitions.running(old))
        if instances and not (yes or dry_run or as_json):
            typer.confirm(f"Migrate {len(instances)} instances of {process} from {source} to {target}?", abort=True)
        moving = _moves(definitions, instances, new.key, routes, dry_run=dry_run)
        done = list(track(moving, "migrating", total=len(instances), console=err, transient=True))
    _tell(done, routes, as_json=as_json)
    raise typer.Exit(any(moved.outcome == "refused" for moved in done))


def _pairs(mapped: list[str]) -> dict[str, str]:
    """`OLD=NEW` texts as a table; `UsageError` for another shape."""
    for text in mapped:
        if not all(text.partition("=")):
            raise UsageError(f"Expected --map OLD=NEW, but it is {text!r}")
    return {old: new for old, _, new in (text.partition("=") for text in mapped)}


def _moves(
    definitions: CamundaDefinitions, instances: list[str], target: str, routes: Routes, *, dry_run: bool
) -> Iterator[Moved]:
    for instance in instances:
        stuck = routes.refused(definitions.standing(instance))
        if stuck:
            yield Moved(instance, "refused", "; ".join(stuck))
        elif dry_run:
            yield Moved(instance, "can-migrate")
        else:
            yield _move(definitions, instance, target, routes.pairs)


def _move(definitions: CamundaDefinitions, instance: str, target: str, pairs: Mapping[str, str]) -> Moved:
    """One instance. It may have ended or gone on since it was looked at: Camunda has the last word."""
    try:
        definitions.migrate(instance, target, pairs)
    except NotFound:
        return Moved(instance, "ended")
    except Refused as refusal:
        return Moved(instance, "refused", str(refusal))
    return Moved(instance, "migrated")


def _tell(done: list[Moved], routes: Routes, *, as_json: bool) -> None:
    counts = {
        name: sum(moved.outcome == name for moved in done) for name in ("migrated", "can-migrate", "refused", "ended")
    }
    if as_json:
        print_json({"counts": counts, "instances": [asdict(moved) for moved in done], "lost": dict(routes.lost)})
        return
    for moved in done:
        if moved.outcome == "refused":
            out.print(Text(f"{moved.instance} stays: {moved.reason}", style="red"))
    said = ", ".join(f"{count} {name.replace('-', ' ')}" for name, count in counts.items() if count)
    out.print(Text(said or "No instance runs on that version."))
