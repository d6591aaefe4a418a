"""One worker under measurement, in a process of its own: `contender.py NAME GRPC_PORT HTTP_PORT TYPES HANDLER_MS`.

SIGUSR1 marks the begin and the end of the measured time; SIGTERM ends it and prints one JSON object.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import resource
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
NAME, GRPC, HTTP, TYPES, PAUSE = (
    sys.argv[1],
    int(sys.argv[2]),
    int(sys.argv[3]),
    int(sys.argv[4]),
    float(sys.argv[5]) / 1000,
)
STARTS: list[float] = []
MARKS: list[tuple[float, float, int]] = []
RUNS = [0]
TUNED = 512


def now_ns() -> int:
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


def note(created_ns: int) -> None:
    RUNS[0] += 1
    if MARKS and RUNS[0] % 5 == 0:
        STARTS.append((now_ns() - created_ns) / 1e6)


def cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def peak_mb() -> float:
    """The most memory this program has used; `ru_maxrss` would count what the parent had before exec."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def mark() -> None:
    MARKS.append((time.monotonic(), cpu(), RUNS[0]))


async def ours(**options: Any) -> None:
    """This platform's worker at its defaults; typed input and output."""
    from datetime import timedelta

    from adapters.camunda.jobs import ZeebeJobs
    from adapters.camunda.settings import CamundaSettings
    from workers.runtime import Context, TaskInput, TaskOutput
    from workers.runtime.options import WorkerOptions
    from workers.runtime.registry import Registry
    from workers.runtime.testing import MemoryBus, MemoryLedger
    from workers.runtime.worker import Needs, Worker

    class Input(TaskInput):
        created_ns: int
        service_order_id: UUID
        country_code: str
        attempt: int = 1

    class Output(TaskOutput):
        handled_ns: int

    async def handler(data: Input, ctx: Context) -> Output:
        note(data.created_ns)
        if PAUSE:
            await asyncio.sleep(PAUSE)
        return Output(handled_ns=now_ns())

    def blocking(data: Input, ctx: Context) -> Output:
        note(data.created_ns)
        if PAUSE:
            time.sleep(PAUSE)
        return Output(handled_ns=now_ns())

    for made in (handler, blocking):
        made.__annotations__.update(data=Input, ctx=Context, **{"return": Output})
    registry, settings, task = Registry(), CamundaSettings(grpc_address=f"127.0.0.1:{GRPC}"), {"effect": "none"}
    task |= {"max_active": options.pop("max_active")} if "max_active" in options else {}
    chosen: Any = blocking if options.pop("threads", False) else handler
    ledger, unit = options.pop("ledger", MemoryLedger()), options.pop("effect", "none")
    for number in range(TYPES):
        registry.task(f"t{number}", **{**task, "effect": unit})(chosen)
    needs = Needs(gateway=lambda: ZeebeJobs(settings), ledger=ledger, bus=MemoryBus())
    tuned = {"max_active": TUNED} if TYPES == 1 else {}
    worker = Worker(list(registry.values()), needs, WorkerOptions(drain=timedelta(seconds=2), **{**tuned, **options}))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, worker.stop)
    await worker.run()


async def ours_on_postgres(**options: Any) -> None:
    """Ours with the effect ledger in PostgreSQL: what a task that changes the domain costs."""
    from datetime import UTC, datetime

    from adapters.postgres.client import Database
    from adapters.postgres.ledger import PostgresLedger
    from adapters.postgres.settings import PostgresSettings

    class System:
        def now(self) -> datetime:
            return datetime.now(UTC)

    database = Database(PostgresSettings(url=os.environ["BENCH_POSTGRES"], username="", pool_size=16, max_overflow=16))
    await ours(ledger=PostgresLedger(database, System()), effect="element", threads=True, **options)


async def pyzeebe(*, tuned: bool) -> None:
    """pyzeebe 4.7; tuned: more slots, larger batches, no pause between polls."""
    from pyzeebe import ZeebeWorker, create_insecure_channel

    worker = ZeebeWorker(create_insecure_channel(f"127.0.0.1:{GRPC}"), **({"poll_retry_delay": 0.01} if tuned else {}))

    def declare(number: int) -> None:
        limits = {"max_running_jobs": TUNED // TYPES, "max_jobs_to_activate": TUNED // 2 // TYPES} if tuned else {}

        @worker.task(f"t{number}", **limits)
        async def handler(createdNs: int, serviceOrderId: str, countryCode: str, attempt: int) -> dict[str, int]:
            note(createdNs)
            if PAUSE:
                await asyncio.sleep(PAUSE)
            return {"handledNs": now_ns()}

    for number in range(TYPES):
        declare(number)
    await until_told(worker.work())


async def sdk(*, tuned: bool) -> None:
    """The official SDK; tuned: more jobs at a time (its pause of a second between polls cannot be set)."""
    from camunda_orchestration_sdk import CamundaAsyncClient, WorkerConfig

    address = f"http://127.0.0.1:{HTTP}"
    settings = {
        "CAMUNDA_REST_ADDRESS": address,
        "ZEEBE_REST_ADDRESS": address,
        "CAMUNDA_AUTH_STRATEGY": "NONE",
        "CAMUNDA_SDK_LOG_LEVEL": "error",
    }
    async with CamundaAsyncClient(configuration=settings, logger=logging.getLogger("sdk")) as client:

        async def handler(job: Any) -> dict[str, int]:
            variables = job.variables.to_dict() if hasattr(job.variables, "to_dict") else dict(job.variables)
            note(variables["createdNs"])
            if PAUSE:
                await asyncio.sleep(PAUSE)
            return {"handledNs": now_ns()}

        for number in range(TYPES):
            limits = {"max_concurrent_jobs": TUNED // TYPES} if tuned else {}
            client.create_job_worker(
                config=WorkerConfig(job_type=f"t{number}", job_timeout_milliseconds=30_000, **limits), callback=handler
            )
        await until_told(client.run_workers())


async def bare(*, concurrency: int = 64) -> None:
    """No worker at all: the least a client can do per job, to show what the stub and gRPC themselves allow."""
    import grpc
    from pyzeebe.proto import gateway_pb2 as pb
    from pyzeebe.proto.gateway_pb2_grpc import GatewayStub

    stub = GatewayStub(grpc.aio.insecure_channel(f"127.0.0.1:{GRPC}"))

    async def loop() -> None:
        while True:
            request = pb.ActivateJobsRequest(
                type="t0", worker="w", timeout=30_000, maxJobsToActivate=32, requestTimeout=-1
            )
            async for answer in stub.ActivateJobs(request):
                for job in answer.jobs:
                    await stub.CompleteJob(pb.CompleteJobRequest(jobKey=job.key, variables="{}"))
                    RUNS[0] += 1

    await until_told(asyncio.gather(*(loop() for _ in range(concurrency))))


async def until_told(work: Awaitable[Any]) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    task = asyncio.ensure_future(work)
    await asyncio.wait({task, asyncio.ensure_future(stop.wait())}, return_when=asyncio.FIRST_COMPLETED)
    if task.done() and not stop.is_set():
        task.result()


CONTENDERS: dict[str, Callable[[], Awaitable[None]]] = {
    "ours": ours,
    "ours-512": lambda: ours(max_active=TUNED),
    "ours-threads": lambda: ours(threads=True),
    "ours-poll": lambda: ours(stream=False),
    "ours-postgres": ours_on_postgres,
    "pyzeebe": lambda: pyzeebe(tuned=False),
    "pyzeebe-tuned": lambda: pyzeebe(tuned=True),
    "sdk": lambda: sdk(tuned=False),
    "sdk-tuned": lambda: sdk(tuned=True),
    "bare": bare,
}


async def main() -> None:
    asyncio.get_running_loop().add_signal_handler(signal.SIGUSR1, mark)
    print("ready", flush=True)
    try:
        await CONTENDERS[NAME]()
    finally:
        (begun, cpu_before, ran_before), (ended, cpu_after, ran_after) = MARKS[0], MARKS[-1]
        report = {
            "seconds": ended - begun,
            "cpu": cpu_after - cpu_before,
            "ran": ran_after - ran_before,
            "rss_mb": peak_mb(),
            "created_to_started_ms": STARTS,
        }
        print(json.dumps(report), flush=True)
        os._exit(0)


if __name__ == "__main__":
    logging.basicConfig(level=logging.CRITICAL)
    if NAME.startswith("ours"):
        import uvloop

        uvloop.install()
    if os.environ.get("BENCH_PROFILE"):
        import cProfile
        import pstats

        profile = cProfile.Profile()
        leave = os._exit

        def report(code: int) -> None:
            profile.disable()
            pstats.Stats(profile, stream=sys.stderr).sort_stats("tottime").print_stats(45)
            sys.stderr.flush()
            leave(code)

        os._exit = report  # type: ignore[assignment]
        profile.enable()
    asyncio.run(main())
