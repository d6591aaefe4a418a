"""adobe-create-agreement: sends a closing form or a contract to be signed."""

from __future__ import annotations

from datetime import datetime, timedelta

from pydantic import Field

from workers.domain.closing import SIGNATURE_LIFETIME
from workers.domain.errors import SignerAddressInvalid, TenantMismatch
from workers.journey import papers
from workers.journey.contract import Blank
from workers.journey.papers import Paper, PaperInput
from workers.ports.errors import Refused
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementRequest, Signatures, Signer
from workers.runtime import Context, TaskInput, TaskOutput, task


class Chase(TaskInput):
    """What an operator found out in the forms `chase-wcf` and `chase-contract`."""

    email: Blank[str] = Field(default=None, repr=False)


class Input(PaperInput):
    """The paper and its uploaded document, and a corrected address when an operator has one."""

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
    """One agreement per paper: the adapter finds the one with our external id before it makes another."""
    paper = papers.paper_of(unit, data, living=True)
    paper = papers.with_address(unit, paper, data.chase.email if data.chase else None)
    request = _request(paper, papers.signers(unit, paper), data.transient_document_id, now=unit.now)
    try:
        agreement_id = signatures.create(request)
    except Refused as refusal:
        raise SignerAddressInvalid("The signature service refused the signer") from refusal
    # Known here before anybody can cancel the order: what is not known cannot be recalled.
    if unit.agreements.find(agreement_id) is None:
        unit.agreements.add(papers.draft(unit, paper, agreement_id, expires_at=unit.now + SIGNATURE_LIFETIME))
    paper.note(unit, "sent to be signed", paper=paper.number, kind=paper.kind, agreementId=agreement_id)
    return Output(agreement_id=agreement_id)


def _request(paper: Paper, signers: tuple[Signer, ...], document: str, *, now: datetime) -> AgreementRequest:
    """The seven days count from the sending: an address may have been corrected long after the paper was made."""
    return AgreementRequest(
        external_id=paper.external_id,
        name=paper.number,
        transient_document_id=document,
        signers=signers,
        locale=paper.locale.replace("-", "_"),
        expires_at=now + SIGNATURE_LIFETIME,
    )
