"""What the providers' portal sends: applications and documents. The database first, then the message to the onboarding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from workers.domain import ids, registration
from workers.domain.errors import NotKnown, RegistrationInvalid
from workers.domain.onboarding import DocumentKind, ProviderDocument, ProviderState
from workers.domain.providers import Provider
from workers.domain.registration import Registration
from workers.domain.values import Preference
from workers.journey import onboarding
from workers.journey.scans import Scans
from workers.ports.processes import ProcessMessage
from workers.ports.repositories import UnitOfWork

REGISTERED, UPLOADED = "provider-registered", "provider-documents-uploaded"
# Longer than the chase waits: what was handed in is not forgotten.
WAITING = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Told:
    """What is published once this is committed."""

    message: ProcessMessage


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A document as it comes: of the provider, or of one of its teams."""

    kind: DocumentKind
    content: bytes
    valid_until: date | None = None
    team_id: UUID | None = None

    def identity(self, provider_id: UUID, digest: str) -> UUID:
        """The same file for the same purpose is the same document."""
        return ids.derived_id("provider-document", provider_id, self.kind, self.team_id or "", digest)


def register(unit: UnitOfWork, application: Registration, key: str) -> Told:
    """Takes a provider in, or its corrected application; `RegistrationInvalid` with everything that is wrong."""
    main = unit.providers.find(application.main_provider_id) if application.main_provider_id else None
    registration.check(
        application,
        known_unit=unit.references.knows_unit(application.country_code, application.bu_code),
        main=main,
        main_zones=unit.onboarding.zones_of(main.id) if main else (),
    )
    known = unit.providers.find(application.provider_id)
    if known is not None and known.status is not ProviderState.REGISTERED:
        raise RegistrationInvalid(f"Expected an application of somebody new, but provider {known.id} is {known.status}")
    provider = unit.onboarding.add(application.provider()) if known is None else known
    unit.onboarding.serve(provider, application.zones, application.crews())
    return _begun(unit, provider, key)


def upload(unit: UnitOfWork, provider_id: UUID, document: Upload, scans: Scans, key: str) -> Told:
    """Keeps a document until compliance has looked at it. Without an open application it begins a renewal."""
    provider = unit.onboarding.lock(provider_id)
    if provider.status is ProviderState.DEACTIVATED:
        raise NotKnown(f"Expected a provider who works with us, but {provider_id} does not any more")
    if document.team_id and all(team.id != document.team_id for team in unit.providers.teams_of(provider.id)):
        raise NotKnown(f"Expected a team of provider {provider_id}, but {document.team_id} is none")
    scan = scans.keep(provider.id, document.content)
    identity = document.identity(provider.id, scan.sha256)
    if unit.provider_documents.find(identity) is None:
        unit.provider_documents.add(
            ProviderDocument(
                id=identity,
                provider_id=provider.id,
                country_code=provider.country_code,
                bu_code=provider.bu_code,
                kind=document.kind,
                team_id=document.team_id,
                reference=scan.reference,
                sha256=scan.sha256,
                pages=scan.pages,
                valid_until=document.valid_until,
                uploaded_at=unit.now,
                updated_at=unit.now,
            )
        )
    if unit.applications.open_of(provider.id) is None:
        return _begun(unit, provider, key)
    return Told(ProcessMessage(UPLOADED, str(provider.id), f"{UPLOADED}:{identity}", WAITING))


def _begun(unit: UnitOfWork, provider: Provider, key: str) -> Told:
    """Starts the onboarding; one that runs already goes on."""
    application, _ = onboarding.application_of(unit, provider, key)
    wanted = (Preference.P1, Preference.P2)
    variables = {
        "providerId": str(provider.id),
        "countryCode": provider.country_code,
        "buCode": provider.bu_code,
        "applicationNumber": application.number,
        "providerType": provider.type.value,
        "trades": sorted(trade for trade, taste in provider.preferences.items() if taste in wanted),
    }
    return Told(ProcessMessage(REGISTERED, str(provider.id), f"{REGISTERED}:{application.id}", WAITING, variables))
