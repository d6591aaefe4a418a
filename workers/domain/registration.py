"""What a provider says of itself when it applies, and what it takes to be taken in (domain brief 2.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from workers.domain import ids
from workers.domain.errors import RegistrationInvalid
from workers.domain.onboarding import ProviderState, ProviderType
from workers.domain.payments import BillingModel
from workers.domain.providers import Provider, Quality, WorkTeam
from workers.domain.values import Preference, ProviderRank, ZoneKind

# How many zones a provider may have, by its rank.
MOST_ZONES: Mapping[ProviderRank, int] = {ProviderRank.MAIN: 10, ProviderRank.SUB: 5}
# What nobody has measured yet counts as middling: neither a bonus nor a burden in the score.
UNKNOWN_QUALITY = Quality(first_time_rate=0.85, satisfaction=4.0, punctuality=0.85)
LOWEST_TIER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A work team as it is announced; its shifts are the usual ones until somebody enters others."""

    name: str
    lat: float
    lng: float
    size: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A provider's application. `reference` is its id where it applies, unique within the business unit."""

    reference: str
    country_code: str
    bu_code: str
    name: str
    type: ProviderType
    email: str | None
    phone: str | None
    preferences: Mapping[str, Preference]
    zones: Mapping[str, ZoneKind]
    teams: Sequence[Crew]
    rank: ProviderRank = ProviderRank.MAIN
    main_provider_id: UUID | None = None
    billing_model: BillingModel = BillingModel.SELF_BILLING

    @property
    def provider_id(self) -> UUID:
        """The same application is the same provider, however often it is sent."""
        return ids.derived_id("provider", self.country_code, self.bu_code, self.reference)

    def provider(self) -> Provider:
        """The provider it becomes: registered, without contract and without papers."""
        return Provider(
            id=self.provider_id,
            country_code=self.country_code,
            bu_code=self.bu_code,
            name=self.name,
            tier=LOWEST_TIER,
            quality=UNKNOWN_QUALITY,
            preferences=self.preferences,
            rank=self.rank,
            main_provider_id=self.main_provider_id,
            type=self.type,
            status=ProviderState.REGISTERED,
            contract_signed=False,
            documents_valid=False,
            email=self.email,
            phone=self.phone,
            billing_model=self.billing_model,
        )

    def crews(self) -> list[WorkTeam]:
        """Its teams."""
        return [
            WorkTeam(
                id=ids.derived_id("work-team", self.provider_id, crew.name),
                provider_id=self.provider_id,
                name=crew.name,
                base_lat=crew.lat,
                base_lng=crew.lng,
                crew_size=crew.size,
            )
            for crew in self.teams
        ]


def check(application: Registration, *, known_unit: bool, main: Provider | None, main_zones: Sequence[str]) -> None:
    """Raises `RegistrationInvalid` with everything that is wrong."""
    zones, rank = application.zones, application.rank
    sub = rank is ProviderRank.SUB
    wishes = set(application.preferences.values())
    refused = {
        f"business unit {application.bu_code} of {application.country_code}, but it is none of ours": not known_unit,
        "an e-mail address to sign with": not application.email,
        "at least one work team": not application.teams,
        "at least one trade as P1 or P2": not wishes & {Preference.P1, Preference.P2},
        f"one to {MOST_ZONES[rank]} zones": not 1 <= len(zones) <= MOST_ZONES[rank],
        "a PRIMARY zone": not sub and ZoneKind.PRIMARY not in zones.values(),
        "a main provider of the same tenant that is ACTIVE": sub and not _works(main, application),
        "zones inside those of the main provider": sub
        and not all(any(zone.startswith(prefix) for prefix in main_zones) for zone in zones),
    }
    why = [rule for rule, broken in refused.items() if broken]
    if why:
        raise RegistrationInvalid(f"Expected {'; '.join(why)}", rules=why)


def _works(main: Provider | None, application: Registration) -> bool:
    if main is None or main.status is not ProviderState.ACTIVE:
        return False
    return (main.country_code, main.bu_code) == (application.country_code, application.bu_code)
