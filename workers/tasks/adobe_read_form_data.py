"""adobe-read-form-data: what the customer wrote on the signed form."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import closing, facts
from workers.domain.errors import TenantMismatch
from workers.domain.states import WCF, WcfState
from workers.domain.values import Severity
from workers.journey.contract import OrderInput
from workers.journey.signing import record_status
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementStatus, Signatures
from workers.runtime import Context, TaskOutput, task


class Input(OrderInput):
    """The signed form."""

    agreement_id: str
    wcf_id: UUID


class ReservationFound(TaskOutput):
    """A fault the customer noted."""

    description: str
    severity: Severity


class Output(TaskOutput):
    """What the decision `WcfHandling` needs."""

    reservations: list[ReservationFound]
    worst_severity: Severity
    rating: int | None


@task("adobe-read-form-data", raises=(TenantMismatch,), system="adobe-sign")
def adobe_read_form_data(data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures) -> Output:
    """Keeps the reservations with the form, which counts as signed from now on."""
    order = unit.orders.of(data)
    record_status(unit, order, unit.agreements.get(data.agreement_id), AgreementStatus.SIGNED)
    fields = signatures.form_data(data.agreement_id)
    found, mark = closing.reservations(fields), closing.rating(fields)
    form = unit.wcfs.get(data.wcf_id)
    signed = WcfState.SIGNED_WITH_RESERVES if found else WcfState.SIGNED_NO_RESERVES
    if WCF.allows(form.state, signed):
        form = form.moved(signed)
    unit.wcfs.save(replace(form, reservations=found, rating=mark))
    worst = closing.worst(found)
    unit.announce(
        facts.of_order(order, facts.WCF_SIGNED, wcfId=str(form.id), reservations=len(found), worst=worst.value)
    )
    unit.orders.note(order, "closing form signed", wcf=form.number, reservations=len(found), rating=mark)
    rows = [ReservationFound(description=item.description, severity=item.severity) for item in found]
    return Output(reservations=rows, worst_severity=worst, rating=mark)
