"""What is kept of news about no order: quotes, the catalogue, payments. Older news never replaces newer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.repositories.orders import OrderRepository
from adapters.postgres.tables import business_units, pre_estimations, pro_formas, service_catalogue
from workers.domain.orders import Issue
from workers.ports.feeds import CatalogueChange, News, PaymentResult, PreEstimation
from workers.ports.sales import Unreadable


def apply(connection: sa.Connection, orders: OrderRepository, news: News) -> None:
    """Keeps the news. `Unreadable` for what is about nobody or nothing we know."""
    KEEP[type(news)](connection, orders, news)


def _pre_estimation(connection: sa.Connection, orders: OrderRepository, news: PreEstimation) -> None:
    del orders
    unit = (business_units.c.country_code == news.country_code) & (business_units.c.bu_code == news.bu_code)
    if not connection.execute(sa.select(sa.exists().where(unit))).scalar_one():
        raise Unreadable([Issue("UNKNOWN_BUSINESS_UNIT", "buCode", "not one of ours, in this country")])
    row = {column.name: getattr(news, column.name) for column in pre_estimations.c}
    row |= {"categories": list(news.categories), "confidence": news.confidence.value}
    _newest(connection, pre_estimations, ("id", "country_code", "bu_code"), row)


def _catalogue(connection: sa.Connection, orders: OrderRepository, news: CatalogueChange) -> None:
    del orders
    mine = (service_catalogue.c.source_system == news.source_system) & (service_catalogue.c.sku == news.sku)
    known = connection.execute(sa.select(service_catalogue).where(mine).with_for_update()).mappings().first()
    told: dict[str, Any] = {
        "service_code": news.service_code,
        "category": news.category,
        "service_type": news.service_type,
        "minutes": news.minutes,
        "urgency": news.urgency,
        "requires_tv": news.requires_tv,
        "names": dict(news.names) or None,
    }
    row = {**(known or {"urgency": "STANDARD", "names": {}}), **{n: v for n, v in told.items() if v is not None}}
    row |= {
        "source_system": news.source_system,
        "sku": news.sku,
        "told_at": news.told_at,
        "deprecated": news.deprecated,
    }
    missing = [name for name in ("service_code", "category", "service_type", "minutes") if not row.get(name)]
    if missing:
        # An update that overtook its creation: it waits as a dead letter and can be sent once more.
        raise Unreadable([Issue("UNKNOWN_SERVICE", name, "not told, and not known before") for name in missing])
    _newest(connection, service_catalogue, ("source_system", "sku"), row)


def _payment(connection: sa.Connection, orders: OrderRepository, news: PaymentResult) -> None:
    columns = (pro_formas.c.order_id, pro_formas.c.number)
    found = connection.execute(sa.select(*columns).where(pro_formas.c.id == news.invoice_id)).first()
    if found is None:
        raise Unreadable([Issue("UNKNOWN_INVOICE", "invoiceId", "no pro forma of ours")])
    order = orders.get(found.order_id)
    for said, name in ((news.country_code, "country_code"), (news.bu_code, "bu_code")):
        if said is not None and getattr(order, name) != said:
            raise Unreadable([Issue("UNKNOWN_INVOICE", name, "no pro forma of this tenant")])
    orders.note(order, "answer of the ERP", number=found.number, status=news.result.get("status"))


def _newest(connection: sa.Connection, table: sa.Table, key: tuple[str, ...], row: Mapping[str, Any]) -> None:
    """In place of what was told before; what was told later stays."""
    statement = insert(table).values(dict(row))
    changed = {name: statement.excluded[name] for name in row if name not in key}
    newer = table.c.told_at.is_(None) | (table.c.told_at < statement.excluded.told_at)
    connection.execute(statement.on_conflict_do_update(index_elements=list(key), set_=changed, where=newer))


KEEP: Mapping[type, Callable[[sa.Connection, OrderRepository, Any], None]] = {
    PreEstimation: _pre_estimation,
    CatalogueChange: _catalogue,
    PaymentResult: _payment,
}
