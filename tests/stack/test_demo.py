"""The main job, end to end, as a newcomer runs it: `fsm demo` on the real stack, with workers killed in the middle of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.stack, pytest.mark.timeout(420)]
ORDERS, KILLS = 8, 2


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The figures of one demonstration in which the worker was killed twice."""
    stack_file = tmp_path_factory.mktemp("stack") / "stack.json"
    command = [sys.executable, "-m", "workers", "demo", "--orders", str(ORDERS), "--kill-worker", str(KILLS), "--json"]
    done = subprocess.run(
        command,
        cwd=REPOSITORY,
        env={**os.environ, "FSM_STACK_FILE": str(stack_file)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert not stack_file.exists()
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_every_order_ends(figures: dict[str, Any]) -> None:
    """Closed, cancelled and rejected add up to what was sold; nothing is open, no incident is left."""
    assert figures["orders"] == ORDERS
    assert figures["closed"] + figures["cancelled"] + figures["rejected"] == ORDERS
    assert (figures["open"], figures["incidents"]) == (0, 0)


def test_each_story_ends_as_told(figures: dict[str, Any]) -> None:
    """Of the eight stories six close, one is cancelled with compensation, one is rejected by the operator."""
    assert (figures["closed"], figures["cancelled"], figures["rejected"]) == (6, 1, 1)
    assert figures["signed_documents"] == 12  # a contract and a closing form each


def test_killed_workers_double_nothing(figures: dict[str, Any]) -> None:
    """The worker died by SIGKILL and came again: no order, agreement, message, assignment or move happened twice."""
    assert figures["worker_restarts"] == KILLS
    assert figures["duplicates"] == dict.fromkeys(figures["duplicates"], 0)
    assert figures["duplicate_effects"] == 0


def test_a_document_three_times_is_one_order(figures: dict[str, Any]) -> None:
    """The last sale was delivered three times: one order, one process instance."""
    assert figures["duplicates"]["orders_per_sale"] == 0
    assert figures["duplicates"]["journeys_per_order"] == 0


def test_both_sales_systems_sell(figures: dict[str, Any]) -> None:
    """Orders of Pyxis and of Tempo go the same way to their ends."""
    assert figures["systems"] == {"pyxis": ORDERS - 1, "tempo": 1}


def test_a_malformed_document_stops_nothing(figures: dict[str, Any]) -> None:
    """It is on the failed topic, and everything else went on."""
    assert figures["failed_documents"] == 1
