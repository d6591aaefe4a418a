"""What an order waits for: the tasks, messages, jobs and incidents of its journey and of everything the journey called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workers.bootstrap import CamundaDesk


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that is waited for: `kind` is task, timer, message, job or incident; `until` an instant of the API or empty."""

    kind: str
    what: str
    who: str
    until: str
    where: str
    key: str
    instance: str


def _task(row: Mapping[str, Any]) -> tuple[str, str, str]:
    who = row.get("assignee") or ", ".join(row.get("candidateGroups") or ()) or "anybody"
    return row.get("name") or row["elementId"], who, row.get("dueDate") or ""


def _message(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["messageName"], f"key {row.get('correlationKey')}", ""


def _job(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["type"], row.get("worker") or "a worker", row.get("deadline") or ""


def _incident(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(row["errorMessage"]).split("\n", 1)[0], "support", ""


def _timer(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["elementId"], "", row["dueDate"]


_KINDS = {
    "incidents": ("incident", "incidentKey", _incident),
    "tasks": ("task", "userTaskKey", _task),
    "timers": ("timer", "timerKey", _timer),
    "messages": ("message", "messageSubscriptionKey", _message),
    "jobs": ("job", "jobKey", _job),
}


def waits_of(desk: CamundaDesk, order_key: str) -> list[Wait]:
    """Returns what the active journeys of an order wait for, incidents first."""
    return [wait for root in desk.roots_of(order_key) for wait in waits_of_instance(desk, root["processInstanceKey"])]


def waits_of_instance(desk: CamundaDesk, key: str) -> list[Wait]:
    """Returns what an instance and those it called wait for, incidents first."""
    found = [wait for instance in desk.family(key) for wait in _waits(desk, instance["processInstanceKey"])]
    return sorted(found, key=lambda wait: wait.kind != "incident")


def _waits(desk: CamundaDesk, key: str) -> Iterator[Wait]:
    rows = desk.waiting(key)
    for name, (kind, key_name, told) in _KINDS.items():
        for row in rows[name]:
            what, who, until = told(row)
            yield Wait(kind, what, who, until, row["elementId"], row[key_name], key)
