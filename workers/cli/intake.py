"""`fsm intake`: takes the sales systems' documents in."""

from __future__ import annotations

import signal
import threading
from collections.abc import Mapping
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from workers.bootstrap import INTAKES, DeadLetters, Platform, Process, build, source_of
from workers.cli.console import UsageError, out, print_json
from workers.cli.logs import set_up_logs
from workers.intake.consumer import Intake, run_intake
from workers.intake.desk import Desk
from workers.intake.replay import Replayed, replay
from workers.ports.clock import Clock
from workers.ports.events import EventBus
from workers.ports.inbox import Inbox
from workers.ports.processes import Processes
from workers.ports.streams import Codec
from workers.running import around_records
from workers.settings import read

app = typer.Typer(add_completion=False)


@app.callback(invoke_without_command=True)
def intake(
    context: typer.Context,
    system: Annotated[
        list[str] | None, typer.Option(help="Sales system to take in, or `statuses`; may be repeated.")
    ] = None,
) -> None:
    """Reads the topics of the sales systems and the news about payment and delivery (`statuses`), stores orders and changes,
    and tells Camunda, until SIGTERM or Ctrl-C.

    Every system has a consumer group and a thread of its own: trouble with one delays no other. `fsm intake --system tempo`
    takes in one alone.

    Every record is told on `integration.sales.order.received`, and what it was read as on `integration.sales.order.normalized`.
    Documents that cannot become an order go to `integration.sales.order.failed` with their errors named; nothing else stops.
    """
    if context.invoked_subcommand is not None:
        return
    settings = read()
    set_up_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with build(settings, process=Process.INTAKE) as platform:
        names = _wanted(platform, system or [])
        with ThreadPoolExecutor(len(names), thread_name_prefix="intake") as pool:
            running = [pool.submit(_take_in, platform, name, stop) for name in names]
            wait(running, return_when=FIRST_EXCEPTION)
            stop.set()
        for ended in running:
            ended.result()


@app.command("replay")
def replay_letters(
    *,
    system: Annotated[list[str] | None, typer.Option(help="Sales system whose dead letters; may be repeated.")] = None,
    order: Annotated[str, typer.Option(help="Only those about one sale, as pyxis:8841207.")] = "",
    since: Annotated[
        datetime | None, typer.Option(help="Only those that failed at this instant (UTC) or later.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(help="Only those that failed before this instant (UTC).")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most this many, the oldest first.")] = 1000,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come in, and change nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Takes dead letters in again, once what was wrong is mended (a business unit, a catalogue entry, a schema).

    `fsm intake replay --dry-run` says which of them would come in now.
    """
    span = {name: at.replace(tzinfo=UTC) if at else None for name, at in (("since", since), ("until", until))}
    found: list[Replayed] = []
    with build(read(), process=Process.INTAKE) as platform:
        for name in _wanted(platform, system or []):
            desk = _desk(platform, name)
            letters = platform.get(DeadLetters).find(desk.consumer, order_key=order or None, limit=limit, **span)
            found += replay(desk, platform.get(Codec), letters, dry=dry_run)
    if as_json:
        print_json({"letters": found})
        return
    for one in found:
        errors = ", ".join(f"{error['field']}: {error['code']}" for error in one.errors)
        out.print(f"{one.result}  {one.order_key}  {one.message_id}  {errors}".rstrip(), markup=False)
    out.print(f"{len(found)} dead letters{', nothing was changed' if dry_run else ''}")


@app.command("dead-letters")
def dead_letters(
    *,
    system: Annotated[list[str] | None, typer.Option(help="Sales system whose dead letters; may be repeated.")] = None,
    order: Annotated[str, typer.Option(help="Only those about one sale, as pyxis:8841207.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most this many, the oldest first.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
) -> None:
    """Lists documents that could not be taken in, each with the reasons that stand against it now.

    `fsm intake dead-letters --system pyxis`; once they are mended, `fsm intake replay` takes them in.
    """
    found: list[Replayed] = []
    with build(read()) as platform:
        for name in _wanted(platform, system or []):
            desk = _desk(platform, name)
            letters = platform.get(DeadLetters).find(desk.consumer, order_key=order or None, limit=limit)
            found += replay(desk, platform.get(Codec), letters, dry=True)
    if as_json:
        print_json({"letters": found})
        return
    table = Table("sale", "topic", "reasons", "message")
    for one in found:
        reasons = "; ".join(_reason(error) for error in one.errors) or "nothing any more: replay it"
        table.add_row(*map(Text, (one.order_key, one.topic, reasons, one.message_id)))
    out.print(table)
    out.print(f"{len(found)} dead letters. Next: fsm intake replay --dry-run", markup=False)


def _reason(error: Mapping[str, str]) -> str:
    return " ".join(filter(None, (error.get("field"), error.get("code"), error.get("message"))))


def _desk(platform: Platform, system: str) -> Desk:
    return Desk(
        consumer=INTAKES[system][0],
        sales=source_of(platform, system),
        inbox=platform.get(Inbox),
        processes=platform.get(Processes),
        bus=platform.get(EventBus),
        clock=platform.get(Clock),
    )


def _wanted(platform: Platform, asked: list[str]) -> list[str]:
    known = list(INTAKES)
    if unknown := [name for name in asked if name not in known]:
        raise UsageError(f"Expected one of {', '.join(known)}, but the system is {unknown[0]!r}.")
    return sorted(set(asked or known))


def _take_in(platform: Platform, system: str, stop: threading.Event) -> None:
    group, stream = platform.stream(system)
    try:
        run_intake(
            Intake(
                consumer=group,
                sales=source_of(platform, system),
                stream=stream,
                codec=platform.get(Codec),
                inbox=platform.get(Inbox),
                processes=platform.get(Processes),
                bus=platform.get(EventBus),
                clock=platform.get(Clock),
                around=around_records(platform.settings),
            ),
            stop,
        )
    finally:
        stream.close()
