"""`fsm up`: the whole stack in the foreground."""

from __future__ import annotations

import contextlib
import json
import shutil
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from workers.bootstrap import Platform, Reads, build
from workers.cli.console import UsageError, err, out, print_json
from workers.cli.demo.world import move_clock
from workers.cli.deploy import FOLDERS, deploy_models
from workers.cli.ready import register_sign_webhook
from workers.cli.watching import Watch, picture, watch
from workers.ports.clock import Clock
from workers.ports.errors import PortError
from workers.settings import STACK_FILE
from workers.standins import LocalStack, can_keep, refuse_second

KEPT = ("postgres", "engine", "documents", "logs", "acrobat-sign.json", "clock")
PACKAGES = Path(__file__).resolve().parents[2]


def up(
    platform_too: Annotated[
        bool, typer.Option("--platform/--no-platform", help="Also run our own processes: work, intake, api.")
    ] = True,
    reload: Annotated[
        bool, typer.Option("--reload", help="Run new code and deploy new models as soon as their files are saved.")
    ] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option(help="Where everything is kept, logs included. Default: the folder of the stack file, .fsm/."),
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was kept and begin anew.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses as one JSON document.")] = False,
) -> None:
    """Starts everything the journey needs on this machine, deploys the models and stays until Ctrl-C.

    A real PostgreSQL, a real OpenBao, Kafka's mock cluster, emulators of Acrobat Sign and the messaging service, the embedded
    engine; then our worker, intake and API. Other commands find the stack by themselves: `fsm orders list`, `fsm work status`.

    `fsm up --reload` is for writing tasks and models: a saved Python file renews our processes, a saved model is deployed as
    its next version, and what is wrong with it is said. `fsm up --no-platform` leaves our own processes to you.

    Orders, instances, documents and logs are there again next time; `fsm up --fresh` begins anew. Then `fsm sell`, `fsm play` and
    `fsm clock` play the people and the time; the first address it prints is the page where all of it can be seen.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    folder = data_dir or STACK_FILE.parent
    if fresh:
        forget(folder)
    keeps = can_keep(folder)
    if not keeps:
        _tell(
            f"nothing is kept: PostgreSQL does not run as root and cannot reach {folder.resolve()}; try --data-dir elsewhere"
        )
    with LocalStack(progress=_tell, usual_ports=True, data=folder if keeps else None) as stack:
        # Before the first deployment: what is saved while the stack starts is a change too.
        watches = _watches(stack) if reload else ()
        with build(stack.settings) as platform:
            count = len(deploy_models(platform, stack.settings.models))
            if keeps:
                catch_up(stack, platform, folder)
        if platform_too:
            stack.run()
            threading.Thread(target=register_sign_webhook, args=(stack, stop), name="sign webhook", daemon=True).start()
        if as_json:
            print_json({"addresses": addresses(stack), "deployed": count})
        else:
            table = Table("what", "where", title=f"The stack is up, {count} definitions deployed. Ctrl-C stops it.")
            for name, address in addresses(stack).items():
                table.add_row(name, escape(address))
            out.print(table)
        watch(watches, stop)
        if keeps:
            keep_time(stack, folder)


def forget(folder: Path) -> None:
    """Removes what a stack kept in a folder, and nothing else that may be there."""
    refuse_second(STACK_FILE)
    for name in KEPT:
        path = folder / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def keep_time(stack: LocalStack, folder: Path) -> None:
    """Writes down what time it is for the engine, which starts with this machine's time again."""
    with build(stack.settings) as platform, contextlib.suppress(PortError):
        (folder / "clock").write_text(platform.get(Clock).now().isoformat(), encoding="utf-8")


def catch_up(stack: LocalStack, platform: Platform, folder: Path) -> None:
    """Moves the engine's clock to where it was; where that is not known, to what happened last to an order."""
    kept = folder / "clock"
    last = (
        datetime.fromisoformat(kept.read_text(encoding="utf-8")) if kept.exists() else platform.get(Reads).last_change()
    )
    behind = last - platform.get(Clock).now() if last else timedelta()
    if last and behind > timedelta():
        move_clock(stack, behind)
        _tell(f"the clock goes on at {last:%Y-%m-%d %H:%M} UTC, where it was")


def _tell(text: str) -> None:
    err.print(f"[dim]{escape(text)}[/]")


def _watches(stack: LocalStack) -> tuple[Watch, Watch]:
    """One for code, one for models."""
    models = stack.settings.models
    code = (PACKAGES / "workers", PACKAGES / "adapters")
    return (
        Watch(lambda: picture(code, ["*.py"]), lambda files: _renew(stack, files)),
        Watch(
            lambda: picture((models / folder for folder in FOLDERS), FOLDERS.values()),
            lambda files: _deploy(stack, files),
        ),
    )


def _renew(stack: LocalStack, files: list[Path]) -> None:
    """Stops our processes gently; each is started again, with the new code."""
    err.print(f"[dim]{_names(files)} changed: {', '.join(stack.processes)} start anew[/]")
    for process in stack.processes.values():
        process.renew()


def _deploy(stack: LocalStack, files: list[Path]) -> None:
    """Deploys all models, which get their next version together. A refusal is shown, the versions before it stay.

    What `fsm check` finds comes first. It runs in a process of its own, because the workers' code may be newer than ours.
    """
    _check(stack, files)
    try:
        with build(stack.settings) as platform:
            deployed = deploy_models(platform, stack.settings.models)
    except (PortError, UsageError, OSError) as error:
        err.print(f"[red]{_names(files)} changed, but cannot be deployed:[/] {escape(str(error))}")
        return
    mine = {path.name for path in files}
    told = [f"{item.id} version {item.version}" for item in deployed if item.resource_name in mine]
    err.print(f"[dim]{_names(files)} changed: deployed {', '.join(told) or 'without it'}[/]")


def _check(stack: LocalStack, files: list[Path]) -> None:
    """Shows every error, and the warnings of the files that were saved."""
    command = [sys.executable, "-m", "workers", "check", str(stack.settings.models), "--json"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PACKAGES)
    try:
        report = json.loads(ended.stdout)
    except ValueError:
        err.print(f"[red]fsm check failed:[/] {escape(ended.stderr[-500:])}")
        return
    saved = {str(path) for path in files}
    for finding in report["findings"]:
        if finding["severity"] == "error" or finding["file"] in saved:
            colour = "red" if finding["severity"] == "error" else "yellow"
            place = f"{Path(finding['file']).name}: {finding['element']}"
            text = " ".join(filter(None, (f"{place}: {finding['what']}.", finding["why"], finding["fix"])))
            err.print(f"[{colour}]{finding['severity']}[/] {escape(text)}", highlight=False)


def _names(files: list[Path]) -> str:
    return escape(", ".join(path.name for path in files))


def addresses(stack: LocalStack) -> dict[str, str]:
    """What a person may want to look at."""
    return {
        "open this page": f"{stack.camunda.rest_address}/console",
        "orders, for the back office": f"{stack.settings.api.address}/desk",
        "Camunda gRPC": stack.camunda.grpc_address,
        "Camunda REST": f"{stack.camunda.rest_address}/v2",
        "PostgreSQL": stack.postgres.place,
        "Kafka": stack.kafka.bootstrap_servers,
        "Schema Registry": stack.registry.settings.url,
        "Redis": stack.redis.settings.url,
        "OpenBao": stack.vault.address,
        "Acrobat Sign": stack.adobe.settings.discovery_url,
        "messaging": stack.messaging.settings.base_url,
        "our API": stack.settings.api.address,
        "worker health": f"http://127.0.0.1:{stack.health_port}",
        "logs": str(stack.logs),
    }
