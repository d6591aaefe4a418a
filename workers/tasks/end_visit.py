"""end-visit: a visit ends without its result; who is on site leaves, and what was planned is given back."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import OrderState, VisitState
from workers.domain.values import Completion
from workers.domain.visits import Visit
from workers.journey import farewell
from workers.journey.checkout import CheckOut, close_execution, leave_site
from workers.journey.contract import VisitInput, visit_of
from workers.journey.post import Post
from workers.journey.release import release
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(VisitInput):
    """The visit, and why it ends."""

    reason: str


@task("end-visit", raises=(TenantMismatch,), system="messaging")
def end_visit(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post) -> None:
    """A visit that is on site becomes INCOMPLETE, one that was only planned is released; one that has ended stays as it is."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    leaving = farewell.concerned(unit, visit)
    if visit.state is VisitState.ON_SITE:
        _leave(unit, order, visit, data.reason)
        leaving = []
    else:
        order, _ = release(unit, order, visit, reason=data.reason)
    farewell.tell(unit, post, order, leaving, ctx.subkey)


def _leave(unit: UnitOfWork, order: ServiceOrder, visit: Visit, reason: str) -> None:
    execution = unit.executions.latest(visit.id)
    if execution:
        report = CheckOut(completion_status=Completion.INCOMPLETE, reason=reason)
        close_execution(unit, order, execution.id, report, Completion.INCOMPLETE)
    leave_site(unit, visit, Completion.INCOMPLETE)
    if order.state is OrderState.ON_HOLD and order.driven_by(visit.kind):
        unit.orders.move(order, OrderState.IN_PROGRESS, reason=reason)
    unit.orders.note(order, "visit ended", visitId=str(visit.id), reason=reason)
