"""expire-document: a document has ended. Without its insurance a provider is suspended; without a certificate a skill is off."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from workers.domain import facts
from workers.domain.errors import TenantMismatch
from workers.domain.onboarding import DocumentState, ExpiryAction, ExpiryStage
from workers.journey import onboarding, suspension
from workers.journey.matters import ProviderInput
from workers.journey.post import Post
from workers.ports.processes import Processes
from workers.ports.repositories import UnitOfWork
from workers.runtime import Context, task


class Input(ProviderInput):
    """Which document, and what its end means by the table `DocumentExpiry`: SUSPEND or SKILL_OFF."""

    document_id: UUID
    expiry: ExpiryAction


@task("expire-document", raises=(TenantMismatch,), system="messaging")
def expire_document(data: Input, ctx: Context, *, unit: UnitOfWork, post: Post, processes: Processes) -> None:
    """The state first, then what was asked and planned: nobody accepts an offer that is being taken back."""
    provider = unit.onboarding.lock(data.provider_id)
    document = onboarding.document_of(unit, provider, data.document_id)
    if document.state is not DocumentState.APPROVED or document.valid(onboarding.today(unit, provider)):
        return  # renewed or replaced meanwhile
    ended = replace(document.moved(DocumentState.EXPIRED), stage=ExpiryStage.ENDED)
    ended = unit.provider_documents.save(ended)
    unit.announce(facts.document_of(provider, ended, "expired"))
    whole = data.expiry is ExpiryAction.SUSPEND
    if whole:
        provider = suspension.suspend(unit, provider)
    skill = None if whole else document.kind
    for message in suspension.take_back(unit, post, provider, ctx.subkey, skill=skill):
        processes.publish(message)
