"""archive-document: keeps the signed document and the audit trail as evidence."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta

from workers.domain.errors import TenantMismatch
from workers.journey import papers
from workers.journey.papers import PaperInput
from workers.journey.signing import record_status
from workers.ports.documents import DocumentStore
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import AgreementStatus, Signatures
from workers.runtime import Context, TaskOutput, task


class Input(PaperInput):
    """The signed agreement."""

    agreement_id: str


class Output(TaskOutput):
    """Where the signed document is, and its fingerprint."""

    storage_ref: str
    sha256: str


@task("archive-document", raises=(TenantMismatch,), timeout=timedelta(seconds=60), system="adobe-sign")
def archive_document(
    data: Input, ctx: Context, *, unit: UnitOfWork, signatures: Signatures, documents: DocumentStore
) -> Output:
    """What was archived before is not fetched again: evidence is written once. A contract counts from here on."""
    paper, agreement = papers.agreement_of(unit, data, data.agreement_id)
    if paper.contract is not None:
        agreement = record_status(unit, paper.order, agreement, AgreementStatus.SIGNED)
    if agreement.signed_ref is None or agreement.signed_sha256 is None:
        signed, trail = signatures.signed_document(agreement.id), signatures.audit_trail(agreement.id)
        agreement = replace(
            agreement,
            signed_ref=documents.put(f"signed/{agreement.id}.pdf", signed),
            signed_sha256=hashlib.sha256(signed).hexdigest(),
            audit_ref=documents.put(f"signed/{agreement.id}-audit.pdf", trail),
            audit_sha256=hashlib.sha256(trail).hexdigest(),
        )
        agreement = unit.agreements.save(agreement)
        paper.note(unit, "signed document archived", agreementId=agreement.id, sha256=agreement.signed_sha256)
    return Output(storage_ref=agreement.signed_ref or "", sha256=agreement.signed_sha256 or "")
