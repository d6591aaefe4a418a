"""A team at the door: where it stands, what it found, and whether it may begin."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from workers.domain.errors import CriticalHazard, OutsideArea
from workers.domain.orders import ServiceOrder
from workers.domain.providers import distance_km
from workers.journey.contract import Blank
from workers.runtime import TaskInput

METRES = 1000


class Danger(StrEnum):
    """How bad something is that a team found on site."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class Hazard(TaskInput):
    """Something on site that may hurt somebody."""

    kind: str
    severity: Danger
    note: str | None = None


class CheckIn(TaskInput):
    """What the provider's app sent: metres for `accuracy_m`, degrees for the position."""

    at: datetime | None = None
    lat: float | None = None
    lng: float | None = None
    accuracy_m: float = 0
    method: str | None = None
    photos: Sequence[str] = ()
    hazards: Sequence[Hazard] = ()


class Admission(TaskInput):
    """What a supervisor decided in the form `approve-checkin`."""

    decision: Blank[str] = None
    measures: Blank[str] = None
    risk_acknowledged: bool = False
    resolution_notes: Blank[str] = None

    @property
    def allowed(self) -> bool:
        """Whether the team may begin although something stands against it."""
        return self.decision == "ALLOW"


def metres_away(order: ServiceOrder, arrived: CheckIn) -> int | None:
    """How far from the address the team stands, its inaccuracy in its favour; None where a position is unknown."""
    place = order.address
    if arrived.lat is None or arrived.lng is None or place.lat is None or place.lng is None:
        return None
    away = distance_km((arrived.lat, arrived.lng), (place.lat, place.lng)) * METRES
    return max(0, round(away - arrived.accuracy_m))


def check(order: ServiceOrder, arrived: CheckIn, *, within_m: int, admission: Admission | None) -> dict[str, Any]:
    """What is kept of the arrival; raises what a supervisor has to see first, unless one has."""
    away = metres_away(order, arrived)
    seen = admission if admission and admission.allowed else None
    critical = [hazard.kind for hazard in arrived.hazards if hazard.severity is Danger.CRITICAL]
    if away is not None and away > within_m and seen is None:
        raise OutsideArea(away, within_m)
    if critical and not (seen and seen.risk_acknowledged):
        raise CriticalHazard(critical)
    record = arrived.model_dump(mode="json", by_alias=True, exclude_none=True, exclude={"at"})
    told = seen.model_dump(mode="json", by_alias=True, exclude_none=True) if seen else None
    return record | {"metresAway": away} | ({"admission": told} if told else {})
