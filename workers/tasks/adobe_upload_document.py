"""adobe-upload-document: hands a document to the signature service; there it lives seven days."""

from __future__ import annotations

from datetime import timedelta

from workers.domain.errors import NotKnown, TenantMismatch
from workers.journey import papers
from workers.journey.papers import PaperInput
from workers.ports.documents import DocumentStore
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, TaskOutput, task


class Input(PaperInput):
    """The document."""

    document_ref: str


class Output(TaskOutput):
    """The id an agreement is made from."""

    transient_document_id: str


@task("adobe-upload-document", raises=(TenantMismatch,), timeout=timedelta(seconds=60), system="adobe-sign")
def adobe_upload_document(
    data: Input, ctx: Context, *, unit: UnitOfWork, documents: DocumentStore, signatures: Signatures
) -> Output:
    """An upload that is repeated leaves an unused copy behind, which the service forgets after seven days."""
    paper = papers.paper_of(unit, data)
    if data.document_ref != paper.document_ref:
        raise NotKnown(f"Expected the document of {paper.number}, but another was named")
    content = documents.get(data.document_ref)
    return Output(transient_document_id=signatures.upload(name=f"{paper.number}.pdf", content=content))
