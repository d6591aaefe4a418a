"""`fsm intake`: takes the sales systems' documents in."""

from __future__ import annotations

import signal
import threading
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from typing import Annotated

import typer

from workers.bootstrap import Platform, SalesSystems, build
from workers.cli.console import UsageError
from workers.cli.logs import set_up_logs
from workers.intake.consumer import Intake, run_intake
from workers.ports.clock import Clock
from workers.ports.events import EventBus
from workers.ports.inbox import Inbox
from workers.ports.processes import Processes
from workers.ports.statuses import StatusFeed
from workers.ports.streams import Codec
from workers.running import around_records
from workers.settings import read


def intake(
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
    settings = read()
    set_up_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with build(settings) as platform:
        names = _wanted(platform, system or [])
        with ThreadPoolExecutor(len(names), thread_name_prefix="intake") as pool:
            running = [pool.submit(_take_in, platform, name, stop) for name in names]
            wait(running, return_when=FIRST_EXCEPTION)
            stop.set()
        for ended in running:
            ended.result()


def _wanted(platform: Platform, asked: list[str]) -> list[str]:
    known = [*platform.get(SalesSystems), platform.get(StatusFeed).name]
    if unknown := [name for name in asked if name not in known]:
        raise UsageError(f"Expected one of {', '.join(known)}, but the system is {unknown[0]!r}.")
    return sorted(set(asked or known))


def _take_in(platform: Platform, system: str, stop: threading.Event) -> None:
    group, stream = platform.stream(system)
    try:
        run_intake(
            Intake(
                consumer=group,
                sales=platform.get(SalesSystems).get(system) or platform.get(StatusFeed),
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
