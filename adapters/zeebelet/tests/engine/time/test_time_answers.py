"""Time as Camunda counts it: answers of zeebe-bpmn-model 8.9.0 and of cron-utils 9.2.1 in the mode Zeebe uses.

`answers.json` holds what those classes said: the first rows are situations that people reported, the others random texts.
`due` are the times that follow one another, each asked for when the one before has fired, or at `seen` (downtime, a clock that
jumped); null is a refusal.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from zeebelet.model.time import parse_date_time, parse_interval, parse_repetition
from zeebelet.processors import timers
from zeebelet.records import Timer

ANSWERS = json.loads(Path(__file__).with_name("answers.json").read_text())


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch, row: dict[str, Any]) -> Iterator[None]:
    """The machine's zone is the row's."""
    monkeypatch.setenv("TZ", row["zone"])
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def followed(row: dict[str, Any], count: int) -> list[int]:
    """The due dates of a cycle, one after the other."""
    now, seen = parse_date_time(row["now"]), parse_date_time(row["seen"]) if "seen" in row else 0
    if row["text"].startswith("R") and parse_repetition(row["text"]).repetitions == 0:
        return []
    due, found = timers.first_of_cycle(now, row["text"]), []
    while due is not None and len(found) < count:
        found.append(due.due_date)
        fired = Timer(1, 1, 1, "t", due_date=due.due_date, repetitions=due.repetitions, interval=due.interval)
        due = timers.following(max(due.due_date, seen), fired)
    return found


def ours(row: dict[str, Any]) -> list[int] | None:
    """Our due dates for a row; None for a text that is refused."""
    try:
        if row["kind"] == "duration":
            return [parse_interval(row["text"]).after(parse_date_time(row["now"]))]
        if row["kind"] == "date":
            return [parse_date_time(row["text"])]
        return followed(row, len(row["due"] or [1]))
    except ValueError as refused:
        return [] if str(refused) == "never" else None


@pytest.mark.parametrize("row", ANSWERS, ids=[f"{n}-{row['text']}" for n, row in enumerate(ANSWERS)])
@pytest.mark.usefixtures("zone")
def test_a_text_is_due_when_the_vendors_classes_say(row: dict[str, Any]) -> None:
    """The same instants to the millisecond, over changes of the clocks too; and the same texts are refused."""
    assert ours(row) == (None if row["due"] is None else [parse_date_time(moment) for moment in row["due"]])
