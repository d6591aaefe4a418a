"""release-slot: gives back slot and team of a visit, or of every open visit of the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.journey import farewell
from workers.journey.contract import Blank, OrderInput, visit_of
from workers.journey.post import Post
from workers.journey.release import release
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(OrderInput):
    """The visit; without one every open visit is meant. `reason`: why, in a word the messages know."""

    visit_id: UUID | None = None
    another_date: bool = False
    not_before: Blank[date] = None
    reason: Blank[str] = None


@task("release-slot", raises=(TenantMismatch,), system="messaging")
def release_slot(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> None:
    """Does nothing for what was released before, and nothing for a visit that is done.

    With `another_date` the visit is not planned again for a day that was asked for already: it comes after that day, or
    from the day an operator named.
    """
    order = unit.orders.of(data)
    named = [visit_of(unit, order, data.visit_id)] if data.visit_id else unit.visits.of_order(order.id)
    for visit in named:
        leaving = farewell.concerned(unit, visit)
        order, released = release(unit, order, visit, reason="released by the journey")
        farewell.tell(unit, post, order, leaving, ctx.subkey, reason=data.reason or farewell.REASSIGNED)
        if data.another_date and visit.planned_start:
            after = order.country.day(visit.planned_start) + timedelta(days=1)
            unit.visits.save(replace(released, not_before=max(data.not_before or after, after)))
