"""Where an order stands: what it waits for and until when, its appointments, its provider."""

from __future__ import annotations

from typing import Any

from workers.bootstrap import CamundaDesk, Platform, Reads
from workers.desk.waits import Wait, waits_of
from workers.domain.states import VisitState
from workers.ports.errors import PortError

TO_COME = frozenset({VisitState.PLANNED, VisitState.HELD, VisitState.ASSIGNED, VisitState.READY, VisitState.ON_SITE})


def key_of(line: Any) -> str:
    """The order key of a line of a list (`pyxis:8841200`)."""
    return f"{line.source_system}:{line.external_order_id}"


def waits(platform: Platform, line: Any) -> tuple[list[Wait], str]:
    """Returns what an order waits for; where Camunda does not answer, why that is not known."""
    try:
        return waits_of(platform.get(CamundaDesk), key_of(line)), ""
    except PortError as error:
        return [], str(error)


def appointments(platform: Platform, view: Any) -> list[dict[str, Any]]:
    """Returns the visits to come with their start and the provider who has them."""
    named = {row["visit_id"]: platform.get(Reads).provider_name(row["provider_id"]) for row in view.assignments}
    return [
        {
            "visit": visit["kind"],
            "state": visit["state"],
            "start": visit["planned_start"],
            "provider": named.get(visit["id"]),
        }
        for visit in view.visits
        if visit["state"] in TO_COME
    ]
