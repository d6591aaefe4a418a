"""The timeline of a played scenario: what people did, where the tokens went, what was sent, told and decided."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from workers.workshop.scenarios.scene import Row, Scene

# Kinds of elements a reader wants to see; gateways and flows are in the diagram.
SHOWN = frozenset({"SERVICE_TASK", "USER_TASK", "CALL_ACTIVITY", "BUSINESS_RULE_TASK", "BOUNDARY_EVENT", "END_EVENT"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line: local time, who, what. `kind` is act, path, move, message or event."""

    at: datetime
    kind: str
    who: str
    what: str


def timeline_of(scene: Scene) -> list[Line]:
    """Everything in the order of time; at one moment in the order people act, tokens move, messages go."""
    parts = (_acts, _moves, _path, _messages, _events)
    lines = [line for part in parts for line in part(scene)]
    return sorted(lines, key=lambda line: line.at)


def _acts(scene: Scene) -> Iterator[Line]:
    yield from (Line(told.at, "act", told.who, told.what) for told in scene.told)


def _path(scene: Scene) -> Iterator[Line]:
    for seen in scene.watch.entered:
        if seen.kind in SHOWN:
            yield Line(seen.at, "path", seen.process, seen.element)


def _moves(scene: Scene) -> Iterator[Line]:
    for order in scene.rows("service_orders"):
        for row in scene.rows("order_events", order_id=order["id"]):
            if row["target"]:
                yield Line(row["at"], "move", str(order["external_order_id"]), _move(row))


def _move(row: Row) -> str:
    reason = f" ({row['reason']})" if row["reason"] else ""
    return f"{row['source'] or 'new'} → {row['target']}{reason}"


def _messages(scene: Scene) -> Iterator[Line]:
    for row in (row for row in scene.rows("notifications") if row["sent_at"]):  # the others wait for their hour
        yield Line(
            row["sent_at"], "message", str(row["recipient"]), f"{row['template']} by {row['channel']} ({row['status']})"
        )


def _events(scene: Scene) -> Iterator[Line]:
    for published in scene.bus.published:
        status = published.event.payload.get("status")
        yield Line(published.at, "event", published.event.topic, str(status or ""))
