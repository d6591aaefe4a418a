"""`fsm intake`: takes the sales systems' documents in."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer

from workers.bootstrap import SalesSystems, around_records, build
from workers.cli.console import UsageError
from workers.cli.logs import set_up_logs
from workers.intake.consumer import Intake, run_intake
from workers.ports.clock import Clock
from workers.ports.events import EventBus
from workers.ports.inbox import Inbox
from workers.ports.processes import Processes
from workers.settings import read


def intake(
    system: Annotated[str, typer.Option(help="Sales system to take in.")] = "pyxis",
) -> None:
    """Reads the topics of a sales system, stores orders and changes, and tells Camunda, until SIGTERM or Ctrl-C.

    Every record is told on `integration.sales.order.received`, and what it was read as on `integration.sales.order.normalized`.
    Documents that cannot become an order go to `integration.sales.order.failed` with their errors named; nothing else stops.
    """
    settings = read()
    set_up_logs(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with build(settings) as platform:
        systems = platform.get(SalesSystems)
        if system not in systems:
            raise UsageError(f"Expected one of {', '.join(systems)}, but the system is {system!r}.")
        group, stream = platform.stream(system)
        try:
            run_intake(
                Intake(
                    consumer=group,
                    sales=systems[system],
                    stream=stream,
                    inbox=platform.get(Inbox),
                    processes=platform.get(Processes),
                    bus=platform.get(EventBus),
                    clock=platform.get(Clock),
                    around=around_records(settings),
                ),
                stop,
            )
        finally:
            stream.close()
