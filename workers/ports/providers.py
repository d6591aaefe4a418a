"""Providers, what they hand in, and how they come and go."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from workers.domain.assignments import Offer
from workers.domain.onboarding import ProviderApplication, ProviderDocument, ProviderState
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Fitting, Point, Provider, WorkTeam
from workers.domain.values import RiskStatus, ZoneKind
from workers.domain.visits import Visit
from workers.ports.repository import Repository


class Providers(Protocol):
    """Providers and their teams."""

    def get(self, provider_id: UUID) -> Provider:
        """A provider; `NotKnown` when there is none."""
        ...

    def team(self, team_id: UUID) -> WorkTeam:
        """A team; `NotKnown` when there is none."""
        ...

    def find(self, provider_id: UUID) -> Provider | None:
        """A provider, or None."""
        ...

    def save(self, item: Provider) -> Provider:
        """Keeps a changed one; `Unavailable` when it was changed meanwhile."""
        ...

    def teams_of(self, provider_id: UUID) -> list[WorkTeam]:
        """All teams of a provider."""
        ...

    def judge(self, provider_id: UUID, status: RiskStatus) -> None:
        """Keeps what a provider's figures say."""
        ...

    def fitting(self, order: ServiceOrder, *, within_km: float | None = None) -> list[Fitting]:
        """Active teams of the order's tenant whose zone covers the address, or whose base is near enough."""
        ...

    def serve(self, order: ServiceOrder) -> bool:
        """Whether the zone of any active provider of the order's tenant covers the address, whoever is free."""
        ...

    def place(self, country: str, postal_code: str) -> Point | None:
        """Roughly where a postal code is."""
        ...


class Onboarding(Protocol):
    """How providers come, change and go."""

    def lock(self, provider_id: UUID) -> Provider:
        """A provider, locked: effects on its state come one after the other."""
        ...

    def add(self, item: Provider) -> Provider:
        """Keeps a new one."""
        ...

    def move(self, item: Provider, target: ProviderState, *, by: str | None = None, reason: str) -> Provider:
        """Moves and keeps a provider. The move leaves an audit row and an event, in this transaction."""
        ...

    def serve(self, item: Provider, zones: Mapping[str, ZoneKind], teams: Sequence[WorkTeam]) -> None:
        """Where a provider works and with whom, in place of what was known."""
        ...

    def keep_team(self, team: WorkTeam) -> None:
        """Keeps a changed team."""
        ...

    def zones_of(self, provider_id: UUID) -> list[str]:
        """Prefixes of the postal codes it serves."""
        ...

    def planned(self, provider_id: UUID, *, after: datetime) -> list[Visit]:
        """Visits it has accepted that begin after that moment and where nobody is on site."""
        ...

    def asked(self, provider_id: UUID) -> list[Offer]:
        """Its open offers."""
        ...


class ProviderDocuments(Repository[ProviderDocument], Protocol):
    """Documents of providers."""

    def of_provider(self, provider_id: UUID) -> list[ProviderDocument]:
        """All documents of a provider, oldest first."""
        ...

    def ending(self, until: date, *, today: date, limit: int) -> list[ProviderDocument]:
        """Approved documents that end by that day and were not looked at today, the soonest first; at most `limit`."""
        ...


class ProviderApplications(Repository[ProviderApplication], Protocol):
    """Applications of providers."""

    def open_of(self, provider_id: UUID) -> ProviderApplication | None:
        """The one that is open."""
        ...
