"""Keeping up with an agreement: what the signature service says is what counts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import facts
from workers.domain.closing import WCF_END, Agreement
from workers.domain.contracts import Contract
from workers.domain.gates import SETTLED
from workers.domain.orders import ServiceOrder
from workers.domain.states import CONTRACT, WCF, AgreementState
from workers.domain.values import ContractStatus
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementStatus

CLOSED_MESSAGE = "agreement-closed"
WCF_NOT_SIGNED = "contracts.wcf.not_signed"
CLOSED = frozenset({AgreementStatus.SIGNED, AgreementStatus.DECLINED, AgreementStatus.EXPIRED, AgreementStatus.VOIDED})
# How a contract's end is told to others; a recalled one is told by what recalled it.
CONTRACT_FACTS = {
    AgreementState.SIGNED: "contracts.contract.signed",
    AgreementState.DECLINED: "contracts.contract.declined",
    AgreementState.EXPIRED: "contracts.contract.expired",
}


def closed_message(agreement_id: str, status: AgreementStatus) -> ProcessMessage:
    """The message the journey waits for. One id per agreement: however often it is told, it is told once."""
    variables = {"agreementStatus": status.value}
    return ProcessMessage(CLOSED_MESSAGE, agreement_id, f"{CLOSED_MESSAGE}:{agreement_id}", variables=variables)


def record_status(
    unit: UnitOfWork, order: ServiceOrder | None, agreement: Agreement, status: AgreementStatus
) -> Agreement:
    """Keeps the end of an agreement, with its form or contract too; one that is closed already stays as it is."""
    if status not in CLOSED or not agreement.open:
        return agreement
    closed = unit.agreements.save(agreement.closed(AgreementState(status), unit.now))
    if order is not None:
        unit.orders.note(order, "agreement closed", agreementId=agreement.id, status=status.value)
    if agreement.contract_id is not None:
        contract_ended(unit, unit.contracts.get(agreement.contract_id), closed.state)
        return closed
    end = WCF_END.get(closed.state)
    form = unit.wcfs.find(agreement.wcf_id) if agreement.wcf_id else None
    if form and end and WCF.allows(form.state, end):
        unit.wcfs.save(form.moved(end))
        if order is not None:
            unit.announce(facts.of_order(order, WCF_NOT_SIGNED, wcfId=str(form.id), agreementId=closed.id))
    elif form and closed.state is AgreementState.SIGNED:
        unit.wcfs.save(replace(form, signed_at=unit.now))
    return closed


def contract_ended(unit: UnitOfWork, contract: Contract, end: AgreementState) -> Contract:
    """Keeps how a contract ended; signed or waived, it counts for every order it covers."""
    if not CONTRACT.allows(contract.state, end):
        return contract
    signed_at = unit.now if end is AgreementState.SIGNED else contract.signed_at
    contract = unit.contracts.save(replace(contract.moved(end), signed_at=signed_at))
    settled = {AgreementState.SIGNED: ContractStatus.SIGNED, AgreementState.WAIVED: ContractStatus.WAIVED}.get(end)
    for order_id in contract.bundle:
        _settle(unit, order_id, contract, settled)
    return contract


def _settle(unit: UnitOfWork, order_id: UUID, contract: Contract, settled: ContractStatus | None) -> None:
    order = unit.orders.get(order_id)
    if settled and order.contract_status not in SETTLED - {ContractStatus.NOT_NEEDED}:
        order = unit.orders.save(replace(order, contract_status=settled))
    told = {"agreementId": contract.agreement_id, "type": contract.kind.value}
    if contract.state in CONTRACT_FACTS:
        bundle = [str(item) for item in contract.bundle]
        unit.announce(facts.of_order(order, CONTRACT_FACTS[contract.state], **told, orderIds=bundle))
    unit.orders.note(order, f"contract {contract.state.lower()}", contract=contract.number)
