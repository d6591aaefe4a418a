"""settle-claim: a claim is decided and nothing of it is open; what follows for the payment and the order."""

from __future__ import annotations

from enum import StrEnum

from workers.domain.errors import TenantMismatch
from workers.domain.payments import payment_id
from workers.domain.states import ACCEPTED_WCFS, OrderState, WcfState
from workers.journey import paying
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Next(StrEnum):
    """What the model does next."""

    RELEASE = "RELEASE"
    AUTHORIZE = "AUTHORIZE"
    NOTHING = "NOTHING"


class Output(TaskOutput):
    """Where the money and the order stand."""

    claim_next: Next


@task("settle-claim", raises=(TenantMismatch,))
def settle_claim(data: OrderInput, ctx: Context, *, unit: UnitOfWork) -> Output:
    """A signed form that was disputed is resolved with its last claim; one that nobody signed pays nobody (I7)."""
    order = unit.orders.of(data)
    if paying.holding_claims(unit, order):
        return Output(claim_next=Next.NOTHING)
    for form in unit.wcfs.of_order(order.id):
        if form.state is WcfState.DISPUTED and form.signed_at is not None:
            unit.wcfs.save(form.moved(WcfState.RESOLVED))
    if unit.payments.find(payment_id(order.id)) is not None:
        return Output(claim_next=Next.RELEASE)
    accepted = any(form.state in ACCEPTED_WCFS for form in unit.wcfs.of_order(order.id))
    if accepted and order.state is OrderState.COMPLETED:
        return Output(claim_next=Next.AUTHORIZE)
    unit.orders.note(order, "claim settled, nobody paid", reason="the closing form is not signed")
    return Output(claim_next=Next.NOTHING)
