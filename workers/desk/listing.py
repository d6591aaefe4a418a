"""What each order of a list waits for, in few questions: incidents and tasks from Camunda, the rest from our rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from workers.bootstrap import CamundaRest, DeskReads, OrderLine, Platform
from workers.desk.standing import key_of
from workers.ports.errors import PortError

MOST = 500  # orders whose tasks are asked for together


@dataclass(frozen=True, slots=True)
class Awaited:
    """The most pressing thing an order waits for: `kind` is incident, task or person; `key` is Camunda's."""

    kind: str
    who: str
    what: str
    until: datetime | None = None
    key: str = ""


def awaited(platform: Platform, lines: Sequence[OrderLine]) -> tuple[dict[UUID, list[Awaited]], str]:
    """Order id -> what it waits for, incidents first; and why Camunda could not be asked, if so."""
    found: dict[UUID, list[Awaited]] = {}
    problem = ""
    try:
        for order_id, item in _of_camunda(platform.get(CamundaRest), lines[:MOST]):
            found.setdefault(order_id, []).append(item)
    except PortError as error:
        problem = str(error)
    for row in platform.get(DeskReads).pending([line.id for line in lines]):
        item = Awaited("person", row["who"] or "somebody", row["what"], row["until"])
        found.setdefault(row["order_id"], []).append(item)
    return found, problem


def _of_camunda(rest: CamundaRest, lines: Sequence[OrderLine]) -> Iterator[tuple[UUID, Awaited]]:
    named = {json.dumps(key_of(line)): line.id for line in lines}
    if not named:
        return
    variables = rest.search("variables", name="orderKey", value={"$in": sorted(named)})
    of = {str(item["processInstanceKey"]): named[item["value"]] for item in variables if item["value"] in named}
    if not of:
        return
    mine: dict[str, Any] = {"$in": sorted(of)}
    for item in rest.incidents(processInstanceKey=mine):
        text = str(item["errorMessage"]).split("\n", 1)[0]
        yield of[str(item["processInstanceKey"])], Awaited("incident", "support", text, None, str(item["incidentKey"]))
    theirs = [{"name": "orderKey", "value": {"$in": sorted(named)}}]
    for item in rest.user_tasks(processInstanceVariables=theirs):
        if str(item["processInstanceKey"]) not in of:
            continue
        who = item.get("assignee") or ", ".join(item.get("candidateGroups") or ()) or "anybody"
        what, key = str(item.get("name") or item["elementId"]), str(item["userTaskKey"])
        yield of[str(item["processInstanceKey"])], Awaited("task", who, what, _instant(item.get("dueDate")), key)


def _instant(text: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
