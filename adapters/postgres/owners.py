"""Whose something is: the chain child -> order -> tenant, and the provider it was given to, in one query each."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.tables import assignments, date_negotiations, offers, pro_formas, service_orders, visits
from workers.domain.callers import Kind, Owner

_TENANT = (service_orders.c.country_code, service_orders.c.bu_code, service_orders.c.store_code)


def _of(child: sa.Table, provider: sa.ColumnElement[UUID] | None = None) -> sa.Select[tuple[str, str, str, UUID]]:
    """The owner of a row that names its order."""
    found = sa.null().label("provider_id") if provider is None else provider.label("provider_id")
    joined = child.join(service_orders, service_orders.c.id == child.c.order_id)
    return sa.select(*_TENANT, found).select_from(joined).where(child.c.id == sa.bindparam("key"))


# The provider a visit was given to last; one that was withdrawn from it has no say any more.
_VISITS_PROVIDER = (
    sa.select(assignments.c.provider_id)
    .where(assignments.c.visit_id == visits.c.id, assignments.c.state == "ACCEPTED")
    .limit(1)
    .scalar_subquery()
)
_NEGOTIATIONS_PROVIDER = (
    sa.select(offers.c.provider_id).where(offers.c.id == date_negotiations.c.offer_id).scalar_subquery()
)
OWNERS: Mapping[Kind, sa.Select[tuple[str, str, str, UUID]]] = {
    Kind.ORDER: sa.select(*_TENANT, sa.null().label("provider_id")).where(service_orders.c.id == sa.bindparam("key")),
    Kind.VISIT: _of(visits, _VISITS_PROVIDER),
    Kind.OFFER: _of(offers, offers.c.provider_id),
    Kind.NEGOTIATION: _of(date_negotiations, _NEGOTIATIONS_PROVIDER),
    Kind.PRO_FORMA: _of(pro_formas, pro_formas.c.provider_id),
}


class PostgresOwners:
    """The `Owners` port."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def owner(self, kind: Kind, key: UUID) -> Owner | None:
        """Whose this is; None when there is no such thing."""
        with self._database.begin() as connection:
            row = connection.execute(OWNERS[kind], {"key": key}).mappings().first()
        return Owner(**row) if row else None
