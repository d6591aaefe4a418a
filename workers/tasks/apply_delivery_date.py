"""apply-delivery-date: the goods come on another day; whether the visit can stay where it is."""

from __future__ import annotations

from datetime import date

from workers.domain.errors import TenantMismatch
from workers.journey.almanac import Almanac
from workers.journey.contract import OrderInput
from workers.journey.moved import fit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Output(TaskOutput):
    """Whether the visit stays, and the first day it could be on."""

    still_valid: bool
    earliest_date: date | None


@task("apply-delivery-date", raises=(TenantMismatch,))
def apply_delivery_date(data: OrderInput, ctx: Context, *, unit: UnitOfWork, almanac: Almanac) -> Output:
    """A team that is on its way found the goods, or its go check would have stopped it: that visit is not moved any more."""
    order = unit.orders.of(data)
    fit = fit_of(unit, almanac, order)
    valid = fit.stays or fit.begun
    day = order.delivery_date.isoformat() if order.delivery_date else None
    unit.orders.note(order, "delivery moved", deliveryDate=day, visitStays=valid)
    return Output(still_valid=valid, earliest_date=fit.earliest)
