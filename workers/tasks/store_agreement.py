"""store-agreement: keeps that a form was sent to be signed, before anybody is told of it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import facts
from workers.domain.closing import SIGNATURE_LIFETIME, SOFT_DEADLINE, Agreement
from workers.domain.errors import TenantMismatch
from workers.domain.states import WcfState
from workers.journey.contract import OrderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

WCF_SENT = "contracts.wcf.sent"


class Input(OrderInput):
    """The form and its agreement."""

    wcf_id: UUID
    agreement_id: str


@task("store-agreement", raises=(TenantMismatch,))
def store_agreement(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The agreement is PENDING_SIGNATURE and the form SENT."""
    order = unit.orders.of(data)
    form = unit.wcfs.get(data.wcf_id)
    expires = form.created_at + SIGNATURE_LIFETIME
    if unit.agreements.find(data.agreement_id) is None:
        unit.agreements.add(
            Agreement(
                id=data.agreement_id,
                order_id=order.id,
                country_code=order.country_code,
                bu_code=order.bu_code,
                kind="WCF",
                wcf_id=form.id,
                sent_at=unit.now,
                expires_at=expires,
                updated_at=unit.now,
            )
        )
    sent = replace(
        form.moved(WcfState.SENT),
        agreement_id=data.agreement_id,
        sent_at=unit.now,
        soft_deadline=unit.now + SOFT_DEADLINE,
        expires_at=expires,
    )
    unit.wcfs.save(sent)
    unit.announce(facts.of_order(order, WCF_SENT, wcfId=str(form.id), agreementId=data.agreement_id))
