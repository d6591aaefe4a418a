"""`fsm work`: serves task types; `fsm work status`: looks at workers that run."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any
from urllib.error import URLError
from urllib.request import urlopen

import typer
from rich.live import Live
from rich.table import Table
from rich.text import Text

from workers.cli.console import UsageError, out, print_json
from workers.cli.logs import set_up_logs
from workers.runtime.definition import TaskDefinition
from workers.runtime.dogstatsd import DogStatsD
from workers.runtime.drain import Exit
from workers.runtime.errors import InvalidTask
from workers.runtime.health import HealthServer, Report
from workers.runtime.middleware import log_outcome
from workers.runtime.registry import Registry
from workers.runtime.supervisor import Child, Supervisor, combined
from workers.runtime.worker import Needs, Worker

HEALTH_PORT = 8071
LAST_PORT = 65535
_PACKAGE = Path(__file__).resolve().parents[1]
app = typer.Typer(add_completion=False, rich_markup_mode="markdown")

Only = Annotated[
    list[str] | None, typer.Option("--only", help="Serve this task type only; may be given several times.")
]
Without = Annotated[list[str] | None, typer.Option("--except", help="Serve all task types but this one.")]
Processes = Annotated[int, typer.Option(min=1, help="Worker processes on this host, each started again when it dies.")]
MaxActive = Annotated[int, typer.Option(min=1, help="Jobs one process holds at a time, shared fairly by its types.")]
Drain = Annotated[float, typer.Option(min=0, help="Seconds running jobs may take to finish after SIGTERM.")]
Health = Annotated[
    int, typer.Option("--health-port", min=0, max=65535, help="Port of /livez, /readyz and /status; 0 for none.")
]
Statsd = Annotated[str, typer.Option(envvar="FSM_DOGSTATSD", help="host:port or socket path of a DogStatsD agent.")]
Port = Annotated[int, typer.Option("--health-port", min=1, max=65535, help="Where the worker answers.")]


@app.callback(invoke_without_command=True)
def work(
    ctx: typer.Context,
    *,
    only: Only = None,
    without: Without = None,
    processes: Processes = 1,
    max_active: MaxActive = 256,
    drain: Drain = 25.0,
    health_port: Health = HEALTH_PORT,
    statsd: Statsd = "",
    stream: Annotated[bool, typer.Option(help="Let the gateway push jobs (polling goes on beside it).")] = True,
    reload: Annotated[bool, typer.Option("--reload", help="Start anew when the code changes (development).")] = False,
) -> None:
    """Works on jobs until SIGTERM or Ctrl-C.

    The first signal stops intake and lets running jobs finish; the second hands them back at once.
    Exit codes: **0** drained, **3** jobs were handed back after the limit, **4** stopped hard.

    `fsm work --only send-notification --processes 2` scales one type apart from the others.
    """
    if ctx.invoked_subcommand is not None:
        return
    if processes > 1 or reload:
        _check(only or (), without or (), statsd, last_port=health_port and health_port + processes)
        raise typer.Exit(asyncio.run(_supervise(processes, health_port, reload=reload)))
    options = {"name": _name(), "max_active": max_active, "drain": timedelta(seconds=drain), "stream": stream}
    _leave(_serve(only or (), without or (), options, health_port, statsd))


@app.command()
def status(
    health_port: Port = HEALTH_PORT,
    watch: Annotated[bool, typer.Option("--watch", help="Keep looking, once a second, until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The report as one JSON document.")] = False,
) -> None:
    """Shows per task type whether jobs come in, what is held and how jobs ended.

    Exit code 0 when every type is ready, 1 when one is not.
    """
    report = _fetch(health_port)
    if as_json:
        print_json(report)
    elif watch:
        _watch(health_port, report)
    else:
        out.print(_table(report))
    if not report["ready"]:
        raise typer.Exit(1)


def _serve(only: Sequence[str], without: Sequence[str], options: Mapping[str, Any], port: int, statsd: str) -> Exit:
    """Builds the platform, runs one worker on it."""
    from workers.bootstrap import Process, build
    from workers.running import middleware, worker_options
    from workers.settings import read

    settings = read()
    set_up_logs(settings)
    metrics = _metrics(statsd)
    with build(settings, process=Process.WORK) as platform:
        definitions = _select(platform.registry, only, without)
        needs = Needs(
            gateway=platform.jobs,
            ledger=platform.ledger,
            bus=platform.bus,
            resources=platform.resources,
            middleware=(*middleware(settings), log_outcome),
            metrics=metrics,
        )
        worker = Worker(definitions, needs, worker_options(settings, **options))
        with asyncio.Runner(loop_factory=loop_factory()) as runner:
            return runner.run(run_until_signal(worker, port))


def _check(only: Sequence[str], without: Sequence[str], statsd: str, *, last_port: int) -> None:
    """What several processes would fail at is told once, before they start, not by each of them for ever."""
    from workers.running import named_middleware
    from workers.settings import read

    _select(_declared(), only, without)
    named_middleware(read())
    if last_port > LAST_PORT:
        raise UsageError(f"Expected the processes' health ports to end at {LAST_PORT}, but the last is {last_port}.")
    metrics = _metrics(statsd)
    if metrics is not None:
        metrics.close()


def _metrics(statsd: str) -> DogStatsD | None:
    try:
        return DogStatsD(statsd, tags=_unified_tags()) if statsd else None
    except ValueError as error:
        raise UsageError(f"--statsd: {error}") from error


def _declared() -> Registry:
    from workers.tasks import registry

    return registry


def _select(registry: Registry, only: Sequence[str], without: Sequence[str]) -> list[TaskDefinition]:
    try:
        return registry.select(only=only, without=without)
    except InvalidTask as error:
        raise UsageError(str(error)) from error


async def run_until_signal(worker: Worker, health_port: int) -> Exit:
    """Runs a worker that SIGTERM and SIGINT stop, and that probes can ask."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    health = _health(worker.report, health_port)
    logging.getLogger(__name__).info("serving %s", ", ".join(d.type for d in worker.definitions))
    try:
        return await worker.run()
    finally:
        # A blocking call a handler made aside (a name looked up, `asyncio.to_thread`) and that does not return would be waited
        # for when the loop closes: that one is left behind with its executor.
        loop.set_default_executor(ThreadPoolExecutor(1))
        if health is not None:
            health.close()


def _health(report: Report, port: int) -> HealthServer | None:
    try:
        return HealthServer(report, port=port) if port else None
    except OSError as error:
        raise UsageError(f"Port {port} is taken, maybe by another worker. Choose one with --health-port.") from error


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop]:
    """uvloop where there is one: a quarter less CPU per job than the standard loop."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop
    return uvloop.new_event_loop


def _leave(code: Exit) -> None:
    """Ends the process. A handler that does not return must not keep it alive: its job has been handed back."""
    if code is Exit.DRAINED:
        raise typer.Exit(0)
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


async def _supervise(processes: int, health_port: int, *, reload: bool) -> int:
    """The same command once per process, on the ports after ours."""
    ports = [health_port + number for number in range(1, processes + 1)] if health_port else [0] * processes
    children = [
        Child(_command(port), {**os.environ, "FSM_WORK_PROCESS": str(number)}, number=number)
        for number, port in enumerate(ports, start=1)
    ]
    health = _health(lambda: combined(ports), health_port)
    try:
        return await Supervisor(children).run(reload=[_PACKAGE, _PACKAGE.parent / "adapters"] if reload else [])
    finally:
        if health is not None:
            health.close()


def _command(port: int) -> list[str]:
    """Our own command line as one process."""
    dropped = {"--processes": 1, "--health-port": 1, "--reload": 0}
    arguments, rest = sys.argv[1:], []
    while arguments:
        name, *arguments = arguments
        flag, _, value = name.partition("=")
        if flag in dropped:
            arguments = arguments[0 if value else dropped[flag] :]
        else:
            rest.append(name)
    return [sys.executable, "-m", "workers", *rest, "--processes", "1", "--health-port", str(port)]


def _name() -> str:
    process = os.environ.get("FSM_WORK_PROCESS", "")
    return f"{os.uname().nodename}{'-' if process else ''}{process}"


def _unified_tags() -> list[str]:
    """Datadog's unified service tags, from the variables its own libraries read."""
    variables = {"env": "DD_ENV", "service": "DD_SERVICE", "version": "DD_VERSION"}
    return [f"{tag}:{os.environ[name]}" for tag, name in variables.items() if os.environ.get(name)]


def _fetch(port: int) -> Mapping[str, Any]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/status", timeout=5) as response:
            report: Mapping[str, Any] = json.load(response)
            return report
    except URLError as error:
        raise UsageError(
            f"No worker answers on port {port} ({error.reason}). Start one with `fsm work` or `fsm up`."
        ) from error


def _watch(port: int, report: Mapping[str, Any]) -> None:
    with Live(_table(report), console=out, refresh_per_second=2) as live:
        while True:
            try:
                time.sleep(1)
                live.update(_table(_fetch(port)))
            except KeyboardInterrupt:
                return


def _table(report: Mapping[str, Any]) -> Table:
    title = Text(f"{report['worker']}: {'ready' if report['ready'] else 'NOT READY'}")
    table = Table(title=title, title_justify="left")
    table.add_column("task type", no_wrap=True)
    table.add_column("intake")
    for heading in ("held", "done", "thrown", "failed", "back", "run ms"):
        table.add_column(heading, justify="right", no_wrap=True)
    for name, item in report["types"].items():
        ended = item["ended"]
        table.add_row(
            Text(name),
            Text(item["stream"], style="green") if item["ready"] else Text("; ".join(item["reasons"]), style="red"),
            f"{item['held']}/{item['limit']}",
            *(str(ended.get(outcome, 0)) for outcome in ("Completed", "BpmnError", "Failed", "HandedBack")),
            f"{item['run_ms']:.1f}",
        )
    return table
