"""What stands between a planned visit and its work: go checks, contracts, and written exceptions from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from workers.domain.errors import CheckinBlocked
from workers.domain.orders import ServiceOrder
from workers.domain.values import ContractStatus, GoStatus
from workers.domain.visits import Visit

MIN_JUSTIFICATION = 20
GO = frozenset({GoStatus.OK, GoStatus.MANUALLY_OVERRIDDEN, GoStatus.NOT_NEEDED})
SETTLED = frozenset({ContractStatus.SIGNED, ContractStatus.WAIVED, ContractStatus.NOT_NEEDED})


class Gate(StrEnum):
    """What an exception is from."""

    GO = "GO"
    CONTRACT = "CONTRACT"
    WCF = "WCF"
    CANCEL = "CANCEL"


class OverrideState(StrEnum):
    """Where an exception stands."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoCheck:
    """One run of the go check, as it was decided."""

    id: UUID
    visit_id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    run: int
    checked_at: datetime
    contract_status: str
    payment_status: str
    delivery_status: str
    result: GoStatus
    open_products: Sequence[Mapping[str, Any]] = ()
    reasons: Sequence[str] = ()
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A written exception: asked for by one person, decided by another."""

    id: UUID
    order_id: UUID
    country_code: str
    bu_code: str
    gate: Gate
    requested_by: str
    justification: str
    requested_at: datetime
    visit_id: UUID | None = None
    urgency: str | None = None
    evidence: str | None = None
    state: OverrideState = OverrideState.PENDING
    decided_by: str | None = None
    decided_at: datetime | None = None
    version: int = 1


def blockers(order: ServiceOrder, visit: Visit) -> list[str]:
    """Why no team may check in on this visit; empty when it may. Surveys need neither goods nor the contract for the work."""
    found = []
    if visit.go_status not in GO:
        found.append(f"GO_{visit.go_status}")
    if visit.is_main and order.contract_status not in SETTLED:
        found.append(f"CONTRACT_{order.contract_status}")
    return found


def check_entry(order: ServiceOrder, visit: Visit) -> None:
    """Raises `CheckinBlocked` with its reasons when the team may not begin."""
    found = blockers(order, visit)
    if found:
        raise CheckinBlocked(
            f"Expected visit {visit.id} to be cleared for a check-in, but {', '.join(found)} stands against it",
            blockingReasons=found,
            checkinProblem=f"Not cleared: {', '.join(found)}.",
        )
