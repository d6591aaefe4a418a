"""note-document-expiry: how far the watch over a document's end has come."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import facts
from workers.domain.errors import TenantMismatch
from workers.domain.onboarding import ExpiryStage
from workers.journey import onboarding
from workers.journey.matters import ProviderInput
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, TaskHeaders, task


class Input(ProviderInput):
    """Which document."""

    document_id: UUID


class Headers(TaskHeaders):
    """Set in the model: WARNED or REVIEWED."""

    stage: ExpiryStage


@task("note-document-expiry", raises=(TenantMismatch,))
def note_document_expiry(data: Input, ctx: Context, *, headers: Headers, unit: UnitOfWork) -> None:
    """Kept with the document: tomorrow's look does not warn again."""
    provider = unit.providers.get(data.provider_id)
    document = onboarding.document_of(unit, provider, data.document_id)
    document = unit.provider_documents.save(replace(document, stage=headers.stage))
    unit.announce(facts.document_of(provider, document, "expiring"))
