"""The intake as a process that is killed without warning."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapters.kafka.local import LocalKafka
from adapters.postgres.local import LocalPostgres
from adapters.sales.pyxis import local

pytestmark = pytest.mark.stack
SCRIPT = Path(__file__).with_name("intake_process.py")
ROOT = Path(__file__).parents[2]
SALES = 40


def test_kill_9_loses_nothing_and_doubles_nothing(
    kafka: LocalKafka, postgres: LocalPostgres, group: str, send: Any, rows: Callable[..., list[Any]], tmp_path: Path
) -> None:
    """Killed twice in the middle of forty sales: each is one order, each message goes out under one id."""
    told = tmp_path / "messages"
    told.touch()
    numbers = [f"kill-{group}-{index}" for index in range(SALES)]
    for number in numbers:
        send("created", local.created(number), key=f"FR_{number}", event_id=f"event-{number}")
    command = [sys.executable, str(SCRIPT), kafka.bootstrap_servers, group, postgres.url, str(told)]

    for wanted in (10, 25, SALES):
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)})
        try:
            wait_for(lambda wanted=wanted: len(mine(told, group)) >= wanted, process)  # type: ignore[misc]
        finally:
            process.kill()
            process.wait()

    assert sorted(mine(told, group)) == sorted(f"pyxis:{number} event-{number}" for number in numbers)
    query = "SELECT count(*) AS n FROM service_orders WHERE external_order_id LIKE :pattern"
    assert rows(query, pattern=f"kill-{group}-%")[0].n == SALES


def mine(told: Path, group: str) -> set[str]:
    """The messages of this test; a message published twice under one id counts once, as Camunda does."""
    return {line for line in told.read_text().splitlines() if line.startswith(f"pyxis:kill-{group}-")}


def wait_for(done: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 45
    while not done():
        assert process.poll() is None, "the intake ended by itself"
        assert time.monotonic() < deadline, "the intake does not get on"
        time.sleep(0.02)
