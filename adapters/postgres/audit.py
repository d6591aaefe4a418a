"""The audit log in PostgreSQL: each entry in a short transaction of its own."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.rows import Session
from adapters.postgres.tables import audit_log
from workers.domain.audit import AuditEntry
from workers.domain.orders import ServiceOrder
from workers.ports.audit import AuditQuery

_FIELDS = tuple(field.name for field in dataclasses.fields(AuditEntry))


class PostgresAudit:
    """`workers.ports.audit.AuditLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, entry: AuditEntry) -> None:
        """Keeps an entry, whosever data it is about."""
        with self._database.begin() as connection:
            write(connection, entry)

    def find(self, query: AuditQuery) -> Sequence[AuditEntry]:
        """The newest entries first."""
        table = audit_log.c
        conditions: list[sa.ColumnElement[bool]] = [
            column == said
            for column, said in (
                (table.who, query.who),
                (table.order_id, query.order_id),
                (table.country_code, query.country_code),
                (table.allowed, query.allowed),
            )
            if said is not None
        ]
        conditions += [table.at >= query.since] if query.since else []
        conditions += [table.at < query.until] if query.until else []
        found = (
            sa.select(*(table[name] for name in _FIELDS)).where(*conditions).order_by(table.at.desc(), table.seq.desc())
        )
        with self._database.begin() as connection:
            return [AuditEntry(**row) for row in connection.execute(found.limit(query.limit)).mappings()]


def write(connection: sa.Connection, entry: AuditEntry) -> None:
    """Adds an entry to a transaction."""
    short = entry.short
    # Inline: reading the new number back would be reading another tenant's entry.
    connection.execute(sa.insert(audit_log).values({name: getattr(short, name) for name in _FIELDS}).inline())


class PostgresTrail:
    """`workers.ports.audit.Trail`."""

    def __init__(self, session: Session, database: Database) -> None:
        self._session, self._database = session, database

    def decision(self, order: ServiceOrder, what: str, *, who: str, refused: str | None = None) -> None:
        """In the effect's transaction; what was refused in one of its own."""
        entry = AuditEntry(
            at=self._session.now,
            who=who,
            what=what,
            about=self._session.key,
            order_id=order.id,
            country_code=order.country_code,
            bu_code=order.bu_code,
            allowed=refused is None,
            reason=refused,
        )
        if refused is None:
            write(self._session.connection, entry)
        else:
            PostgresAudit(self._database).write(entry)
