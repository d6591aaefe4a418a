"""check-provider-papers: what a provider still has to hand in, and what waits to be reviewed."""

from __future__ import annotations

from typing import Any

from workers.domain.errors import TenantMismatch
from workers.domain.onboarding import DocumentKind, ProviderDocument, papers
from workers.journey import onboarding
from workers.journey.matters import ProviderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskOutput, task


class Input(ProviderInput):
    """What the table `RequiredDocuments` asks for."""

    required_documents: list[DocumentKind]


class Output(TaskOutput):
    """`documents_to_review`: one entry per document, for the form; `contract_signed`: by both sides."""

    documents_to_review: list[dict[str, Any]]
    documents_missing: list[DocumentKind]
    contract_signed: bool


@task("check-provider-papers", raises=(TenantMismatch,))
def check_provider_papers(data: Input, ctx: Context, *, unit: UnitOfWork) -> Output:
    """Read anew each time: uploads, reviews and the calendar change it."""
    provider = unit.providers.get(data.provider_id)
    found = papers(
        unit.provider_documents.of_provider(provider.id),
        dict.fromkeys(data.required_documents),
        onboarding.today(unit, provider),
    )
    return Output(
        documents_to_review=[_shown(document) for document in found.to_review],
        documents_missing=list(found.missing),
        contract_signed=onboarding.contract_signed(unit, provider),
    )


def _shown(document: ProviderDocument) -> dict[str, Any]:
    until = document.valid_until.isoformat() if document.valid_until else None
    return {"documentId": str(document.id), "kind": document.kind.value, "validUntil": until, "pages": document.pages}
