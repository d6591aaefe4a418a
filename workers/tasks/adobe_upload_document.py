"""adobe-upload-document: hands a document to the signature service; there it lives seven days."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from workers.domain.errors import TenantMismatch
from workers.journey.contract import OrderInput
from workers.ports.documents import DocumentStore
from workers.ports.repositories import UnitOfWork
from workers.ports.signatures import Signatures
from workers.runtime import Context, TaskOutput, task


class Input(OrderInput):
    """The document."""

    document_ref: str
    wcf_id: UUID


class Output(TaskOutput):
    """The id an agreement is made from."""

    transient_document_id: str


@task("adobe-upload-document", raises=(TenantMismatch,), timeout=timedelta(seconds=60), system="adobe-sign")
def adobe_upload_document(
    data: Input, ctx: Context, *, unit: UnitOfWork, documents: DocumentStore, signatures: Signatures
) -> Output:
    """An upload that is repeated leaves an unused copy behind, which the service forgets after seven days."""
    unit.orders.of(data)
    form = unit.wcfs.get(data.wcf_id)
    content = documents.get(data.document_ref)
    return Output(transient_document_id=signatures.upload(name=f"{form.number}.pdf", content=content))
