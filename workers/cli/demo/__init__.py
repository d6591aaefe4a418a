"""`fsm demo`: the main job from end to end, on this machine."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import httpx
import typer
from rich.markup import escape

from workers.bootstrap import Platform, Reads, build
from workers.cli.console import UsageError, err, out, print_json
from workers.cli.demo.figures import Figures, figures_of
from workers.cli.demo.play import play
from workers.cli.demo.show import Show
from workers.cli.demo.sight import MODIFICATIONS_TOPIC, Sight
from workers.cli.demo.stories import SHOPS, sales
from workers.cli.demo.world import World, move_clock
from workers.cli.deploy import deploy_models
from workers.cli.played import Played
from workers.cli.ready import register_sign_webhook
from workers.cli.timeline import timeline_table
from workers.ports.clock import Clock
from workers.standins import LocalStack

FAILED_TOPIC = "integration.sales.order.failed"


def demo(
    *,
    orders: Annotated[int, typer.Option(min=1, max=1000, help="How many orders; the stories take turns.")] = 8,
    kill_worker: Annotated[
        int, typer.Option(min=0, help="kill -9 the worker process this many times in the middle of it.")
    ] = 0,
    begin: Annotated[
        datetime | None, typer.Option(help="When the orders are sold, in UTC: a later moment than now. Default: now.")
    ] = None,
    timelines: Annotated[int, typer.Option(min=0, help="At most this many timelines at the end.")] = 8,
    limit: Annotated[float, typer.Option(help="Give up after this many seconds.")] = 600.0,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with the figures, nothing else.")] = False,
) -> None:
    """Plays orders from Kafka to closed on embedded stand-ins, over weeks of the engine's time, in under a minute.

    Starts the whole stack, deploys the models, publishes documents of Pyxis and Tempo to Kafka, plays customers, providers,
    sellers and the operator, moves the clock, and ends with a timeline for each order. Exit code 0 when every order ended, no
    incident is open and no effect happened twice.

    `fsm demo --orders 50 --json` prints the figures only.

    `fsm demo --orders 20 --kill-worker 3` shows that dying workers change nothing.

    `fsm demo --begin 2026-12-24T18:00:00` sells on Christmas Eve: holidays, weekends and clock changes move the appointments.
    """
    started = time.monotonic()
    show = Show(quiet=as_json)
    with ExitStack() as closing_stack:
        stack = closing_stack.enter_context(LocalStack(progress=show.note, private=True))
        platform = closing_stack.enter_context(build(stack.settings))
        show.note(f"{len(deploy_models(platform, stack.settings.models))} definitions deployed")
        _go_to(stack, platform, begin)
        stack.run()
        world = _world(stack, platform, closing_stack, show, count=orders)
        begun = world.now()
        _publish(world)
        play(world, show, kills=kill_worker, limit=limit)
        failed = _failed_documents(platform)
        days = (world.now() - begun) / timedelta(days=1)
        figures = figures_of(world, seconds=time.monotonic() - started, days=days, failed=failed)
        _report(world, figures, timelines=timelines, as_json=as_json)
    if not figures.good:
        raise UsageError(
            "Expected every order to end with nothing left over and nothing twice, but the figures say otherwise."
        )


def _go_to(stack: LocalStack, platform: Platform, begin: datetime | None) -> None:
    """Moves the engine's clock forward to the day of the sales."""
    if begin is None:
        return
    ahead = begin.replace(tzinfo=UTC) - platform.get(Clock).now()
    if ahead < timedelta():
        raise UsageError(
            f"Expected --begin to be later than now, but {begin.isoformat()} is over: time only moves forward."
        )
    move_clock(stack, ahead)


def _world(stack: LocalStack, platform: Platform, closing_stack: ExitStack, show: Show, *, count: int) -> World:
    now = platform.get(Clock).now()
    client = httpx.Client(base_url=stack.settings.api.address, auth=Played(stack.ping), timeout=30)
    api = closing_stack.enter_context(client)
    asked = closing_stack.enter_context(closing(platform.records("demo-pyxis", MODIFICATIONS_TOPIC)))
    register_sign_webhook(stack)
    made = {sale.order_key: sale for sale in sales(count, now=now)}
    sight = Sight(platform, made, asked)
    return World(stack, platform, made, sight, tell=show.event, api=api)


def _publish(world: World) -> None:
    for sale in world.sales.values():
        world.produce(sale.shop.topics[0], sale, sale.shop.created(sale.sold), copies=sale.story.deliveries)
        world.tell(f"{sale.shop.name} sells {sale.number}: {sale.story.title}")
    pyxis = SHOPS["pyxis"]
    world.stack.produce(pyxis.topics[0], "FR_8841199", pyxis.malformed())
    world.tell("pyxis sends a malformed document")


def _failed_documents(platform: Platform) -> int:
    count = 0
    with closing(platform.records("demo-failed", FAILED_TOPIC)) as stream:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if stream.poll(timedelta(milliseconds=500)) is not None:
                count += 1
            elif count:
                break
    return count


def incident_line(incident: Mapping[str, Any]) -> str:
    """Where an incident is and why, as markup; the engine's message is text, whatever brackets it has."""
    return f"[red]incident[/] {escape(incident['elementId'])}: {escape(incident['errorMessage'])}"


def _report(world: World, figures: Figures, *, timelines: int, as_json: bool) -> None:
    if as_json:
        print_json(figures.document())
        return
    reads = world.platform.get(Reads)
    for sale in list(world.sales.values())[:timelines]:
        view = reads.order(sale.order_key)
        out.print()
        out.rule(escape(sale.story.title), align="left")
        out.print(timeline_table(view) if view else escape(f"{sale.order_key}: no order"))
    for incident in world.sight.camunda.incidents():
        err.print(incident_line(incident))
    out.print()
    ended = f"{figures.closed} closed, {figures.cancelled} cancelled, {figures.rejected} rejected, {figures.open} open"
    out.print(
        f"[bold]{figures.orders} orders:[/] {ended}; {figures.incidents} incidents, {figures.duplicate_effects} effects twice"
    )
    out.print(
        f"{figures.messages} messages sent, {figures.signed_documents} documents signed, {figures.failed_documents} malformed"
        f" document on the failed topic, {figures.simulated_days:g} days in {figures.seconds:g} s"
    )
