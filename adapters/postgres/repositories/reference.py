"""Providers, teams, places and the client's reference data: read here, kept by others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.client import SYSTEM
from adapters.postgres.rows import Session
from adapters.postgres.tables import (
    business_units,
    places,
    pre_estimations,
    provider_zones,
    providers,
    service_catalogue,
    signatories,
    stores,
    work_teams,
)
from adapters.postgres.wire import Mapper
from workers.domain.errors import NotKnown
from workers.domain.orders import ServiceOrder
from workers.domain.providers import Fitting, Point, Provider, WorkTeam
from workers.domain.values import RiskStatus, ZoneKind
from workers.ports.errors import Unavailable

PROVIDERS = Mapper(Provider, providers)
TEAMS = Mapper(WorkTeam, work_teams)
ACTIVE, SUSPENDED = "ACTIVE", "SUSPENDED"
DEFAULT_MINUTES = 240
_ZONE_RANK = {zone: rank for rank, zone in enumerate(ZoneKind)}


class ProviderRepository:
    """`workers.ports.repositories.Providers`."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def get(self, provider_id: UUID) -> Provider:
        """A provider."""
        found = self.find(provider_id)
        if found is None:
            raise NotKnown(f"Expected provider {provider_id} to exist, but it does not")
        return found

    def find(self, provider_id: UUID) -> Provider | None:
        """A provider, or None."""
        row = self._connection.execute(sa.select(providers).where(providers.c.id == provider_id)).mappings().first()
        return PROVIDERS.item(row) if row else None

    def save(self, item: Provider) -> Provider:
        """Keeps a changed one under its next version."""
        changed = replace(item, version=item.version + 1)
        current = (providers.c.id == item.id) & (providers.c.version == item.version)
        done = self._connection.execute(sa.update(providers).where(current).values(PROVIDERS.row(changed)))
        if done.rowcount == 0:
            raise Unavailable(f"Provider {item.id} was changed meanwhile", system=SYSTEM)
        return changed

    def teams_of(self, provider_id: UUID) -> list[WorkTeam]:
        """All teams of a provider."""
        query = sa.select(work_teams).where(work_teams.c.provider_id == provider_id).order_by(work_teams.c.id)
        return [TEAMS.item(row) for row in self._connection.execute(query).mappings()]

    def team(self, team_id: UUID) -> WorkTeam:
        """A team."""
        row = self._connection.execute(sa.select(work_teams).where(work_teams.c.id == team_id)).mappings().first()
        if row is None:
            raise NotKnown(f"Expected work team {team_id} to exist, but it does not")
        return TEAMS.item(row)

    def judge(self, provider_id: UUID, status: RiskStatus) -> None:
        """Keeps what a provider's figures say."""
        self._connection.execute(
            sa.update(providers).where(providers.c.id == provider_id).values(risk_status=status.value)
        )

    def fitting(self, order: ServiceOrder, *, within_km: float | None = None) -> list[Fitting]:
        """Active teams of the order's tenant whose zone covers the address, or whose base is near enough.

        Their provider works, or is suspended: a suspended one is shown as screened out, with the reason.
        """
        zones = self._zones(order)
        found = self._teams(order, zones, everywhere=within_km is not None)
        place = self.place(order.country_code, order.address.postal_code)
        return [fit for fit in found if fit.zone or (within_km is not None and fit.distance_km(place) <= within_km)]

    def serve(self, order: ServiceOrder) -> bool:
        """Whether the zone of any active provider of the order's tenant covers the address."""
        query = sa.select(providers.c.id).where(providers.c.id.in_(self._zones(order)), providers.c.status == ACTIVE)
        return self._connection.execute(query.limit(1)).first() is not None

    def _teams(self, order: ServiceOrder, zones: Mapping[UUID, ZoneKind], *, everywhere: bool) -> list[Fitting]:
        tenant = (providers.c.country_code == order.country_code) & (providers.c.bu_code == order.bu_code)
        wanted = tenant if everywhere else providers.c.id.in_(zones)
        main = providers.alias("main")
        main_active = sa.func.coalesce(main.c.status == ACTIVE, sa.true()).label("main_active")
        query = (
            sa.select(providers, main_active)
            .outerjoin(main, main.c.id == providers.c.main_provider_id)
            .where(wanted, providers.c.status.in_((ACTIVE, SUSPENDED)))
        )
        known = {
            row["id"]: (PROVIDERS.item(row), row["main_active"]) for row in self._connection.execute(query).mappings()
        }
        crews = sa.select(work_teams).where(work_teams.c.provider_id.in_(known), work_teams.c.status == ACTIVE)
        teams = [TEAMS.item(row) for row in self._connection.execute(crews.order_by(work_teams.c.id)).mappings()]
        return [Fitting(known[t.provider_id][0], t, zones.get(t.provider_id), known[t.provider_id][1]) for t in teams]

    def _zones(self, order: ServiceOrder) -> dict[UUID, ZoneKind]:
        covered = sa.literal(order.address.postal_code).startswith(provider_zones.c.postal_prefix)
        query = (
            sa.select(provider_zones.c.provider_id, provider_zones.c.kind)
            .join(providers)
            .where(covered, providers.c.country_code == order.country_code, providers.c.bu_code == order.bu_code)
        )
        found: dict[UUID, ZoneKind] = {}
        for provider_id, kind in self._connection.execute(query):
            zone = ZoneKind(kind)
            found[provider_id] = min(zone, found.get(provider_id, zone), key=lambda item: _ZONE_RANK[item])
        return found

    def place(self, country: str, postal_code: str) -> Point | None:
        """The place of the longest prefix we know."""
        covered = sa.literal(postal_code).startswith(places.c.postal_prefix)
        query = (
            sa.select(places.c.lat, places.c.lng)
            .where(places.c.country_code == country, covered)
            .order_by(sa.func.length(places.c.postal_prefix).desc())
            .limit(1)
        )
        row = self._connection.execute(query).first()
        return (row.lat, row.lng) if row else None


class ReferenceRepository:
    """`workers.ports.repositories.References`."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection

    def knows_unit(self, country_code: str, bu_code: str) -> bool:
        """Whether this business unit is one of ours."""
        where = (business_units.c.country_code == country_code) & (business_units.c.bu_code == bu_code)
        return self._connection.execute(sa.select(sa.exists().where(where))).scalar_one()

    def store_name(self, store_code: str | None) -> str | None:
        """What people call a store."""
        found: str | None = self._connection.execute(
            sa.select(stores.c.name).where(stores.c.code == store_code)
        ).scalar()
        return found

    def store_email(self, store_code: str | None) -> str | None:
        """Where a store reads its mail."""
        found: str | None = self._connection.execute(
            sa.select(stores.c.email).where(stores.c.code == store_code)
        ).scalar()
        return found

    def signatory(self, country_code: str, bu_code: str) -> tuple[str, str] | None:
        """Name and address of who signs contracts for a business unit."""
        where = (signatories.c.country_code == country_code) & (signatories.c.bu_code == bu_code)
        found = self._connection.execute(sa.select(signatories.c.name, signatories.c.email).where(where)).first()
        return (found.name, found.email) if found else None

    def confidence(self, order: ServiceOrder) -> str | None:
        """Of the quote the sale names, within its tenant, while it is valid on the day of the sale."""
        table = pre_estimations.c
        mine = (table.country_code == order.country_code) & (table.bu_code == order.bu_code)
        named = table.id == str(order.system_metadata.get("preEstimationId") or "")
        sold = order.country.day(order.created_at)
        valid = table.valid_until.is_(None) | (table.valid_until >= sold)
        found: str | None = self._connection.execute(sa.select(table.confidence).where(mine, named, valid)).scalar()
        return found

    def requires_tv(self, order: ServiceOrder) -> bool | None:
        """The first service of this code that says so."""
        known = service_catalogue.c.service_code == order.service_code
        mine = service_catalogue.c.source_system == order.source_system
        query = sa.select(sa.func.bool_or(service_catalogue.c.requires_tv)).where(known, mine)
        found: bool | None = self._connection.execute(query).scalar()
        return found

    def service_categories(self, order: ServiceOrder) -> frozenset[str]:
        """The trades of all services that were sold together."""
        skus = [line.sku for line in order.products if line.kind == "SERVICE"]
        known = (service_catalogue.c.source_system == order.source_system) & service_catalogue.c.sku.in_(skus)
        found = self._connection.execute(sa.select(service_catalogue.c.category).where(known)).scalars()
        return frozenset({str(order.category), *found})

    def service_minutes(self, order: ServiceOrder) -> int:
        """How long the order's service usually takes, by the catalogue."""
        known = service_catalogue.c.service_code == order.service_code
        query = sa.select(service_catalogue.c.minutes).where(
            known, service_catalogue.c.source_system == order.source_system
        )
        return int(self._connection.execute(query).scalar() or DEFAULT_MINUTES)
