"""reconcile-agreement: asks how an agreement stands, in case the signature service's call was lost."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.journey import papers
from workers.journey.papers import PaperInput
from workers.journey.signing import CLOSED, closed_message, record_status
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, task


class Input(PaperInput):
    """The agreement."""

    agreement_id: str


@task("reconcile-agreement", raises=(TenantMismatch,), system="adobe-sign")
def reconcile_agreement(
    data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures, processes: Processes
) -> None:
    """A closed agreement is recorded and told to the journey; both only the first time."""
    paper, agreement = papers.agreement_of(unit, data, data.agreement_id)
    status = signatures.get(agreement.id).status
    if status in CLOSED:
        record_status(unit, paper.order, agreement, status)
        processes.publish(closed_message(agreement.id, status))
