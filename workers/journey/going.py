"""The go check of a visit: what was told about money and goods, and what it means for the order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field

from workers.domain import ids
from workers.domain.gates import GO, GoCheck
from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState, VisitState
from workers.domain.values import GoStatus
from workers.domain.visits import Visit
from workers.journey.contract import VisitInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import TaskInput

UNKNOWN = "UNKNOWN"
UNDER_WAY = frozenset({OrderState.DISPATCHED, OrderState.IN_PROGRESS, OrderState.ON_HOLD})


class Go(TaskInput):
    """What the decision `GoExecutionDecision` said."""

    status: GoStatus
    reasons: list[str] = Field(default_factory=list)
    overridable_by: str = "NOBODY"


class GoInput(VisitInput):
    """One run of the check, decided."""

    go: Go
    contract_status: str = UNKNOWN
    payment_status: str = UNKNOWN
    delivery_status: str = UNKNOWN
    open_products: list[dict[str, Any]] | None = None


def record_run(unit: UnitOfWork, order: ServiceOrder, visit: Visit, data: GoInput) -> GoCheck:
    """Keeps a run, numbered within its visit."""
    run = len(unit.go_checks.of_visit(visit.id)) + 1
    return unit.go_checks.add(
        GoCheck(
            id=ids.derived_id("go-check", visit.id, run),
            visit_id=visit.id,
            order_id=order.id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            run=run,
            checked_at=unit.now,
            contract_status=data.contract_status,
            payment_status=data.payment_status,
            delivery_status=data.delivery_status,
            result=data.go.status,
            open_products=tuple(data.open_products or ()),
            reasons=tuple(data.go.reasons),
        )
    )


def settle(
    unit: UnitOfWork, order: ServiceOrder, visit: Visit, status: GoStatus, *, ready: bool
) -> tuple[ServiceOrder, Visit]:
    """Keeps the status with the visit and its order; a cleared visit that has a team is READY.

    An order whose team is on its way was let go by an earlier check; a block that comes after it stands with the visit.
    """
    visit = replace(visit, go_status=status)
    if ready and visit.state is VisitState.ASSIGNED:
        visit = visit.moved(VisitState.READY)
    visit = unit.visits.save(visit)
    if status in GO or order.state not in UNDER_WAY:
        order = unit.orders.save(replace(order, go_status=status))
    return order, visit


def told(order: ServiceOrder, what: str) -> Mapping[str, Any]:
    """What was told last about `payment` or `delivery`; empty when nobody told anything but the sale itself."""
    found = order.status_details.get(what)
    return found if isinstance(found, Mapping) else {}


def open_products(details: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Products that are not there in full."""
    return [item for item in details.get("products") or [] if item.get("status") != "FULLY_DELIVERED"]
