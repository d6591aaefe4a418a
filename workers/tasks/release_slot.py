"""release-slot: gives back slot and team of a visit, or of every open visit of the order."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput, visit_of
from workers.journey.release import release
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The visit; without one every open visit is meant."""

    visit_id: UUID | None = None


@task("release-slot", raises=(TenantMismatch,))
def release_slot(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Does nothing for what was released before, and nothing for a visit that is done."""
    order = unit.orders.of(data)
    named = [visit_of(unit, order, data.visit_id)] if data.visit_id else unit.visits.of_order(order.id)
    for visit in named:
        order, _ = release(unit, order, visit, reason="released by the journey")
