"""open-claim: the customer disputes the work; payment stays held until it is settled."""

from __future__ import annotations

from uuid import UUID

from workers.domain import facts, ids
from workers.domain.closing import Claim
from workers.domain.errors import TenantMismatch
from workers.domain.states import WCF, WcfState
from workers.journey import paying
from workers.journey.contract import VisitInput, visit_of
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task

CLAIM_CREATED = "quality.claim.created"
CATEGORY = "poor quality"


class Input(VisitInput):
    """The visit, and the form that was disputed."""

    wcf_id: UUID | None = None


class Output(TaskOutput):
    """The claim."""

    claim_id: UUID


@task("open-claim", raises=(TenantMismatch,))
def open_claim(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """One claim per disputed form: it is found again, not opened twice."""
    order = unit.orders.of(data)
    visit = visit_of(unit, order, data.visit_id)
    claim_id = ids.derived_id("claim", visit.id, data.wcf_id)
    if unit.claims.find(claim_id) is None:
        unit.claims.add(
            Claim(
                id=claim_id,
                order_id=order.id,
                visit_id=visit.id,
                wcf_id=data.wcf_id,
                country_code=order.country_code,
                bu_code=order.bu_code,
                category=CATEGORY,
                created_at=unit.now,
            )
        )
        unit.announce(facts.of_order(order, CLAIM_CREATED, claimId=str(claim_id), category=CATEGORY))
        unit.orders.note(order, "claim opened", claimId=str(claim_id))
        paying.hold(unit, order, f"claim {claim_id}")
    form = unit.wcfs.find(data.wcf_id) if data.wcf_id else None
    if form and WCF.allows(form.state, WcfState.DISPUTED):
        unit.wcfs.save(form.moved(WcfState.DISPUTED))
    return Output(claim_id=claim_id)
