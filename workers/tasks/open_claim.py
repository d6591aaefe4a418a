"""open-claim: the customer disputes the work; payment stays held until it is settled."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.states import WCF, WcfState
from workers.journey import claims
from workers.journey.contract import VisitInput, visit_of
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

CATEGORY = "poor quality"


class Input(VisitInput):
    """The visit, and the form that was disputed."""

    wcf_id: UUID | None = None


class Output(TaskOutput):
    """The claim."""

    claim_id: UUID


@task("open-claim", raises=(TenantMismatch,))
def open_claim(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> Output:
    """One claim per disputed form: it is found again, not opened twice; its own process investigates it."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    claim = claims.opened(unit, order, visit, CATEGORY, ground=data.wcf_id, wcf_id=data.wcf_id)
    form = unit.wcfs.find(data.wcf_id) if data.wcf_id else None
    if form and WCF.allows(form.state, WcfState.DISPUTED):
        unit.wcfs.save(form.moved(WcfState.DISPUTED))
    processes.publish(claims.started(order, claim))
    return Output(claim_id=claim.id)
