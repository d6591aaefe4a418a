"""sweep-order-resources: gives back everything an order still holds, wherever its journey was cut off."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import AgreementState, VisitState
from workers.journey import farewell
from workers.journey.contract import OrderInput
from workers.journey.post import Post
from workers.journey.release import drop
from workers.journey.signing import record_status
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, task


@task("sweep-order-resources", raises=(TenantMismatch,), system="adobe-sign")
def sweep_order_resources(
    data: OrderInput, ctx: Context, *, unit: UnitOfWork, signatures: Signatures, post: Post
) -> None:
    """Looks at what is there, not at what should be: bookings, offers, assignments, visits, unsigned agreements.

    Who has an open offer is told that it is closed; who has the visit is told by the journey that the order is cancelled.
    """
    order = unit.orders.of(data)
    for visit in unit.visits.of_order(order.id):
        if visit.state is not VisitState.DONE:
            offered = [item for item in farewell.concerned(unit, visit) if item.offer]
            order, _ = drop(unit, order, visit, reason="order cancelled")
            farewell.tell(unit, post, order, offered, ctx.subkey)
    _recall_agreements(unit, order, signatures)


def _recall_agreements(unit: UnitOfWork, order: ServiceOrder, signatures: Signatures) -> None:
    for agreement in unit.agreements.of_order(order.id):
        if agreement.open:
            signatures.cancel(agreement.id, comment="The order was cancelled")
            record_status(unit, order, agreement, signatures.get(agreement.id).status)
    for contract in unit.contracts.of_order(order.id):
        # Made and not sent yet. One that is signed is not voided: it is over with its order.
        if contract.state is AgreementState.DRAFT:
            unit.contracts.save(contract.moved(AgreementState.VOIDED))
