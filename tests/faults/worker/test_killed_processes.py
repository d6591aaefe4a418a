"""Worker processes killed in the middle of 2,000 jobs with effects in PostgreSQL and over HTTP."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psycopg
import pytest
from broker import Broker
from grpc_gateway import serve

from adapters.postgres.local import LocalPostgres

VICTIM = Path(__file__).parent / "support" / "victim.py"
JOBS = 2_000
pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]


class Vendor:
    """An outside system that keeps one effect per idempotency key, as such systems promise, and counts requests."""

    def __init__(self) -> None:
        self.requests: Counter[str] = Counter()
        self.lock = threading.Lock()
        vendor = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                key = self.headers["Idempotency-Key"]
                with vendor.lock:
                    vendor.requests[key] += 1
                time.sleep(0.005)
                body = f"receipt of {key}".encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                return

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *args: Any) -> None:
                return  # the client was killed

        self.server = Quiet(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server.server_address[1])


@dataclass
class Scene:
    """A broker with jobs, a vendor, a database, and a way to start workers."""

    broker: Broker
    vendor: Vendor
    url: str
    port: int

    async def start(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, str(VICTIM), str(self.port), str(self.vendor.port), self.url
        )

    def rows(self) -> Counter[str]:
        with psycopg.connect(self.url) as connection:
            return Counter(row[0] for row in connection.execute("SELECT key FROM killed"))

    async def started(self, number: int) -> None:
        while len(self.broker.jobs) - len(self.broker.of("ACTIVATABLE")) < number:
            await asyncio.sleep(0.02)


@pytest.fixture(scope="module")
def postgres() -> Iterator[LocalPostgres]:
    with LocalPostgres() as server:
        yield server


@asynccontextmanager
async def scene(postgres: LocalPostgres, name: str) -> AsyncIterator[Scene]:
    url = postgres.copy(name)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE killed (key text)")
    broker, vendor = Broker(), Vendor()
    server, _, port = await serve(broker)
    broker.create("change", JOBS // 2, retries=9)
    broker.create("call", JOBS // 2, retries=9)
    try:
        yield Scene(broker, vendor, url, port)
    finally:
        await server.stop(0)
        vendor.server.shutdown()
        vendor.server.server_close()


async def test_kill_9_loses_no_job_and_doubles_no_effect(postgres: LocalPostgres) -> None:
    """Killed five times at random moments and started again: every job ends, every effect is there once per key."""
    chance = random.Random(9)
    async with scene(postgres, "kill_9") as it:
        for _ in range(5):
            worker = await it.start()
            seen = len(it.broker.of("COMPLETED"))
            await it.started(min(JOBS, seen + 1))
            await asyncio.sleep(0.3 + chance.random())
            worker.kill()
            await worker.wait()
        interrupted = len(it.broker.of("ACTIVATED"))
        worker = await it.start()
        while it.broker.open:
            await asyncio.sleep(0.05)
        worker.terminate()
        code = await worker.wait()
        keys = {
            kind: {f"{kind}:{job.element}" for job in it.broker.jobs.values() if job.type == kind}
            for kind in ("change", "call")
        }

    assert code == 0
    assert {job.state for job in it.broker.jobs.values()} == {"COMPLETED"}
    assert interrupted > 0, "no job was running when the worker was killed: the test shows nothing"
    assert it.rows() == Counter(dict.fromkeys(keys["change"], 1))
    assert set(it.vendor.requests) == keys["call"]


async def test_kill_term_ends_in_time_and_leaves_no_job_waiting(postgres: LocalPostgres) -> None:
    """SIGTERM in the middle: exit 0 within the limit, and no job is left that has to wait for its time-out."""
    async with scene(postgres, "kill_term") as it:
        worker = await it.start()
        await it.started(400)
        begun = time.monotonic()
        worker.send_signal(signal.SIGTERM)
        code = await worker.wait()
        took = time.monotonic() - begun
        waiting, done = it.broker.of("ACTIVATED"), it.broker.of("COMPLETED")
        used = [job for job in it.broker.jobs.values() if job.retries != 9]

    assert code == 0
    assert took < 10
    assert not waiting
    assert not used, "a job lost an attempt although its handler did not fail"
    assert 0 < len(done) < JOBS, "the signal came too early or too late to show anything"
