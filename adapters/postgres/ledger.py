"""The effect ledger: result, events and domain change of an effect in one transaction, under one lock per key."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.audit import PostgresAudit
from adapters.postgres.client import Database
from adapters.postgres.ownership import admit
from adapters.postgres.rows import Session
from adapters.postgres.tables import effects
from adapters.postgres.unit import PostgresUnit
from adapters.postgres.wire import event_from_json, event_to_json
from workers.domain.audit import AuditEntry
from workers.domain.errors import DomainError, NotKnown, TenantMismatch
from workers.domain.scope import Scope
from workers.ports.clock import Clock
from workers.ports.events import Event

# Events younger than this are about to be published by the worker that made them.
SETTLED_AFTER = timedelta(seconds=30)
# Old effects go in transactions of this size: short ones, that hold up nobody.
FORGOTTEN_AT_ONCE = 5_000


class PostgresEffect:
    """`workers.ports.effects.Effect`."""

    def __init__(self, session: Session, unit: PostgresUnit, audit: PostgresAudit) -> None:
        self._session = session
        self._audit = audit
        self.unit: Any = unit
        self.stored, self._events = self._load()

    @property
    def events(self) -> Sequence[Event]:
        """Those of an earlier run that are not known to be published, else those of this one."""
        return self._events if self.stored is not None else tuple(self.unit.events)

    def admit(self, scope: Scope) -> None:
        """Binds the transaction to the scope's tenant and checks everything it names along child -> order -> tenant."""
        try:
            admit(self._session.connection, scope)
        except (TenantMismatch, NotKnown) as error:
            self._audit.write(_refusal(self._session, scope, error))
            raise

    def store(self, result: Mapping[str, Any]) -> None:
        """Keeps the result and the events so far; without events nothing is left to publish."""
        events = [event_to_json(event) for event in self.unit.events]
        published = None if events else sa.func.clock_timestamp()
        values = {"key": self._session.key, "task_type": self._session.actor, "result": dict(result)}
        statement = sa.insert(effects).values(**values, events=events, published_at=published)
        self._session.connection.execute(statement)

    def keep_events(self) -> None:
        """Events of work that is kept although the handler failed: under a key of their own, published by the sweep."""
        events = [event_to_json(event) for event in self.unit.events]
        values = {"key": f"{self._session.key}#kept", "task_type": self._session.actor, "result": {}, "events": events}
        if events:
            self._session.connection.execute(insert(effects).values(values).on_conflict_do_nothing())

    def _load(self) -> tuple[Mapping[str, Any] | None, tuple[Event, ...]]:
        columns = (effects.c.result, effects.c.events, effects.c.published_at)
        query = sa.select(*columns).where(effects.c.key == self._session.key)
        row = self._session.connection.execute(query).first()
        if row is None:
            return None, ()
        return row.result, () if row.published_at else tuple(event_from_json(event) for event in row.events)


class PostgresLedger:
    """`workers.ports.effects.EffectLedger`."""

    def __init__(self, database: Database, clock: Clock, *, settled_after: timedelta = SETTLED_AFTER) -> None:
        self._database = database
        self._clock = clock
        self._settled_after = settled_after

    @contextlib.contextmanager
    def open(self, key: str, *, task_type: str) -> Iterator[PostgresEffect]:
        """One transaction under the key's lock. A second run waits for the first, at most the lock time-out."""
        with self._database.mapped_errors(), self._database.engine.connect() as connection:
            transaction = connection.begin()
            self._database.bind(connection)
            # A statement of its own: the next one must see what the previous holder committed.
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))
            session = Session(connection, key, task_type, self._clock.now())
            effect = PostgresEffect(session, PostgresUnit(self._database, session), PostgresAudit(self._database))
            try:
                yield effect
            except DomainError:
                # Without a result: the job may come again and must meet the same error again.
                if effect.unit.kept:
                    effect.keep_events()
                    transaction.commit()
                raise
            transaction.commit()

    def published(self, key: str) -> None:
        """Marks the events of `key` as accepted by the bus."""
        with self._database.begin() as connection:
            values = {"published_at": sa.func.clock_timestamp()}
            connection.execute(sa.update(effects).where(effects.c.key == key).values(values))

    def unpublished(self, *, limit: int = 100) -> list[tuple[str, list[Event]]]:
        """Effects committed some time ago whose events were never marked, oldest first."""
        settled = effects.c.created_at < sa.func.clock_timestamp() - self._settled_after
        query = (
            sa.select(effects.c.key, effects.c.events)
            .where(effects.c.published_at.is_(None), settled)
            .order_by(effects.c.created_at)
            .limit(limit)
        )
        with self._database.begin() as connection:
            rows = connection.execute(query).all()
        return [(row.key, [event_from_json(event) for event in row.events]) for row in rows]

    def forget(self, *, older_than: timedelta) -> int:
        """Drops effects older than this whose events are published; returns how many. Several workers may do it at once."""
        old = effects.c.created_at < sa.func.clock_timestamp() - older_than
        some = (
            sa.select(effects.c.key)
            .where(old, effects.c.published_at.is_not(None))
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        forgotten, number = 0, FORGOTTEN_AT_ONCE
        while number == FORGOTTEN_AT_ONCE:
            with self._database.begin() as connection:
                number = connection.execute(sa.delete(effects).where(effects.c.key.in_(some))).rowcount
            forgotten += number
        with self._database.begin() as connection:
            connection.execute(sa.select(sa.func.forget_audit()))  # what is older than seven years
        return forgotten


def _refusal(session: Session, scope: Scope, error: DomainError) -> AuditEntry:
    """A job that named somebody else's thing. It stays although the job's transaction does not."""
    return AuditEntry(
        at=session.now,
        who=session.actor,
        what="job",
        about=session.key,
        order_id=scope.order_id,
        country_code=scope.country_code,
        bu_code=scope.bu_code,
        allowed=False,
        reason=str(error),
    )
