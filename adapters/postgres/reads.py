"""Questions about orders that no task asks: lists, one order with its timeline, reference data of the intake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.tables import (
    agreements,
    assignments,
    bookings,
    business_units,
    effects,
    notifications,
    offers,
    order_events,
    order_progress,
    providers,
    service_catalogue,
    service_orders,
    visits,
)
from workers.domain.tenancy import COUNTRIES
from workers.ports.sales import BusinessUnit, CatalogueEntry, Reference


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One order in a list."""

    id: UUID
    order_number: str
    source_system: str
    external_order_id: str
    country_code: str
    bu_code: str
    service_type: str
    state: str
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """Something that happened: a move when `target` is set, else a note."""

    at: datetime
    what: str
    source: str | None
    target: str | None
    actor: str
    reason: str | None
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class OrderView:
    """One order with everything that belongs to it; rows as they are stored, customer data left out."""

    line: OrderLine
    timeline: Sequence[TimelineEntry]
    visits: Sequence[Mapping[str, Any]]
    bookings: Sequence[Mapping[str, Any]]
    offers: Sequence[Mapping[str, Any]]
    assignments: Sequence[Mapping[str, Any]]
    agreements: Sequence[Mapping[str, Any]]
    notifications: Sequence[Mapping[str, Any]]


LINE = (
    service_orders.c.id,
    order_progress.c.order_number,
    service_orders.c.source_system,
    service_orders.c.external_order_id,
    service_orders.c.country_code,
    service_orders.c.bu_code,
    service_orders.c.service_type,
    order_progress.c.state,
    service_orders.c.created_at,
    service_orders.c.updated_at,
)
_TIMELINE = tuple(order_events.c[name] for name in ("at", "what", "source", "target", "actor", "reason", "detail"))


class Reads:
    """Read-only questions, each in a short transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def orders(self, *, state: str | None = None, country: str | None = None, limit: int = 100) -> list[OrderLine]:
        """The newest orders first."""
        wanted = {order_progress.c.state: state, service_orders.c.country_code: country}
        where = [column == value for column, value in wanted.items() if value]
        query = sa.select(*LINE).join(order_progress).where(*where).order_by(service_orders.c.created_at.desc())
        with self._database.begin() as connection:
            return [OrderLine(**row) for row in connection.execute(query.limit(limit)).mappings()]

    def order(self, reference: str) -> OrderView | None:
        """One order by its id, number, external id or order key."""
        with self._database.begin() as connection:
            query = sa.select(*LINE).join(order_progress).where(_named(reference)).limit(1)
            row = connection.execute(query).mappings().first()
            return view_of(connection, OrderLine(**row)) if row else None

    def last_change(self) -> datetime | None:
        """When the last thing happened to any order."""
        with self._database.begin() as connection:
            found: datetime | None = connection.execute(sa.select(sa.func.max(order_events.c.at))).scalar()
            return found

    def provider_name(self, provider_id: UUID) -> str:
        """A provider's name, its id when nobody knows it."""
        with self._database.begin() as connection:
            query = sa.select(providers.c.name).where(providers.c.id == provider_id)
            return str(connection.execute(query).scalar() or provider_id)

    def states(self) -> dict[str, int]:
        """How many orders are in which state."""
        return self._count(order_progress.c.state)

    def systems(self) -> dict[str, int]:
        """How many orders each sales system sold."""
        return self._count(service_orders.c.source_system)

    def effects(self) -> dict[str, int]:
        """How many effects were applied, by task type."""
        return self._count(effects.c.task_type)

    def _count(self, column: sa.Column[Any]) -> dict[str, int]:
        with self._database.begin() as connection:
            rows = connection.execute(sa.select(column, sa.func.count()).group_by(column))
            return {str(name): count for name, count in rows}

    def open_offers(self) -> list[Mapping[str, Any]]:
        """Offers waiting for an answer, with the provider's name: what a provider's app would list."""
        query = (
            sa.select(offers, providers.c.name.label("provider_name"), visits.c.planned_start)
            .join(providers, providers.c.id == offers.c.provider_id)
            .join(visits, visits.c.id == offers.c.visit_id)
            .where(offers.c.state == "PENDING")
            .order_by(offers.c.sent_at)
        )
        with self._database.begin() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    def reference(self, source_system: str) -> Reference:
        """The reference data the intake of a sales system needs."""
        units = sa.select(business_units).where(business_units.c.source_system == source_system)
        services = sa.select(service_catalogue).where(
            service_catalogue.c.source_system == source_system, ~service_catalogue.c.deprecated
        )
        with self._database.begin() as connection:
            found = [_business_unit(row) for row in connection.execute(units).mappings()]
            known = [_entry(row) for row in connection.execute(services).mappings()]
        return Reference({unit.external_id: unit for unit in found}, {entry.sku: entry for entry in known})


def _named(reference: str) -> sa.ColumnElement[bool]:
    key = service_orders.c.source_system + ":" + service_orders.c.external_order_id
    names = (
        sa.cast(service_orders.c.id, sa.Text),
        order_progress.c.order_number,
        service_orders.c.external_order_id,
        key,
    )
    return sa.or_(*(name == reference for name in names))


def view_of(connection: sa.Connection, line: OrderLine) -> OrderView:
    """Everything that belongs to an order."""

    def rows(table: sa.Table, *order: str) -> list[Mapping[str, Any]]:
        query = sa.select(table).where(table.c.order_id == line.id).order_by(*(table.c[name] for name in order))
        return [dict(row) for row in connection.execute(query).mappings()]

    query = sa.select(*_TIMELINE).where(order_events.c.order_id == line.id).order_by(order_events.c.seq)
    return OrderView(
        line,
        [TimelineEntry(**row) for row in connection.execute(query).mappings()],
        visits=rows(visits, "sequence"),
        bookings=rows(bookings, "created_at"),
        offers=rows(offers, "sent_at"),
        assignments=rows(assignments, "created_at"),
        agreements=rows(agreements, "sent_at"),
        notifications=rows(notifications, "created_at"),
    )


def _business_unit(row: Mapping[Any, Any]) -> BusinessUnit:
    country = COUNTRIES[row["country_code"]]
    return BusinessUnit(row["external_id"], row["bu_code"], country.code, country.currency)


def _entry(row: Mapping[Any, Any]) -> CatalogueEntry:
    return CatalogueEntry(row["sku"], row["service_code"], row["category"], row["urgency"])
