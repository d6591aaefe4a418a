"""store-agreement: keeps that a form was sent to be signed, before anybody is told of it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import facts
from workers.domain.closing import SOFT_DEADLINE
from workers.domain.errors import TenantMismatch
from workers.domain.states import AgreementState, WcfState
from workers.journey.contract import OrderInput, alive
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

WCF_SENT = "contracts.wcf.sent"


class Input(OrderInput):
    """The form and its agreement."""

    wcf_id: UUID
    agreement_id: str


@task("store-agreement", raises=(TenantMismatch,))
def store_agreement(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The agreement is PENDING_SIGNATURE and the form SENT; one that was signed in the meantime stays signed."""
    order = alive(unit.orders.of(data))
    form, agreement = unit.wcfs.get(data.wcf_id), unit.agreements.get(data.agreement_id)
    if agreement.state is AgreementState.DRAFT:
        unit.agreements.save(replace(agreement, state=AgreementState.PENDING_SIGNATURE, sent_at=unit.now))
    sent = replace(
        form.moved(WcfState.SENT),
        agreement_id=agreement.id,
        sent_at=unit.now,
        soft_deadline=unit.now + SOFT_DEADLINE,
        expires_at=agreement.expires_at,
    )
    unit.wcfs.save(sent)
    unit.announce(facts.of_order(order, WCF_SENT, wcfId=str(form.id), agreementId=data.agreement_id))
