"""A provider's way to us and its papers afterwards: what reviews, ends and renewals change. Told to nobody here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

from workers.domain import facts, ids
from workers.domain.errors import NotKnown, ReviewInvalid
from workers.domain.onboarding import (
    ApplicationState,
    DocumentKind,
    DocumentState,
    ExpiryStage,
    ProviderApplication,
    ProviderDocument,
    ProviderState,
)
from workers.domain.providers import Certificate, Provider
from workers.domain.states import AgreementState
from workers.ports.repositories import UnitOfWork

SERIES = "PRV"
DAYS_KEPT = frozenset({DocumentState.APPROVED, DocumentState.EXPIRED})


def today(unit: UnitOfWork, provider: Provider) -> date:
    """The day where the provider works."""
    return provider.country.day(unit.now)


def application_of(unit: UnitOfWork, provider: Provider, key: str) -> tuple[ProviderApplication, bool]:
    """The open application, and whether it was opened by this call."""
    known = unit.applications.open_of(provider.id)
    if known is not None:
        return known, False
    identity = ids.derived_id("provider-application", key)
    made = ProviderApplication(
        id=identity,
        number=unit.numbers.issue(SERIES, identity, year=unit.now.year),
        provider_id=provider.id,
        country_code=provider.country_code,
        bu_code=provider.bu_code,
        opened_at=unit.now,
        updated_at=unit.now,
    )
    return unit.applications.add(made), True


def document_of(unit: UnitOfWork, provider: Provider, document_id: UUID) -> ProviderDocument:
    """A document, which must be of this provider."""
    document = unit.provider_documents.get(document_id)
    if document.provider_id != provider.id:
        raise NotKnown(f"Expected document {document_id} to be of provider {provider.id}, but it is another's")
    return document


def contract_signed(unit: UnitOfWork, provider: Provider) -> bool:
    """Whether both sides signed."""
    return any(contract.state is AgreementState.SIGNED for contract in unit.contracts.of_provider(provider.id))


def approve(
    unit: UnitOfWork, provider: Provider, document: ProviderDocument, *, until: date | None, by: str | None, said: str
) -> ProviderDocument:
    """The document counts from now on, in place of older ones of its kind; teams hold its certificate."""
    until = until or document.valid_until
    if until is None and document.kind is not DocumentKind.OTHER:
        raise ReviewInvalid("Enter until when the document is valid", reviewProblem="NO_END")
    if until is not None and until < today(unit, provider):
        raise ReviewInvalid(f"The document ended on {until:%d.%m.%Y}: reject it", reviewProblem="ENDED")
    for other in unit.provider_documents.of_provider(provider.id):
        same = (other.kind, other.team_id) == (document.kind, document.team_id) and other.id != document.id
        if same and other.state in DAYS_KEPT:
            unit.provider_documents.save(other.moved(DocumentState.SUPERSEDED))
    document = document.moved(DocumentState.APPROVED)
    document = _reviewed(unit, replace(document, valid_until=until, stage=ExpiryStage.NONE), by, said)
    _certify(unit, provider, document)
    unit.announce(facts.document_of(provider, document, "approved"))
    return document


def reject(
    unit: UnitOfWork, provider: Provider, document: ProviderDocument, *, by: str | None, said: str
) -> ProviderDocument:
    """A new document is not taken; one that was approved before holds until its end, whatever was found now."""
    if document.state is DocumentState.UPLOADED:
        document = document.moved(DocumentState.REJECTED)
    document = _reviewed(unit, document, by, said)
    unit.announce(facts.document_of(provider, document, "rejected"))
    return document


def _reviewed(unit: UnitOfWork, document: ProviderDocument, by: str | None, said: str) -> ProviderDocument:
    known = replace(document, reviewed_by=by, reviewed_at=unit.now, remarks=said or None)
    return unit.provider_documents.save(known)


def _certify(unit: UnitOfWork, provider: Provider, document: ProviderDocument) -> None:
    """What teams hold follows from documents: visits ask for certificates by name and day."""
    if not document.kind.certificate or document.valid_until is None:
        return
    held = Certificate(name=document.kind.value, valid_until=document.valid_until)
    for team in unit.providers.teams_of(provider.id):
        if document.team_id in (None, team.id):
            others = tuple(one for one in team.certificates if one.name != held.name)
            unit.onboarding.keep_team(replace(team, certificates=(*others, held)))


def activate(unit: UnitOfWork, provider: Provider, *, by: str | None, reason: str) -> Provider:
    """Papers and contract are there: the provider may be offered work."""
    provider = replace(provider, contract_signed=True, documents_valid=True)
    if provider.status in (ProviderState.REGISTERED, ProviderState.SUSPENDED):
        return unit.onboarding.move(provider, ProviderState.ACTIVE, by=by, reason=reason)
    return unit.providers.save(provider)


def close(unit: UnitOfWork, provider: Provider, state: ApplicationState, *, reason: str | None = None) -> None:
    """The application has ended; one that ended before stays as it is."""
    known = unit.applications.open_of(provider.id)
    if known is not None:
        unit.applications.save(replace(known, state=state, reason=reason, closed_at=unit.now))
