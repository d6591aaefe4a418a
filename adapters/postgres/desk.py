"""What the desk shows of orders: a page of the newest ones, and one order with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.reads import LINE, OrderLine, OrderView, view_of
from adapters.postgres.repositories.field import NEGOTIATIONS, OFFERS, VISITS
from adapters.postgres.repositories.orders import order_of
from adapters.postgres.repositories.paying import PRO_FORMAS
from adapters.postgres.search import Within
from adapters.postgres.tables import (
    agreements,
    assignments,
    claims,
    contracts,
    date_negotiations,
    executions,
    go_checks,
    offers,
    order_events,
    order_progress,
    overrides,
    pro_formas,
    provider_payments,
    providers,
    service_orders,
    tv_outcomes,
    visits,
    wcfs,
    work_teams,
)
from workers.domain.assignments import Offer
from workers.domain.callers import Kind
from workers.domain.negotiations import DateNegotiation
from workers.domain.orders import ServiceOrder
from workers.domain.payments import ProForma
from workers.domain.states import OPEN_VISITS, ORDER, OrderState
from workers.domain.visits import Visit

Row = Mapping[str, Any]
EVERYTHING = Within()


@dataclass(frozen=True, slots=True)
class OrderFile:
    """One order with all rows that belong to it, the oldest first, and the names of its providers and teams."""

    order: ServiceOrder
    view: OrderView
    names: Mapping[UUID, str]
    contracts: Sequence[Row]
    wcfs: Sequence[Row]
    negotiations: Sequence[Row]
    executions: Sequence[Row]
    outcomes: Sequence[Row]
    go_checks: Sequence[Row]
    overrides: Sequence[Row]
    claims: Sequence[Row]
    pro_formas: Sequence[Row]
    payments: Sequence[Row]

    def name(self, key: UUID | None) -> str:
        """A provider's or a team's name; empty when nobody has it."""
        return self.names.get(key, "") if key else ""

    def visit(self, key: UUID) -> Visit | None:
        """One of its visits."""
        return next((VISITS.item(row) for row in self.view.visits if row["id"] == key), None)

    def offer(self, key: UUID) -> Offer | None:
        """One of its offers."""
        return next((OFFERS.item(row) for row in self.view.offers if row["id"] == key), None)

    def negotiation(self, key: UUID) -> DateNegotiation | None:
        """One of its negotiations."""
        return next((NEGOTIATIONS.item(row) for row in self.negotiations if row["id"] == key), None)

    def pro_forma(self, key: UUID) -> ProForma | None:
        """One of its pro formas."""
        return next((PRO_FORMAS.item(row) for row in self.pro_formas if row["id"] == key), None)


@dataclass(frozen=True, slots=True)
class Questions:
    """Negotiations and pro formas of an order, and the names of its providers and teams."""

    negotiations: Sequence[Row]
    pro_formas: Sequence[Row]
    names: Mapping[UUID, str]


@dataclass(frozen=True, slots=True)
class Work:
    """What one provider has to answer and to do, as rows with what they are about."""

    country_code: str
    offers: Sequence[Row]
    visits: Sequence[Row]


# Field of the file -> its table and what it is sorted by.
_PARTS: Mapping[str, tuple[sa.Table, str]] = {
    "contracts": (contracts, "created_at"),
    "wcfs": (wcfs, "created_at"),
    "negotiations": (date_negotiations, "created_at"),
    "executions": (executions, "dispatched_at"),
    "outcomes": (tv_outcomes, "recorded_at"),
    "go_checks": (go_checks, "checked_at"),
    "overrides": (overrides, "requested_at"),
    "claims": (claims, "created_at"),
    "pro_formas": (pro_formas, "created_at"),
    "payments": (provider_payments, "created_at"),
}
_EVERYTHING = sa.select(service_orders, *(c for c in order_progress.columns if c.name != "order_id")).join(
    order_progress
)

_CHILDREN: Mapping[Kind, sa.Table] = {
    Kind.VISIT: visits,
    Kind.OFFER: offers,
    Kind.NEGOTIATION: date_negotiations,
    Kind.PRO_FORMA: pro_formas,
}
_TOLD = ("id", "source_system", "external_order_id", "country_code", "bu_code", "store_code")
_TO_DO = sorted(OPEN_VISITS)
_ENDED = sorted(state for state in OrderState if ORDER.terminal(state))
# What waits for somebody outside -> a query for it and the order it belongs to.
_PENDING: Sequence[tuple[sa.Select[Any], sa.ColumnElement[UUID]]] = (
    (
        sa.select(
            offers.c.order_id,
            providers.c.name.label("who"),
            sa.literal("answers the offer").label("what"),
            offers.c.expires_at.label("until"),
        )
        .join(providers, providers.c.id == offers.c.provider_id)
        .where(offers.c.state == "PENDING"),
        offers.c.order_id,
    ),
    (
        sa.select(
            agreements.c.order_id,
            sa.literal("the signer").label("who"),
            (sa.literal("signs the ") + sa.func.replace(sa.func.lower(agreements.c.kind), "_", " ")).label("what"),
            agreements.c.expires_at.label("until"),
        ).where(agreements.c.closed_at.is_(None)),
        agreements.c.order_id,
    ),
    (
        sa.select(
            visits.c.order_id,
            sa.func.coalesce(work_teams.c.name, "the team").label("who"),
            sa.case((visits.c.state == "ON_SITE", "finishes"), else_="comes to the visit").label("what"),
            sa.case((visits.c.state == "ON_SITE", visits.c.planned_end), else_=visits.c.planned_start).label("until"),
        )
        .outerjoin(assignments, (assignments.c.visit_id == visits.c.id) & (assignments.c.state == "ACCEPTED"))
        .outerjoin(work_teams, work_teams.c.id == assignments.c.team_id)
        .where(visits.c.state.in_(["ASSIGNED", "READY", "ON_SITE"])),
        visits.c.order_id,
    ),
)
_MOST = 200


class DeskReads:
    """Read-only questions of the desk, each in a short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, *, within: Within, state: str = "", limit: int = 50) -> list[OrderLine]:
        """The newest orders, of those a caller may see."""
        conditions = [*_within(within), *([order_progress.c.state == state] if state else [])]
        query = sa.select(*LINE).join(order_progress).where(*conditions).order_by(service_orders.c.created_at.desc())
        with self._database.begin() as connection:
            return [OrderLine(**row) for row in connection.execute(query.limit(limit)).mappings()]

    def by_keys(self, order_keys: Collection[str], *, within: Within = EVERYTHING) -> list[OrderLine]:
        """The orders of these keys (`pyxis:8841200`), of those a caller may see."""
        pairs = [tuple(key.split(":", 1)) for key in order_keys if ":" in key]
        if not pairs:
            return []
        named = sa.tuple_(service_orders.c.source_system, service_orders.c.external_order_id).in_(pairs)
        query = sa.select(*LINE).join(order_progress).where(named, *_within(within))
        with self._database.begin() as connection:
            found = connection.execute(query.order_by(service_orders.c.created_at)).mappings()
            return [OrderLine(**row) for row in found]

    def known(self, order_keys: Sequence[str]) -> set[str]:
        """Those of the keys that have an order."""
        found: set[str] = set()
        for at in range(0, len(order_keys), _MOST):
            lines = self.by_keys(order_keys[at : at + _MOST])
            found |= {f"{line.source_system}:{line.external_order_id}" for line in lines}
        return found

    def unfinished(self, *, before: datetime) -> list[OrderLine]:
        """Orders that have not ended and were taken in before a moment, the oldest first."""
        running = order_progress.c.state.not_in(_ENDED)
        seen = sa.select(sa.func.min(order_events.c.at)).where(order_events.c.order_id == service_orders.c.id)
        query = sa.select(*LINE).join(order_progress).where(running, seen.scalar_subquery() < before)
        with self._database.begin() as connection:
            found = connection.execute(query.order_by(service_orders.c.created_at)).mappings()
            return [OrderLine(**row) for row in found]

    def pending(self, order_ids: Sequence[UUID]) -> list[Row]:
        """What somebody outside is asked for, of these orders: `order_id`, `who`, `what`, `until`, the most urgent first."""
        with self._database.begin() as connection:
            queries = [query.where(column.in_(order_ids)) for query, column in _PENDING]
            found = [dict(row) for query in queries for row in connection.execute(query).mappings()]
        return sorted(found, key=lambda row: (row["until"] is None, row["until"]))

    def start_of(self, order_id: UUID) -> Mapping[str, Any] | None:
        """What the message that starts an order's journey says, in the columns' names; nothing of the customer."""
        told = (*(service_orders.c[name] for name in _TOLD), order_progress.c.urgency)
        query = sa.select(*told).join(order_progress).where(service_orders.c.id == order_id)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().first()
            return dict(row) if row else None

    def questions(self, view: OrderView) -> Questions:
        """What providers and the customer are asked, without the customer: support may read it too."""
        with self._database.begin() as connection:
            asked = _rows(connection, view.line.id, date_negotiations, "created_at")
            invoices = _rows(connection, view.line.id, pro_formas, "created_at")
            return Questions(asked, invoices, _names(connection, view))

    def order_id(self, kind: Kind, key: UUID) -> UUID | None:
        """The order something belongs to; None when there is no such thing."""
        if kind is Kind.ORDER:
            return key
        table = _CHILDREN[kind]
        with self._database.begin() as connection:
            found: UUID | None = connection.execute(sa.select(table.c.order_id).where(table.c.id == key)).scalar()
            return found

    def work_of(self, provider_id: UUID) -> Work | None:
        """The open offers and the visits of a provider; None when there is no such provider."""
        told = (visits.c.planned_start, visits.c.slot_label, visits.c.kind, service_orders.c.products)
        asked = (
            sa.select(offers.c.id, offers.c.sent_at, offers.c.expires_at, *told)
            .join(visits, visits.c.id == offers.c.visit_id)
            .join(service_orders, service_orders.c.id == offers.c.order_id)
            .where(offers.c.provider_id == provider_id, offers.c.state == "PENDING")
        )
        held = (
            sa.select(visits.c.id, visits.c.created_at, visits.c.state, *told)
            .join(assignments, (assignments.c.visit_id == visits.c.id) & (assignments.c.state == "ACCEPTED"))
            .join(service_orders, service_orders.c.id == visits.c.order_id)
            .where(assignments.c.provider_id == provider_id, visits.c.state.in_(_TO_DO))
        )
        with self._database.begin() as connection:
            country = connection.execute(sa.select(providers.c.country_code).where(providers.c.id == provider_id))
            found: str | None = country.scalar()
            if found is None:
                return None
            answer = connection.execute(asked.order_by(offers.c.expires_at).limit(_MOST)).mappings()
            do = connection.execute(held.order_by(visits.c.planned_start).limit(_MOST)).mappings()
            return Work(found, [dict(row) for row in answer], [dict(row) for row in do])

    def file(self, order_id: UUID) -> OrderFile | None:
        """One order; None when there is none."""
        with self._database.begin() as connection:
            row = connection.execute(_EVERYTHING.where(service_orders.c.id == order_id)).mappings().first()
            if row is None:
                return None
            line = OrderLine(**{column.name: row[column.name] for column in LINE})
            parts = {name: _rows(connection, order_id, *part) for name, part in _PARTS.items()}
            view = view_of(connection, line)
            return OrderFile(order_of(row), view, _names(connection, view), **parts)


def _within(within: Within) -> list[sa.ColumnElement[bool]]:
    told = {service_orders.c.bu_code: within.bu_codes, service_orders.c.store_code: within.store_codes}
    conditions: list[sa.ColumnElement[bool]] = [column.in_(sorted(codes)) for column, codes in told.items() if codes]
    if within.countries is not None:
        conditions.append(service_orders.c.country_code.in_(sorted(within.countries)))
    return conditions


def _rows(connection: sa.Connection, order_id: UUID, table: sa.Table, by: str) -> list[Row]:
    query = sa.select(table).where(table.c.order_id == order_id).order_by(table.c[by])
    return [dict(row) for row in connection.execute(query).mappings()]


def _names(connection: sa.Connection, view: OrderView) -> dict[UUID, str]:
    """Of every provider and team that was asked, booked or given a visit."""
    rows = [*view.offers, *view.assignments, *view.bookings]
    found: dict[UUID, str] = {}
    for table, column in ((providers, "provider_id"), (work_teams, "team_id")):
        wanted = {row[column] for row in rows if row.get(column)}
        if wanted:
            query = sa.select(table.c.id, table.c.name).where(table.c.id.in_(wanted))
            found |= {row.id: row.name for row in connection.execute(query)}
    return found
