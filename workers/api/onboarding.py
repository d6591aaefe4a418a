"""What the providers' portal sends: applications and documents; what compliance reads before it decides."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi import Body as Content
from pydantic import Field

from workers.api.access import admit_for
from workers.api.once import Body, once, report_key
from workers.bootstrap import Platform
from workers.domain.callers import Owner
from workers.domain.onboarding import DocumentKind, ProviderType
from workers.domain.payments import BillingModel
from workers.domain.registration import Crew, Registration
from workers.domain.values import Category, Preference, ProviderRank, ZoneKind
from workers.intake import providers
from workers.intake.providers import Upload
from workers.journey import onboarding
from workers.journey.scans import Scans
from workers.ports.documents import DocumentStore, PageCounter

router = APIRouter(tags=["onboarding"])
PDF = "application/pdf"


class Team(Body):
    """A work team: its base and how many people it has. No names of people."""

    name: str = Field(min_length=1, max_length=100)
    lat: float = Field(ge=-90, le=90)
    lng: float = Field(ge=-180, le=180)
    size: int = Field(default=2, ge=1, le=20)


class Application(Body):
    """A provider that wants to work for us. `reference` is the portal's own id of the application."""

    reference: str = Field(min_length=1, max_length=100)
    country_code: str = Field(pattern=r"^[A-Z]{2}$")
    bu_code: str = Field(min_length=1, max_length=50)
    name: str = Field(min_length=1, max_length=200)
    type: ProviderType = ProviderType.COMPANY
    rank: ProviderRank = ProviderRank.MAIN
    main_provider_id: UUID | None = None
    email: str | None = Field(default=None, max_length=254)
    phone: str | None = Field(default=None, pattern=r"^\+[1-9]\d{6,14}$")
    trades: dict[Category, Preference] = Field(min_length=1)
    zones: dict[str, ZoneKind] = Field(min_length=1, max_length=50)
    teams: list[Team] = Field(min_length=1, max_length=100)
    billing_model: BillingModel = BillingModel.SELF_BILLING

    def registration(self) -> Registration:
        """In the domain's words."""
        named = {"name", "type", "rank", "main_provider_id", "email", "phone", "zones", "billing_model", "reference"}
        return Registration(
            **{name: getattr(self, name) for name in named | {"country_code", "bu_code"}},
            preferences={trade.value: taste for trade, taste in self.trades.items()},
            teams=[Crew(**team.model_dump()) for team in self.teams],
        )


@router.post("/providers", status_code=201)
def register(application: Application, request: Request) -> dict[str, str]:
    """Takes an application in; the onboarding begins. 422 with everything that is wrong, 403 for another tenant's."""
    admit_for(request, Owner(application.country_code, application.bu_code))
    wanted = application.registration()
    key = report_key("register-provider", wanted.provider_id, application.model_dump(mode="json"))
    told = once(request, key, lambda unit: providers.register(unit, wanted, key))
    return {**told, "providerId": str(wanted.provider_id)}


@router.post("/providers/{provider_id}/documents", status_code=201)
def upload(
    provider_id: UUID,
    request: Request,
    *,
    kind: DocumentKind,
    content: Annotated[bytes, Content(media_type=PDF)],
    valid_until: Annotated[date | None, Query(alias="validUntil")] = None,
    team_id: Annotated[UUID | None, Query(alias="teamId")] = None,
) -> dict[str, str]:
    """Hands in a document as a PDF; compliance looks at it. 422 when it is no usable PDF."""
    platform: Platform = request.app.state.platform
    scans = Scans(platform.get(DocumentStore), platform.get(PageCounter))
    handed = Upload(kind=kind, content=content, valid_until=valid_until, team_id=team_id)
    digest = hashlib.sha256(content).hexdigest()
    key = f"provider-document:{handed.identity(provider_id, digest)}:{valid_until}"
    told = once(request, key, lambda unit: providers.upload(unit, provider_id, handed, scans, key))
    return {**told, "documentId": str(handed.identity(provider_id, digest))}


@router.get("/providers/{provider_id}/documents/{document_id}")
def read(provider_id: UUID, document_id: UUID, request: Request) -> Response:
    """The file of a document, for whoever has to decide about it."""
    platform: Platform = request.app.state.platform
    with platform.ledger.open(f"read-document:{document_id}", task_type="read") as effect:
        provider = effect.unit.providers.get(provider_id)
        reference = onboarding.document_of(effect.unit, provider, document_id).reference
    return Response(platform.get(DocumentStore).get(reference), media_type=PDF)
