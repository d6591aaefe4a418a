"""Keeping up with an agreement: what the signature service says is what counts."""

from __future__ import annotations

from dataclasses import replace

from workers.domain.closing import WCF_END, Agreement
from workers.domain.orders import ServiceOrder
from workers.domain.states import WCF, AgreementState
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementStatus

CLOSED_MESSAGE = "agreement-closed"
CLOSED = frozenset({AgreementStatus.SIGNED, AgreementStatus.DECLINED, AgreementStatus.EXPIRED, AgreementStatus.VOIDED})


def closed_message(agreement_id: str, status: AgreementStatus) -> ProcessMessage:
    """The message the journey waits for. One id per agreement: however often it is told, it is told once."""
    variables = {"agreementStatus": status.value}
    return ProcessMessage(CLOSED_MESSAGE, agreement_id, f"{CLOSED_MESSAGE}:{agreement_id}", variables=variables)


def record_status(unit: UnitOfWork, order: ServiceOrder, agreement: Agreement, status: AgreementStatus) -> Agreement:
    """Keeps the end of an agreement, on its form too; one that is closed already stays as it is."""
    if status not in CLOSED or not agreement.open:
        return agreement
    closed = unit.agreements.save(agreement.closed(AgreementState(status), unit.now))
    unit.orders.note(order, "agreement closed", agreementId=agreement.id, status=status.value)
    end = WCF_END.get(closed.state)
    form = unit.wcfs.find(agreement.wcf_id) if agreement.wcf_id else None
    if form and end and WCF.allows(form.state, end):
        unit.wcfs.save(form.moved(end))
    elif form and closed.state is AgreementState.SIGNED:
        unit.wcfs.save(replace(form, signed_at=unit.now))
    return closed
