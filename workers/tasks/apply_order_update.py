"""apply-order-update: sales changed the order; what that means for the visit that is planned."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from workers.domain.errors import TenantMismatch
from workers.journey.almanac import Almanac
from workers.journey.contract import OrderInput
from workers.journey.moved import fit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Impact(StrEnum):
    """What follows: nothing, another date, or a decision because the team is on its way already."""

    NONE = "NONE"
    REPLAN = "REPLAN"
    CONFLICT = "CONFLICT"


class Output(TaskOutput):
    """The impact, the first day the order allows now, and the conflict in an operator's words."""

    impact: Impact
    earliest_date: date | None
    validation_errors: list[dict[str, Any]]


@task("apply-order-update", raises=(TenantMismatch,))
def apply_order_update(data: OrderInput, ctx: Context, *, unit: UnitOfWork, almanac: Almanac) -> Output:
    """Intake stored the change; here it is held against the plan. A wish for a date is a wish: the first day that is possible."""
    order = unit.orders.of(data)
    fit = fit_of(unit, almanac, order)
    impact = Impact.NONE if fit.stays else Impact.CONFLICT if fit.begun else Impact.REPLAN
    unit.orders.note(order, "sale changed, looked at", impact=impact.value)
    conflict = {
        "code": "DATE_NOT_ALLOWED",
        "field": "visit.plannedStart",
        "message": f"The sale allows no visit before {fit.earliest}, but the team is on its way",
    }
    return Output(
        impact=impact,
        earliest_date=fit.earliest,
        validation_errors=[conflict] if impact is Impact.CONFLICT else [],
    )
