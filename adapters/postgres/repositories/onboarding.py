"""How providers come, what they hand in, and the audit of their states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.repositories.field import OFFERS, VISITS
from adapters.postgres.repositories.reference import PROVIDERS, TEAMS, ProviderRepository
from adapters.postgres.rows import Rows, Session
from adapters.postgres.tables import (
    assignments,
    offers,
    provider_applications,
    provider_documents,
    provider_moves,
    provider_zones,
    providers,
    visits,
    work_teams,
)
from adapters.postgres.wire import Mapper
from workers.domain import facts
from workers.domain.assignments import Offer
from workers.domain.facts import Fact
from workers.domain.onboarding import ProviderApplication, ProviderDocument, ProviderState
from workers.domain.providers import Provider, WorkTeam
from workers.domain.values import ZoneKind
from workers.domain.visits import Visit
from workers.ports.events import Event

DOCUMENTS = Mapper(ProviderDocument, provider_documents)
APPLICATIONS = Mapper(ProviderApplication, provider_applications)
# An accepted visit of one of these states has nobody on site yet.
AHEAD = ("ASSIGNED", "READY")


class OnboardingRepository:
    """`workers.ports.providers.Onboarding`."""

    def __init__(self, session: Session, announce: Callable[[Fact], Event]) -> None:
        self._session = session
        self._connection = session.connection
        self._announce = announce
        self._providers = ProviderRepository(session)

    def lock(self, provider_id: UUID) -> Provider:
        """A provider, locked until the transaction ends."""
        query = sa.select(providers.c.id).where(providers.c.id == provider_id).with_for_update()
        self._connection.execute(query)
        return self._providers.get(provider_id)

    def add(self, item: Provider) -> Provider:
        """Keeps a new one, and that it came."""
        self._connection.execute(sa.insert(providers).values(PROVIDERS.row(item)))
        self._moved(item, None, item.status, by=None, reason="REGISTERED")
        return item

    def move(self, item: Provider, target: ProviderState, *, by: str | None = None, reason: str) -> Provider:
        """Moves, keeps and tells."""
        moved = self._providers.save(item.moved(target))
        self._moved(moved, item.status, target, by=by, reason=reason)
        return moved

    def _moved(
        self, item: Provider, source: ProviderState | None, target: ProviderState, *, by: str | None, reason: str
    ) -> None:
        row: dict[str, Any] = {"source": source, "target": target, "actor": by or self._session.actor, "reason": reason}
        row |= {"provider_id": item.id, "country_code": item.country_code, "bu_code": item.bu_code}
        self._connection.execute(sa.insert(provider_moves).values(**row, at=self._session.now))
        self._announce(facts.provider_moved(item, source, reason=reason))

    def serve(self, item: Provider, zones: Mapping[str, ZoneKind], teams: Sequence[WorkTeam]) -> None:
        """Zones and teams; those that were known already are brought up to date."""
        for prefix, kind in zones.items():
            row = {"provider_id": item.id, "postal_prefix": prefix, "kind": kind.value}
            statement = insert(provider_zones).values(row)
            key = ["provider_id", "postal_prefix"]
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=key, set_={"kind": statement.excluded.kind})
            )
        for team in teams:
            self.keep_team(team)

    def keep_team(self, team: WorkTeam) -> None:
        """A new team, or a changed one."""
        row = TEAMS.row(team)
        statement = insert(work_teams).values(row)
        changed = {name: statement.excluded[name] for name in row if name not in ("id", "provider_id")}
        self._connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))

    def zones_of(self, provider_id: UUID) -> list[str]:
        """Prefixes, in order."""
        query = sa.select(provider_zones.c.postal_prefix).where(provider_zones.c.provider_id == provider_id)
        return list(self._connection.execute(query.order_by(provider_zones.c.postal_prefix)).scalars())

    def planned(self, provider_id: UUID, *, after: datetime) -> list[Visit]:
        """Accepted visits that begin after that moment, the soonest first."""
        mine = (assignments.c.provider_id == provider_id) & (assignments.c.state == "ACCEPTED")
        query = sa.select(visits).join(assignments, assignments.c.visit_id == visits.c.id)
        ahead = (visits.c.planned_start > after) & visits.c.state.in_(AHEAD)
        rows = self._connection.execute(query.where(mine, ahead).order_by(visits.c.planned_start, visits.c.id))
        return [VISITS.item(row) for row in rows.mappings()]

    def asked(self, provider_id: UUID) -> list[Offer]:
        """Open offers, oldest first."""
        mine = (offers.c.provider_id == provider_id) & (offers.c.state == "PENDING")
        rows = self._connection.execute(sa.select(offers).where(mine).order_by(offers.c.sent_at, offers.c.id))
        return [OFFERS.item(row) for row in rows.mappings()]


class DocumentRepository(Rows[ProviderDocument]):
    """`workers.ports.providers.ProviderDocuments`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, DOCUMENTS)

    def of_provider(self, provider_id: UUID) -> list[ProviderDocument]:
        """All documents of a provider, oldest first."""
        order = [provider_documents.c.uploaded_at, provider_documents.c.id]
        return self._select(provider_documents.c.provider_id == provider_id, order=order)

    def ending(self, until: date, *, today: date, limit: int) -> list[ProviderDocument]:
        """Those of one look: rows another worker looks at are left to it."""
        table = provider_documents.c
        due = (table.state == "APPROVED") & (table.valid_until <= until)
        fresh = table.looked_at.is_(None) | (table.looked_at < today)
        query = sa.select(provider_documents).where(due, fresh).order_by(table.valid_until, table.id).limit(limit)
        rows = self._session.connection.execute(query.with_for_update(skip_locked=True))
        return [DOCUMENTS.item(row) for row in rows.mappings()]


class ApplicationRepository(Rows[ProviderApplication]):
    """`workers.ports.providers.ProviderApplications`."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, APPLICATIONS)

    def open_of(self, provider_id: UUID) -> ProviderApplication | None:
        """The one that is open; at most one can be."""
        mine = provider_applications.c.provider_id == provider_id
        found = self._select(mine, provider_applications.c.state == "OPEN")
        return found[0] if found else None
