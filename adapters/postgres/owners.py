"""Whose something is: the `Owners` port over the database's own answer."""

from __future__ import annotations

from uuid import UUID

from adapters.postgres.client import Database
from adapters.postgres.ownership import owners
from workers.domain.callers import Kind, Owner


class PostgresOwners:
    """The `Owners` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owner(self, kind: Kind, key: UUID | str) -> Owner | None:
        """Whose this is; None when there is no such thing."""
        with self._database.begin() as connection:
            return owners(connection, [(kind.value, str(key))]).get(0)
