"""adobe-cancel-agreement: recalls a document nobody signed yet."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput
from workers.journey.signing import record_status
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, task


class Input(OrderInput):
    """The agreement."""

    agreement_id: str


@task("adobe-cancel-agreement", raises=(TenantMismatch,), system="adobe-sign")
def adobe_cancel_agreement(data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures) -> None:
    """Recalls it if it is open; afterwards the service's word counts, so a signature that was quicker stays one."""
    order = unit.orders.of(data)
    agreement = unit.agreements.get(data.agreement_id)
    if agreement.open:
        signatures.cancel(agreement.id, comment="Recalled by the field service")
        record_status(unit, order, agreement, signatures.get(agreement.id).status)
