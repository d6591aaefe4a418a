"""How a provider comes to work for us and stays allowed to: its application, its documents, and what their end means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from workers.domain.states import Machine


class ProviderType(StrEnum):
    """A firm, or one person with a trade."""

    COMPANY = "COMPANY"
    INDEPENDENT = "INDEPENDENT"


class ProviderState(StrEnum):
    """Where a provider stands."""

    REGISTERED = "REGISTERED"
    ACTIVE = "ACTIVE"
    UNAVAILABLE = "UNAVAILABLE"
    SUSPENDED = "SUSPENDED"
    DEACTIVATED = "DEACTIVATED"


P = ProviderState
PROVIDER: Machine[ProviderState] = Machine(
    "provider",
    {
        P.REGISTERED: {P.ACTIVE},
        P.ACTIVE: {P.UNAVAILABLE, P.SUSPENDED, P.DEACTIVATED},
        P.UNAVAILABLE: {P.ACTIVE},
        P.SUSPENDED: {P.ACTIVE, P.DEACTIVATED},
    },
)


class DocumentKind(StrEnum):
    """What a provider hands in. All but the insurance are certificates its teams hold."""

    INSURANCE = "INSURANCE"
    ELECTRICAL_LICENSE = "ELECTRICAL_LICENSE"
    GAS_CERTIFICATION = "GAS_CERTIFICATION"
    HVAC_CERTIFICATION = "HVAC_CERTIFICATION"
    PLUMBING_LICENSE = "PLUMBING_LICENSE"
    SAFETY_TRAINING = "SAFETY_TRAINING"
    APPLIANCE_BRAND = "APPLIANCE_BRAND"
    OTHER = "OTHER"

    @property
    def certificate(self) -> bool:
        """Whether teams hold it, and visits may ask for it."""
        return self not in (DocumentKind.INSURANCE, DocumentKind.OTHER)


class DocumentState(StrEnum):
    """Where a document stands."""

    UPLOADED = "UPLOADED"
    APPROVED = "APPROVED"
    REJECTED = "REJECTED"
    SUPERSEDED = "SUPERSEDED"
    EXPIRED = "EXPIRED"


D = DocumentState
DOCUMENT: Machine[DocumentState] = Machine(
    "document",
    {
        D.UPLOADED: {D.APPROVED, D.REJECTED, D.SUPERSEDED},
        D.APPROVED: {D.SUPERSEDED, D.EXPIRED},
        # Its owner showed that it still holds: a person may say so until a newer one is there.
        D.EXPIRED: {D.APPROVED, D.SUPERSEDED},
    },
)


class ExpiryStage(StrEnum):
    """How far the watch over a document's end has come."""

    NONE = "NONE"
    WARNED = "WARNED"
    REVIEWED = "REVIEWED"
    ENDED = "ENDED"


class ExpiryAction(StrEnum):
    """What the table `DocumentExpiry` says about a document today."""

    NOTHING = "NOTHING"
    WARN = "WARN"
    REVIEW = "REVIEW"
    SUSPEND = "SUSPEND"
    SKILL_OFF = "SKILL_OFF"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderDocument:
    """One document of a provider, or of one of its teams. `reference` and `sha256` name the file that was handed in."""

    id: UUID
    provider_id: UUID
    country_code: str
    bu_code: str
    kind: DocumentKind
    reference: str
    sha256: str
    pages: int
    uploaded_at: datetime
    updated_at: datetime
    team_id: UUID | None = None
    valid_until: date | None = None
    state: DocumentState = DocumentState.UPLOADED
    stage: ExpiryStage = ExpiryStage.NONE
    looked_at: date | None = None
    reviewed_by: str | None = None
    reviewed_at: datetime | None = None
    remarks: str | None = None
    version: int = 1

    def moved(self, target: DocumentState) -> ProviderDocument:
        """This document in state `target`; the same state again changes nothing."""
        if self.state is target:
            return self
        DOCUMENT.check(self.state, target)
        return replace(self, state=target)

    def valid(self, on: date) -> bool:
        """Whether it was approved and holds on that day; its last day counts."""
        return self.state is DocumentState.APPROVED and (self.valid_until is None or self.valid_until >= on)


class ApplicationState(StrEnum):
    """Where an application stands."""

    OPEN = "OPEN"
    ACTIVATED = "ACTIVATED"
    DECLINED = "DECLINED"
    DROPPED = "DROPPED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderApplication:
    """A run of the onboarding: the first one, or one that renews papers. At most one is open per provider."""

    id: UUID
    number: str
    provider_id: UUID
    country_code: str
    bu_code: str
    opened_at: datetime
    updated_at: datetime
    state: ApplicationState = ApplicationState.OPEN
    reason: str | None = None
    closed_at: datetime | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class Papers:
    """How the papers of a provider stand on a day."""

    to_review: Sequence[ProviderDocument]
    missing: Sequence[DocumentKind]

    @property
    def complete(self) -> bool:
        """Nothing is missing and nothing waits for a look."""
        return not self.missing and not self.to_review


def papers(documents: Iterable[ProviderDocument], required: Iterable[DocumentKind], on: date) -> Papers:
    """What of the required is there and holds on that day, and what waits to be reviewed."""
    known = list(documents)
    held = {document.kind for document in known if document.valid(on)}
    waiting = [document for document in known if document.state is DocumentState.UPLOADED]
    expected = {document.kind for document in waiting}
    return Papers(waiting, [kind for kind in required if kind not in held | expected])
