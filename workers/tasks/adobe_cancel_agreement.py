"""adobe-cancel-agreement: recalls a document nobody signed yet."""

from __future__ import annotations

from workers.domain.errors import TenantMismatch
from workers.journey import papers
from workers.journey.papers import PaperInput
from workers.journey.signing import record_status
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementStatus, Signatures
from workers.runtime import Context, TaskOutput, task


class Input(PaperInput):
    """The agreement; none when nothing was sent yet."""

    agreement_id: str | None = None


class Output(TaskOutput):
    """How it ended: SIGNED when the signer was quicker than the recall."""

    agreement_status: AgreementStatus | None


@task("adobe-cancel-agreement", raises=(TenantMismatch,), system="adobe-sign")
def adobe_cancel_agreement(data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures) -> Output:
    """Recalls it if it is open; afterwards the service's word counts, so a signature that was quicker stays one."""
    if data.agreement_id is None:
        return Output(agreement_status=None)
    paper, agreement = papers.agreement_of(unit, data, data.agreement_id)
    if agreement.open:
        signatures.cancel(agreement.id, comment="Recalled by the field service")
        agreement = record_status(unit, paper.order, agreement, signatures.get(agreement.id).status)
    known = agreement.state.value in AgreementStatus.__members__  # WAIVED and SUPERSEDED are words of ours alone
    return Output(agreement_status=AgreementStatus(agreement.state) if known else AgreementStatus.VOIDED)
