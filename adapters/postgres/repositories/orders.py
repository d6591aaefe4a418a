"""Service orders: the client's table, our progress beside it, and the timeline."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres.client import SYSTEM
from adapters.postgres.rows import Session
from adapters.postgres.tables import order_events, order_progress, service_orders
from adapters.postgres.wire import Row, adapter_of, camel_keys, snake_keys
from workers.domain import facts, ids
from workers.domain.errors import NotKnown, TenantMismatch
from workers.domain.orders import Address, Customer, Product, ServiceOrder
from workers.domain.states import OrderState
from workers.ports.errors import Unavailable
from workers.ports.events import Event
from workers.ports.repositories import OrderScope

UNKNOWN_CHANNEL = "unknown"
_SALE = tuple(c.name for c in service_orders.columns if c.name not in ("sales_channel", "customer_data", "products"))
_PROGRESS = tuple(c.name for c in order_progress.columns if c.name != "order_id")
_DOCUMENTS = ("raw_payload", "system_metadata", "cancellation", "issues", "status_details")
_EVERYTHING = sa.select(service_orders, *(c for c in order_progress.columns if c.name != "order_id")).join(
    order_progress
)


def order_of(row: Any) -> ServiceOrder:
    """The order of a row of both tables."""
    customer = dict(row["customer_data"])
    place = customer.pop("address")
    channel = row["sales_channel"]
    fields = {name: row[name] for name in (*_SALE, *_PROGRESS)}
    fields |= {
        "sales_channel": None if channel == UNKNOWN_CHANNEL else channel,
        "customer": snake_keys(customer),
        "address": snake_keys(place),
        "products": snake_keys(row["products"]),
        "system_metadata": row["system_metadata"] or {},
    }
    order: ServiceOrder = adapter_of(ServiceOrder).validate_python(fields)
    return order


def sale_row(order: ServiceOrder) -> Row:
    """The order's columns in the client's table."""
    fields = _dumped(order)
    customer = camel_keys(adapter_of(Customer).dump_python(order.customer, mode="json"))
    address = camel_keys(adapter_of(Address).dump_python(order.address, mode="json"))
    return {name: fields[name] for name in _SALE} | {
        "sales_channel": order.sales_channel.value if order.sales_channel else UNKNOWN_CHANNEL,
        "customer_data": {**customer, "address": address},
        "products": camel_keys(adapter_of(tuple[Product, ...]).dump_python(order.products, mode="json")),
    }


def progress_row(order: ServiceOrder) -> Row:
    """The order's columns in our table."""
    fields = _dumped(order)
    return {name: fields[name] for name in _PROGRESS}


def _dumped(order: ServiceOrder) -> Row:
    adapter = adapter_of(ServiceOrder)
    fields: Row = adapter.dump_python(order, exclude={"raw_payload", "customer", "address", "products"})
    documents: Row = adapter.dump_python(order, mode="json", include=set(_DOCUMENTS))
    return fields | documents


class OrderRepository:
    """`workers.ports.repositories.Orders`."""

    def __init__(self, session: Session, announce: Any) -> None:
        self._session = session
        self._announce = announce

    def of(self, scope: OrderScope) -> ServiceOrder:
        """The order of a task, locked, after the tenant was compared."""
        order = self.get(scope.service_order_id)
        for name, said in (("country_code", scope.country_code), ("bu_code", scope.bu_code)):
            if said != getattr(order, name):
                raise TenantMismatch(
                    f"Expected {name} of order {order.id} to be {getattr(order, name)}, but got {said}"
                )
        return order

    def get(self, key: Any) -> ServiceOrder:
        """The order, locked until the transaction ends."""
        found = self.find(key)
        if found is None:
            raise NotKnown(f"Expected service order {key} to exist, but it does not")
        return found

    def find(self, key: Any) -> ServiceOrder | None:
        """The order or None, locked until the transaction ends."""
        query = _EVERYTHING.where(service_orders.c.id == key).with_for_update(of=order_progress)
        row = self._session.connection.execute(query).mappings().first()
        return None if row is None else order_of(row)

    def add(self, item: ServiceOrder) -> ServiceOrder:
        """Keeps a new order; its timeline begins."""
        connection = self._session.connection
        connection.execute(sa.insert(service_orders).values(sale_row(item)))
        connection.execute(sa.insert(order_progress).values(order_id=item.id, **progress_row(item)))
        self._write(item, "received", target=item.state)
        return item

    def save(self, item: ServiceOrder) -> ServiceOrder:
        """Keeps a changed order; the raw document is never written again."""
        changed = replace(item, version=item.version + 1, updated_at=self._session.now)
        connection, table = self._session.connection, order_progress
        current = (table.c.order_id == item.id) & (table.c.version == item.version)
        done = connection.execute(sa.update(table).where(current).values(progress_row(changed)))
        if done.rowcount == 0:
            raise Unavailable(f"Service order {item.id} was changed meanwhile", system=SYSTEM)
        sale = sale_row(changed)
        sale.pop("raw_payload")
        connection.execute(sa.update(service_orders).where(service_orders.c.id == item.id).values(sale))
        return changed

    def move(self, order: ServiceOrder, *targets: OrderState, reason: str | None = None) -> ServiceOrder:
        """Every move leaves a line in the timeline and an event."""
        for target in targets:
            source, order = order.state, order.moved(target)
            event = self._announce(facts.status_changed(order, source, by=self._session.actor, reason=reason))
            self._write(order, "moved", source=source, target=target, reason=reason, event=event)
        return self.save(order) if targets else order

    def note(self, order: ServiceOrder, what: str, **detail: Any) -> None:
        """A line in the timeline beside the moves."""
        self._write(order, what, detail=detail)

    def _write(
        self,
        order: ServiceOrder,
        what: str,
        *,
        source: str | None = None,
        target: str | None = None,
        reason: str | None = None,
        detail: Any = None,
        event: Event | None = None,
    ) -> None:
        line = {"what": what, "source": source, "target": target, "reason": reason, "detail": detail or {}}
        identity = ids.derived_id(self._session.key, order.id, json.dumps(line, sort_keys=True))
        values = line | {"id": identity, "order_id": order.id, "at": self._session.now, "actor": self._session.actor}
        values |= {"event_id": event.event_id if event else None, "effect_key": self._session.key}
        self._session.connection.execute(
            insert(order_events).values(values).on_conflict_do_nothing(index_elements=["id"])
        )
