"""activate-provider: contract and documents are there; the provider may be offered work."""

from __future__ import annotations

from workers.domain.errors import PapersIncomplete, TenantMismatch
from workers.domain.onboarding import ApplicationState, DocumentKind, papers
from workers.journey import onboarding
from workers.journey.matters import ProviderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(ProviderInput):
    """What the table `RequiredDocuments` asks for."""

    required_documents: list[DocumentKind]


@task("activate-provider", raises=(PapersIncomplete, TenantMismatch))
def activate_provider(data: Input, ctx: Context, *, unit: UnitOfWork) -> None:
    """Looked at once more: days have passed since the review. A suspended provider works again."""
    provider = unit.onboarding.lock(data.provider_id)
    documents = unit.provider_documents.of_provider(provider.id)
    found = papers(documents, data.required_documents, onboarding.today(unit, provider))
    if not found.complete:
        raise PapersIncomplete(f"Expected the documents of provider {provider.id} to be complete, but they are not")
    if not onboarding.contract_signed(unit, provider):
        raise PapersIncomplete(f"Expected provider {provider.id} to have signed its contract, but it has not")
    onboarding.activate(unit, provider, by=None, reason="PAPERS_COMPLETE")
    onboarding.close(unit, provider, ApplicationState.ACTIVATED)
