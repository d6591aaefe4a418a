"""What the sales side asks about its own orders and services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.tables import (
    assignments,
    order_progress,
    providers,
    service_catalogue,
    service_orders,
    visits,
)


class SalesReads:
    """Read-only questions of one sales system about what is its own, each in a short transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sale(self, system: str, external_id: str) -> Mapping[str, Any] | None:
        """How the order of a sale stands, with the newest appointment and who comes; no personal data."""
        columns = (
            service_orders.c.id,
            order_progress.c.order_number,
            order_progress.c.state,
            service_orders.c.updated_at,
        )
        named = (service_orders.c.source_system == system) & (service_orders.c.external_order_id == external_id)
        with self._database.begin() as connection:
            row = connection.execute(sa.select(*columns).join(order_progress).where(named)).first()
            return None if row is None else _sale(row, connection.execute(_appointment(row.id)).first())

    def service(self, system: str, sku: str) -> tuple[str, int]:
        """Kind and usual minutes of a service; an unknown one is complex and takes four hours."""
        known = (service_catalogue.c.source_system == system) & (service_catalogue.c.sku == sku)
        query = sa.select(service_catalogue.c.service_type, service_catalogue.c.minutes).where(known)
        with self._database.begin() as connection:
            row = connection.execute(query).first()
        return (row.service_type, row.minutes) if row else ("COMPLEX", 240)


def _appointment(order_id: Any) -> sa.Select[Any]:
    accepted = (assignments.c.visit_id == visits.c.id) & (assignments.c.state == "ACCEPTED")
    return (
        sa.select(visits.c.planned_start, visits.c.planned_end, visits.c.slot_label, providers.c.name)
        .outerjoin(assignments, accepted)
        .outerjoin(providers, providers.c.id == assignments.c.provider_id)
        .where(visits.c.order_id == order_id, visits.c.planned_start.is_not(None))
        .order_by(visits.c.sequence.desc())
        .limit(1)
    )


def _sale(order: Any, visit: Any) -> dict[str, Any]:
    planned = None
    if visit is not None:
        planned = {"start": visit.planned_start, "end": visit.planned_end, "label": visit.slot_label}
    return {
        "serviceOrderId": str(order.id),
        "orderNumber": order.order_number,
        "state": order.state,
        "updatedAt": order.updated_at,
        "appointment": planned,
        "provider": visit.name if visit is not None else None,
    }
