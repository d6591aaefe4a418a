"""adobe-create-agreement: sends a closing form to the customer to be signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from pydantic import Field

from workers.domain.closing import SIGNATURE_LIFETIME, Agreement, WorkClosingForm
from workers.domain.errors import SignerAddressInvalid, TenantMismatch
from workers.domain.orders import ServiceOrder
from workers.domain.states import AgreementState
from workers.journey.contract import Blank, OrderInput, alive
from workers.ports.errors import Refused
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementRequest, Signatures, Signer
from workers.runtime import Context, TaskInput, TaskOutput, task


class Chase(TaskInput):
    """What an operator found out in the form `chase-wcf`."""

    email: Blank[str] = Field(default=None, repr=False)


class Input(OrderInput):
    """The form and its uploaded document, and a corrected address when an operator has one."""

    wcf_id: UUID
    transient_document_id: str
    chase: Chase | None = None


class Output(TaskOutput):
    """The agreement's id is the correlation key of its end."""

    agreement_id: str


@task(
    "adobe-create-agreement",
    raises=(SignerAddressInvalid, TenantMismatch),
    timeout=timedelta(seconds=60),
    system="adobe-sign",
)
def adobe_create_agreement(data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures) -> Output:
    """One agreement per form: the adapter finds the one with our external id before it makes another."""
    order = alive(unit.orders.of(data))
    form = unit.wcfs.get(data.wcf_id)
    if data.chase and data.chase.email:
        order = unit.orders.save(replace(order, customer=replace(order.customer, email=data.chase.email)))
        unit.orders.note(order, "corrected by an operator", fields=["email"])
    if not order.customer.email:
        raise SignerAddressInvalid("The customer has no e-mail address to sign with")
    request = _request(order, form, data.transient_document_id, now=unit.now)
    try:
        agreement_id = signatures.create(request)
    except Refused as refusal:
        raise SignerAddressInvalid("The signature service refused the signer") from refusal
    # Known here before anybody can cancel the order: what is not known cannot be recalled.
    if unit.agreements.find(agreement_id) is None:
        unit.agreements.add(_draft(unit, order, form, agreement_id))
    unit.orders.note(order, "sent to be signed", wcf=form.number, agreementId=agreement_id)
    return Output(agreement_id=agreement_id)


def _request(order: ServiceOrder, form: WorkClosingForm, document: str, *, now: datetime) -> AgreementRequest:
    """The seven days count from the sending: an address may have been corrected long after the form was made."""
    return AgreementRequest(
        external_id=f"wcf-{form.id}",
        name=form.number,
        transient_document_id=document,
        signers=(Signer(email=order.customer.email or "", name=order.customer.name),),
        locale=(order.customer.language or order.country.locale).replace("-", "_"),
        expires_at=now + SIGNATURE_LIFETIME,
    )


def _draft(unit: UnitOfWork, order: ServiceOrder, form: WorkClosingForm, agreement_id: str) -> Agreement:
    return Agreement(
        id=agreement_id,
        order_id=order.id,
        country_code=order.country_code,
        bu_code=order.bu_code,
        kind="WCF",
        wcf_id=form.id,
        sent_at=unit.now,
        expires_at=unit.now + SIGNATURE_LIFETIME,
        updated_at=unit.now,
        state=AgreementState.DRAFT,
    )
