"""Workers side by side on one stub gateway, in one run: `python tests/benchmarks/worker.py [--quick] [--json]`.

What is measured is the worker, not Zeebe. The stub runs in a second process and counts accepted completions; it is Python
too, so the row `bare client` (activate and complete, no worker around it) shows the ceiling it allows. `limit` is what
the slots of a contender allow (slots / handler time). CPU is user plus system time of the worker process per accepted job;
because other load on a machine inflates it, contenders take turns and the least of their rounds counts.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1]))
LABELS = {
    "bare": "bare client (no worker)",
    "ours": "fsm, defaults",
    "ours-512": "fsm, 512 slots",
    "ours-threads": "fsm, defaults, sync handler",
    "ours-postgres": "fsm, sync handler + effect ledger",
    "pyzeebe": "pyzeebe 4.7, defaults",
    "pyzeebe-tuned": "pyzeebe 4.7, tuned",
    "sdk": "official SDK, defaults",
    "sdk-tuned": "official SDK, tuned",
}
EVERYBODY = ("bare", "ours", "ours-512", "pyzeebe", "pyzeebe-tuned", "sdk", "sdk-tuned")
WORKERS = EVERYBODY[1:]
SLOTS = {
    "ours": 32,
    "ours-512": 512,
    "pyzeebe": 32,
    "pyzeebe-tuned": 512,
    "sdk": 10,
    "sdk-tuned": 512,
    "ours-threads": 32,
    "ours-postgres": 32,
}
ENDLESS = 50_000_000
WARM_UP = 2.5


@dataclass(frozen=True)
class Scenario:
    """One table."""

    title: str
    contenders: tuple[str, ...]
    types: int = 1
    handler_ms: float = 0
    rate: float = 0
    rounds: int = 1


def scenarios(quick: bool) -> list[Scenario]:
    rounds = 2 if quick else 5
    tables = [
        Scenario("1 task type, no-op handler, endless backlog", EVERYBODY, rounds=rounds),
        Scenario("1 task type, 50 ms handler, endless backlog", WORKERS, handler_ms=50),
        Scenario("20 task types, no-op handler, endless backlog", WORKERS, types=20, rounds=1 if quick else 3),
        Scenario("20 task types, 50 ms handler, endless backlog", WORKERS, types=20, handler_ms=50),
        Scenario("1 task type, no-op handler, 200 jobs/s arriving", WORKERS, rate=200),
        Scenario("the effect ledger's cost, 1 task type, no-op handler", ("ours-threads", "ours-postgres"), rounds=2),
    ]
    return [tables[0], tables[4], tables[5]] if quick else tables


@contextmanager
def child(script: str, *arguments: object, cpu: int, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process on one CPU; killed when something goes wrong."""
    command = [sys.executable, str(HERE / script), *map(str, arguments)]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**os.environ, **environment}
    )
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(process.pid, {sorted(os.sched_getaffinity(0))[cpu]})
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def measure(name: str, scenario: Scenario, seconds: float, database: str) -> dict[str, Any]:
    """One contender, one time."""
    grpc_port, http_port = _free(), _free()
    backlog = 0 if scenario.rate else ENDLESS
    stub = (
        "--grpc-port",
        grpc_port,
        "--http-port",
        http_port,
        "--types",
        scenario.types,
        "--backlog",
        backlog,
        "--rate",
        scenario.rate,
    )
    with child("stub_gateway.py", *stub, cpu=0) as gateway:
        assert gateway.stdout is not None
        gateway.stdout.readline()
        arguments = (name, grpc_port, http_port, scenario.types, scenario.handler_ms)
        with child("contender.py", *arguments, cpu=1, BENCH_POSTGRES=database) as worker:
            assert worker.stdout is not None
            worker.stdout.readline()
            time.sleep(WARM_UP)
            for process in (gateway, worker):
                process.send_signal(signal.SIGUSR1)
            time.sleep(seconds)
            for process in (gateway, worker):
                process.send_signal(signal.SIGUSR1)
            time.sleep(0.2)
            worker.send_signal(signal.SIGTERM)
            told, _ = worker.communicate(timeout=60)
        gateway.send_signal(signal.SIGTERM)
        counted, _ = gateway.communicate(timeout=30)
    return _figures(json.loads(counted.splitlines()[-1]), json.loads(told.splitlines()[-1]))


def _figures(stub: dict[str, Any], worker: dict[str, Any]) -> dict[str, Any]:
    accepted = stub["accepted"]
    return {
        "jobs_per_second": accepted / stub["seconds"],
        "cpu_us": worker["cpu"] / accepted * 1e6 if accepted else None,
        "started_p50": percentile(worker["created_to_started_ms"], 0.5),
        "started_p99": percentile(worker["created_to_started_ms"], 0.99),
        "accepted_p50": percentile(stub["handled_to_accepted_ms"], 0.5),
        "accepted_p99": percentile(stub["handled_to_accepted_ms"], 0.99),
        "rss_mb": worker["rss_mb"],
        "stub_busy": stub["cpu"] / stub["seconds"],
    }


def percentile(values: list[float], part: float) -> float | None:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None


def best(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """The round with the least CPU per job: the one other load on the machine disturbed least; its best rate beside it."""
    chosen = dict(min(rounds, key=lambda figures: figures["cpu_us"] or 1e12))
    chosen["jobs_per_second"] = max(figures["jobs_per_second"] for figures in rounds)
    chosen["rounds"] = len(rounds)
    return chosen


def run(scenario: Scenario, seconds: float, database: str) -> dict[str, dict[str, Any]]:
    """All contenders of a scenario, taking turns."""
    rounds: dict[str, list[dict[str, Any]]] = {name: [] for name in scenario.contenders}
    for _ in range(scenario.rounds):
        for name in scenario.contenders:
            rounds[name].append(measure(name, scenario, seconds, database))
    return {name: best(figures) for name, figures in rounds.items()}


def table(scenario: Scenario, results: dict[str, dict[str, Any]]) -> str:
    heads = (
        "",
        "jobs/s",
        "limit",
        "CPU us/job",
        "created->started p50/p99 ms",
        "handled->accepted p50/p99 ms",
        "RSS MB",
        "stub busy",
    )
    lines = [heads]
    for name, figures in results.items():
        lines.append(
            (
                LABELS[name],
                f"{figures['jobs_per_second']:,.0f}",
                _limit(name, scenario),
                _number(figures["cpu_us"], 0),
                f"{_number(figures['started_p50'], 1)} / {_number(figures['started_p99'], 1)}",
                f"{_number(figures['accepted_p50'], 1)} / {_number(figures['accepted_p99'], 1)}",
                f"{figures['rss_mb']:.0f}",
                f"{figures['stub_busy']:.0%}",
            )
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    rows = [
        "  ".join(
            cell.ljust(width) if not i else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]
    return "\n".join((f"\n{scenario.title}", *rows))


def _limit(name: str, scenario: Scenario) -> str:
    """Slots by handler time; a contender's slots are per task type, ours are at most 256 in a process as well."""
    if not scenario.handler_ms or name not in SLOTS:
        return "-"
    slots = SLOTS[name] * scenario.types if "tuned" not in name and name != "ours-512" else SLOTS[name]
    return f"{min(slots, 256 if name == 'ours' else slots) / scenario.handler_ms * 1000:,.0f}"


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def goals(results: dict[str, dict[str, dict[str, Any]]]) -> list[tuple[str, str, bool]]:
    """The goals, what was seen, whether they are met."""
    idle = results["1 task type, no-op handler, endless backlog"]
    arriving = results["1 task type, no-op handler, 200 jobs/s arriving"]
    rate, ceiling = idle["ours"]["jobs_per_second"], idle["bare"]["jobs_per_second"]
    ratio = idle["ours"]["cpu_us"] / idle["pyzeebe-tuned"]["cpu_us"]
    tuned = idle["ours-512"]["cpu_us"] / idle["pyzeebe-tuned"]["cpu_us"]
    started = arriving["ours"]["started_p50"]
    seen = f"{ratio:.2f}x (with 512 slots, as pyzeebe is tuned: {tuned:.2f}x"
    if (many := results.get("20 task types, no-op handler, endless backlog")) is not None:
        seen += f"; 20 task types: {many['ours']['cpu_us'] / many['pyzeebe-tuned']['cpu_us']:.2f}x"
    return [
        (
            "jobs/s at defaults, no-op handler: >= 2,400 or the stub's ceiling",
            f"{rate:,.0f} (bare client {ceiling:,.0f})",
            rate >= min(2_400, 0.9 * ceiling),
        ),
        (
            "CPU per job at defaults: <= 0.8x tuned pyzeebe",
            f"{seen})",
            ratio <= 0.8,
        ),
        ("created to started: <= 5 ms p50", f"{started:.1f} ms", started <= 5),
    ]


def _free() -> int:
    from adapters.children import free_port

    return free_port()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three tables, fewer rounds")
    parser.add_argument("--json", action="store_true", help="figures as one JSON object")
    parser.add_argument("--seconds", type=float, default=4.0, help="measured time per contender and round")
    options = parser.parse_args()
    from adapters.postgres.local import LocalPostgres

    results: dict[str, dict[str, dict[str, Any]]] = {}
    with LocalPostgres() as postgres:
        for scenario in scenarios(options.quick):
            results[scenario.title] = run(scenario, options.seconds, postgres.url)
            if not options.json:
                print(table(scenario, results[scenario.title]), flush=True)
    if options.json:
        print(json.dumps(results))
        return
    print(f"\nload average {os.getloadavg()[0]:.1f} on {os.cpu_count()} CPUs")
    for goal, seen, met in goals(results):
        print(f"{'met    ' if met else 'NOT MET'}  {goal}: {seen}")


if __name__ == "__main__":
    main()
