"""open-claim: the customer disputes the work, or the provider did not come; the provider is not paid until it is settled."""

from __future__ import annotations

from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.domain.states import WCF, WcfState
from workers.journey import claims
from workers.journey.contract import VisitInput, visit_of
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

CATEGORY, NO_SHOW = "poor quality", "provider no-show"


class Input(VisitInput):
    """The visit, and the form that was disputed, or that nobody came."""

    wcf_id: UUID | None = None
    missed_visit: bool = False


class Output(TaskOutput):
    """The claim."""

    claim_id: UUID


@task("open-claim", raises=(TenantMismatch,))
def open_claim(data: Input, ctx: Context, *, unit: UnitOfWork, processes: Processes) -> Output:
    """One claim per disputed form or missed visit: it is found again, not opened twice; its own process investigates it."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    if data.missed_visit:
        # The visit was taken away from who did not come: the last one who had it.
        absent = unit.assignments.of_visit(visit.id)[-1].provider_id
        claim = claims.opened(unit, order, visit, NO_SHOW, ground=NO_SHOW, wcf_id=None, provider_id=absent)
    else:
        claim = claims.opened(unit, order, visit, CATEGORY, ground=data.wcf_id, wcf_id=data.wcf_id)
    form = unit.wcfs.find(data.wcf_id) if data.wcf_id else None
    if form and WCF.allows(form.state, WcfState.DISPUTED):
        unit.wcfs.save(form.moved(WcfState.DISPUTED))
    processes.publish(claims.started(order, claim))
    return Output(claim_id=claim.id)
