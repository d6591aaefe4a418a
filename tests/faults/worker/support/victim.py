"""A worker process to be killed: database effects in the ledger's transaction, HTTP effects with the effect key.

Usage: victim.py GRPC_PORT HTTP_PORT POSTGRES_URL
"""

from __future__ import annotations

import asyncio
import logging
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from sqlalchemy import text

from adapters.camunda.jobs import ZeebeJobs
from adapters.camunda.settings import CamundaSettings
from adapters.postgres.client import Database
from adapters.postgres.ledger import PostgresLedger
from adapters.postgres.settings import PostgresSettings
from workers.cli.work import _leave, loop_factory, run_until_signal
from workers.runtime import Context, RetryPolicy, TaskInput, TaskOutput
from workers.runtime.options import WorkerOptions
from workers.runtime.registry import Registry
from workers.runtime.testing import MemoryBus
from workers.runtime.worker import Needs, Worker

GRPC, HTTP, URL = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
registry = Registry()
POLICY = RetryPolicy(attempts=9, first=timedelta(milliseconds=200), factor=1.5)
OPTIONS: dict[str, Any] = {"timeout": timedelta(seconds=3), "retry": POLICY, "max_active": 8}


class Input(TaskInput):
    """Nothing."""


class Output(TaskOutput):
    """What the effect gave."""

    receipt: str


class Clock:
    """The system's."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@registry.task("change", **OPTIONS)
def change(data: Input, ctx: Context, *, unit: Any) -> Output:
    """A domain change: one row per run that is committed."""
    unit._session.connection.execute(text("INSERT INTO killed (key) VALUES (:key)"), {"key": ctx.key})
    return Output(receipt=ctx.key)


@registry.task("call", system="vendor", **OPTIONS)
def call(data: Input, ctx: Context) -> Output:
    """An outside effect: the vendor knows it by the effect key."""
    request = Request(f"http://127.0.0.1:{HTTP}/effects", method="POST", headers={"Idempotency-Key": ctx.key})
    with urlopen(request, timeout=5) as answer:
        return Output(receipt=answer.read().decode())


def main() -> None:
    """Serves both until told to stop."""
    logging.basicConfig(level=logging.WARNING)
    database = Database(PostgresSettings(url=URL))
    needs = Needs(
        gateway=lambda: ZeebeJobs(CamundaSettings(grpc_address=f"127.0.0.1:{GRPC}")),
        ledger=PostgresLedger(database, Clock()),
        bus=MemoryBus(),
    )
    worker = Worker(list(registry.values()), needs, WorkerOptions(drain=timedelta(seconds=8)))
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        code = runner.run(run_until_signal(worker, 0))
    database.close()
    sys.exit(code) if code == 0 else _leave(code)


if __name__ == "__main__":
    main()
