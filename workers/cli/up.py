"""`fsm up`: the whole stack in the foreground."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer
from rich.table import Table

from workers.bootstrap import build
from workers.cli.console import err, out, print_json
from workers.cli.deploy import deploy_models
from workers.standins import LocalStack


def up(
    platform_too: Annotated[
        bool, typer.Option("--platform/--no-platform", help="Also run our own processes: work, intake, api.")
    ] = True,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as one JSON document.")] = False,
) -> None:
    """Starts everything the journey needs on this machine, deploys the models and stays until Ctrl-C.

    A real PostgreSQL, a real OpenBao, Kafka's mock cluster, emulators of Acrobat Sign and the messaging service, the embedded
    engine; then our worker, intake and API. Other commands find the stack by themselves: `fsm orders list`, `fsm work status`.

    `fsm up --no-platform` leaves our own processes to you: run `fsm work --reload` in another terminal while you write a task.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with LocalStack(progress=lambda text: err.print(f"[dim]{text}[/]"), usual_ports=True) as stack:
        with build(stack.settings) as platform:
            count = len(deploy_models(platform, stack.settings.models))
        if platform_too:
            stack.run()
        if as_json:
            print_json({"addresses": addresses(stack), "deployed": count})
        else:
            table = Table("what", "where", title=f"The stack is up, {count} definitions deployed. Ctrl-C stops it.")
            for name, address in addresses(stack).items():
                table.add_row(name, address)
            out.print(table)
        stop.wait()


def addresses(stack: LocalStack) -> dict[str, str]:
    """What a person may want to look at."""
    return {
        "Camunda gRPC": stack.camunda.grpc_address,
        "Camunda REST": f"{stack.camunda.rest_address}/v2",
        "PostgreSQL": stack.postgres.place,
        "Kafka": stack.kafka.bootstrap_servers,
        "OpenBao": stack.vault.address,
        "Acrobat Sign": stack.adobe.settings.discovery_url,
        "messaging": stack.messaging.settings.base_url,
        "our API": stack.settings.api.address,
        "worker health": f"http://127.0.0.1:{stack.health_port}",
        "logs": str(stack.logs),
    }
