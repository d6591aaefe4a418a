"""Providers, their work teams, and who fits a visit. The work team is the smallest unit we know (no technician)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple
from uuid import UUID

from workers.domain.onboarding import PROVIDER, ProviderState, ProviderType
from workers.domain.payments import BillingModel
from workers.domain.tenancy import COUNTRIES, Country
from workers.domain.values import Preference, ProviderRank, RiskStatus, ZoneKind

Point = tuple[float, float]
EARTH_KM = 6371.0
# Distance to assume when a place has no coordinates: zones are drawn around a provider's base.
ZONE_KM: Mapping[ZoneKind, float] = {ZoneKind.PRIMARY: 10.0, ZoneKind.SECONDARY: 25.0, ZoneKind.OVERFLOW: 45.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """A provider's figures of the last three months."""

    first_time_rate: float
    satisfaction: float
    punctuality: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A company or self-employed tradesperson under contract."""

    id: UUID
    country_code: str
    bu_code: str
    name: str
    tier: int
    quality: Quality
    preferences: Mapping[str, Preference]
    rank: ProviderRank = ProviderRank.MAIN
    main_provider_id: UUID | None = None
    type: ProviderType = ProviderType.COMPANY
    status: ProviderState = ProviderState.ACTIVE
    risk_status: RiskStatus = RiskStatus.OK
    contract_signed: bool = True
    documents_valid: bool = True
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    device: str | None = field(default=None, repr=False)
    billing_model: BillingModel = BillingModel.SELF_BILLING
    supplier_number: str | None = None
    supplier_site: str | None = None
    version: int = 1

    @property
    def country(self) -> Country:
        """The country it works in."""
        return COUNTRIES[self.country_code]

    @property
    def papers_hold(self) -> bool:
        """Whether its own papers allow it to work: documents, and no suspension because of them."""
        return self.documents_valid and self.status is ProviderState.ACTIVE

    def moved(self, target: ProviderState) -> Provider:
        """This provider in state `target`; the same state again changes nothing."""
        if self.status is target:
            return self
        PROVIDER.check(self.status, target)
        return replace(self, status=target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A licence a team holds."""

    name: str
    valid_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """Days on which a team does not work; only approved ones count."""

    kind: str
    first: date
    last: date
    approved: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkTeam:
    """A crew of a provider with a base, a shift and limits."""

    id: UUID
    provider_id: UUID
    name: str
    base_lat: float
    base_lng: float
    status: str = "ACTIVE"
    crew_size: int = 2
    working_days: tuple[int, ...] = (0, 1, 2, 3, 4)
    shift_start_q: int = 32
    shift_end_q: int = 80
    max_jobs_day: int = 4
    max_jobs_week: int = 20
    max_minutes_day: int = 480
    max_minutes_week: int = 2400
    certificates: tuple[Certificate, ...] = ()
    absences: tuple[Absence, ...] = ()

    def missing_certificates(self, required: Sequence[str], on: date) -> tuple[str, ...]:
        """The required licences this team does not hold on that day."""
        held = {certificate.name for certificate in self.certificates if certificate.valid_until >= on}
        return tuple(name for name in required if name not in held)

    def absent(self, on: date) -> bool:
        """Whether an approved absence covers that day."""
        return any(absence.approved and absence.first <= on <= absence.last for absence in self.absences)


class Fitting(NamedTuple):
    """A team whose provider serves the address."""

    provider: Provider
    team: WorkTeam
    zone: ZoneKind | None
    main_active: bool = True

    def distance_km(self, place: Point | None) -> float:
        """From the team's base to the place, else what its zone suggests."""
        if place is None:
            return ZONE_KM[self.zone or ZoneKind.OVERFLOW]
        return round(distance_km((self.team.base_lat, self.team.base_lng), place), 1)


def distance_km(start: Point, end: Point) -> float:
    """Great-circle distance."""
    (lat1, lng1), (lat2, lng2) = start, end
    half = sin(radians(lat2 - lat1) / 2) ** 2
    half += cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lng2 - lng1) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))


def plausible(fit: Fitting, category: str, certificates: Sequence[str], on: date) -> bool:
    """Whether it makes sense to hold a slot with a team before anybody is asked.

    A first sieve of the slot search, so that no slot is held with a team that could never come. Who may really take the
    visit is decided by the table `ProviderEligibility`.
    """
    provider, team = fit.provider, fit.team
    if provider.preferences.get(category) in (None, Preference.OPT_OUT) or not fit.main_active:
        return False
    papers = provider.contract_signed and provider.papers_hold and provider.risk_status is not RiskStatus.SUSPENDED
    return papers and not team.missing_certificates(certificates, on)
