"""resolve-claim: a valid claim was settled with the customer, by a rework, a compensation, or words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

from workers.domain.errors import ResolutionInvalid, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import ClaimState
from workers.journey import claims
from workers.journey.contract import Blank, OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskInput, task


class Resolution(TaskInput):
    """The form `resolve-claim`."""

    compensation: Blank[Decimal] = None


class Input(OrderInput):
    """The claim, what was agreed, and the rework if there was one."""

    claim_id: UUID
    claim_resolution: Resolution
    rework_order_id: UUID | None = None


@task("resolve-claim", raises=(ResolutionInvalid, TenantMismatch))
def resolve_claim(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """A compensation is above zero and never more than the order cost."""
    order = unit.orders.of(data)
    claim = claims.claim_of(unit, order, data.claim_id)
    if claim.state is ClaimState.RESOLVED:
        return
    amount = _bounded(order, data.claim_resolution.compensation)
    resolved = replace(claim.moved(ClaimState.RESOLVED), compensation=amount, rework_order_id=data.rework_order_id)
    claim = unit.claims.save(resolved)
    unit.announce(claims.of_claim(order, claim, "resolved"))
    paid_back = float(amount) if amount is not None else None
    unit.orders.note(order, "claim resolved", number=claim.number, compensation=paid_back)


def _bounded(order: ServiceOrder, amount: Decimal | None) -> Decimal | None:
    if amount is None or (amount.is_finite() and 0 < amount <= order.total):
        return amount
    raise ResolutionInvalid(
        f"Expected a compensation above zero and of at most {order.total} {order.country.currency}, but got {amount}"
    )
