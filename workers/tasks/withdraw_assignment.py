"""withdraw-assignment: takes a visit, or every open visit of the order, away from its provider. The slot stays."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.states import OPEN_VISITS
from workers.journey import farewell
from workers.journey.contract import OrderInput, visit_of
from workers.journey.post import Post
from workers.journey.release import withdraw
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The visit; without one every open visit is meant."""

    visit_id: UUID | None = None


@task("withdraw-assignment", raises=(TenantMismatch,), system="messaging")
def withdraw_assignment(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> None:
    """Cancels open offers and the accepted assignment; a visit that is done keeps its own."""
    order = unit.orders.of(data)
    named = [visit_of(unit, order, data.visit_id)] if data.visit_id else unit.visits.of_order(order.id)
    for visit in named:
        if visit.state in OPEN_VISITS:
            leaving = farewell.concerned(unit, visit)
            order, _ = withdraw(unit, order, visit, reason="withdrawn by the journey")
            farewell.tell(unit, post, order, leaving, ctx.subkey)
