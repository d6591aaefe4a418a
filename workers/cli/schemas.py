"""`fsm schemas`: the Avro schemas of our topics, what was registered of them, and the registry."""

from __future__ import annotations

from typing import Annotated

import typer

from adapters.kafka import schemas
from adapters.kafka.registry import register as register_at
from adapters.kafka.registry import registry_client
from workers.cli.console import UsageError, out, print_json
from workers.settings import read, required

app = typer.Typer(no_args_is_help=True, help="Avro schemas of the topics: check, record, register.")


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json", help="One JSON object: topic, problems.")] = False) -> None:
    """Compares every schema with the versions that were registered: each must read what all of them wrote.

    Exit code 2 when one does not, or is not recorded yet (`fsm schemas record`).
    """
    changes = _changes()
    if as_json:
        print_json(changes)
    for topic, problems in changes.items():
        if not as_json:
            out.print(f"{topic}: {'; '.join(problems)}", markup=False)
    if changes:
        raise UsageError(f"Expected every schema as it was recorded, but {len(changes)} are not.")
    if not as_json:
        out.print("Every schema is as it was recorded.")


@app.command()
def record() -> None:
    """Records new versions of schemas beside the old ones; refuses one that could not read what was written before."""
    from adapters.kafka.compatibility import NEW_VERSION

    changes = _changes()
    wrong = [f"{topic}: {problem}" for topic, found in changes.items() for problem in found if problem != NEW_VERSION]
    if wrong:
        raise UsageError("Expected schemas that read what was written before, but: " + "; ".join(wrong))
    schemas.record(changes)
    for topic in changes:
        out.print(f"recorded: {topic}", markup=False)


@app.command()
def register() -> None:
    """Registers the schema of every topic at the Schema Registry the settings name; once per version of the platform."""
    ids = register_at(registry_client(required(read().schema_registry, "schema_registry")))
    out.print(f"{len(ids)} schemas are registered.")


def _changes() -> dict[str, list[str]]:
    """Avro's judgement is in the extra `local`: only who changes schemas needs it."""
    from adapters.kafka.compatibility import unrecorded

    return unrecorded(schemas.schemas(), schemas.registered())
