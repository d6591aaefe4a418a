"""reconcile-agreement: asks how an agreement stands, in case the signature service's call was lost."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput
from workers.journey.signing import CLOSED, closed_message, record_status
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, task


class Input(OrderInput):
    """The agreement."""

    agreement_id: str


@task("reconcile-agreement", raises=(TenantMismatch,), system="adobe-sign")
def reconcile_agreement(
    data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures, processes: Processes
) -> None:
    """A closed agreement is recorded and told to the journey; both only the first time."""
    order = unit.orders.of(data)
    status = signatures.get(data.agreement_id).status
    if status in CLOSED:
        record_status(unit, order, unit.agreements.get(data.agreement_id), status)
        processes.publish(closed_message(data.agreement_id, status))
