"""store-agreement: keeps that a form or a contract was sent to be signed, before anybody is told of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workers.domain import facts
from workers.domain.closing import SOFT_DEADLINE, Agreement
from workers.domain.errors import TenantMismatch
from workers.domain.states import AgreementState, WcfState
from workers.journey import papers
from workers.journey.papers import Paper, PaperInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task

WCF_SENT = "contracts.wcf.sent"
CONTRACT_SENT = "contracts.contract.sent"


class Input(PaperInput):
    """The paper and its agreement."""

    agreement_id: str


@task("store-agreement", raises=(TenantMismatch,))
def store_agreement(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """The agreement is PENDING_SIGNATURE and its paper sent; one that was signed in the meantime stays signed."""
    paper = papers.paper_of(unit, data, living=True)
    agreement = unit.agreements.get(data.agreement_id)
    if agreement.state is AgreementState.DRAFT:
        agreement = unit.agreements.save(replace(agreement, state=AgreementState.PENDING_SIGNATURE, sent_at=unit.now))
    keep: Callable[[UnitOfWork, Paper, Agreement], None] = _form_sent if paper.wcf else _contract_sent
    keep(unit, paper, agreement)


def _form_sent(unit: UnitOfWork, paper: Paper, agreement: Agreement) -> None:
    form = paper.wcf
    assert form is not None
    assert paper.order is not None
    sent = replace(
        form.moved(WcfState.SENT),
        agreement_id=agreement.id,
        sent_at=unit.now,
        soft_deadline=unit.now + SOFT_DEADLINE,
        expires_at=agreement.expires_at,
    )
    unit.wcfs.save(sent)
    unit.announce(facts.of_order(paper.order, WCF_SENT, wcfId=str(form.id), agreementId=agreement.id))


def _contract_sent(unit: UnitOfWork, paper: Paper, agreement: Agreement) -> None:
    contract = paper.contract
    assert contract is not None
    if contract.state is AgreementState.DRAFT:
        contract = contract.moved(AgreementState.PENDING_SIGNATURE)
    sent = replace(contract, agreement_id=agreement.id, sent_at=unit.now, expires_at=agreement.expires_at)
    unit.contracts.save(sent)
    if paper.order:
        bundle = [str(order_id) for order_id in contract.bundle]
        told = {"agreementId": agreement.id, "type": contract.kind.value, "orderIds": bundle}
        unit.announce(facts.of_order(paper.order, CONTRACT_SENT, **told))
