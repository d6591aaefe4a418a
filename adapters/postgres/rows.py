"""What every repository does: find, add, save with an optimistic lock."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

import sqlalchemy as sa

from adapters.postgres.client import SYSTEM
from adapters.postgres.wire import Mapper
from workers.domain.errors import NotKnown
from workers.ports.errors import Unavailable


class Versioned(Protocol):
    """What an aggregate has."""

    @property
    def version(self) -> int:
        """Rises with each save."""
        ...


T = TypeVar("T", bound=Versioned)


@dataclass(frozen=True, slots=True)
class Session:
    """The transaction a unit of work is bound to, and on whose behalf it runs."""

    connection: sa.Connection
    key: str
    actor: str
    now: datetime


class Rows(Generic[T]):
    """A repository over one table. The first column of the primary key is the aggregate's id."""

    def __init__(self, session: Session, mapper: Mapper[T]) -> None:
        self._session = session
        self._mapper = mapper
        self._table = mapper.table
        self._key = next(iter(mapper.table.primary_key.columns))

    def get(self, key: Any) -> T:
        """The aggregate; `NotKnown` when there is none."""
        found = self.find(key)
        if found is None:
            raise NotKnown(f"Expected {self._mapper.kind.__name__} {key} to exist, but it does not")
        return found

    def find(self, key: Any) -> T | None:
        """The aggregate, or None."""
        found = self._select(self._key == key)
        return found[0] if found else None

    def add(self, item: T) -> T:
        """Keeps a new one."""
        self._session.connection.execute(sa.insert(self._table).values(self._mapper.row(item)))
        return item

    def save(self, item: T) -> T:
        """Keeps a changed one under its next version."""
        changed = self._next(item)
        row = self._mapper.row(changed)
        current = (self._key == row[self._key.name]) & (self._table.c.version == item.version)
        done = self._session.connection.execute(sa.update(self._table).where(current).values(row))
        if done.rowcount == 0:
            raise Unavailable(
                f"{self._mapper.kind.__name__} {row[self._key.name]} was changed meanwhile", system=SYSTEM
            )
        return changed

    def _next(self, item: T) -> T:
        fields: dict[str, Any] = {"version": item.version + 1}
        if "updated_at" in self._mapper.fields:
            fields["updated_at"] = self._session.now
        return cast(T, dataclasses.replace(cast(Any, item), **fields))

    def _select(self, *where: sa.ColumnElement[bool], order: Iterable[Any] = ()) -> list[T]:
        rows = self._session.connection.execute(sa.select(self._table).where(*where).order_by(*order))
        return [self._mapper.item(row) for row in rows.mappings()]
