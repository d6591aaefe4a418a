"""The inbox: every message from outside once, with the change it makes and what it has to say to the journey."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from adapters.postgres import news as reference
from adapters.postgres import statuses
from adapters.postgres.client import Database
from adapters.postgres.repositories.orders import OrderRepository
from adapters.postgres.rows import Session
from adapters.postgres.tables import inbox, service_catalogue
from adapters.postgres.unit import PostgresUnit
from adapters.postgres.wire import adapter_of, to_json
from workers.domain.orders import Address, Customer, Issue, Product, ServiceOrder
from workers.domain.values import PaymentStatus, SalesChannel, ServiceType, SourceSystem, Urgency
from workers.ports.clock import Clock
from workers.ports.feeds import News
from workers.ports.inbox import InboxMessage, Received, Reception
from workers.ports.processes import ProcessMessage
from workers.ports.sales import NormalisedOrder, OrderChange
from workers.ports.statuses import StatusChange

_WAITING = (inbox.c.change.is_not(None)) & (inbox.c.applied_at.is_(None))


class PostgresInbox:
    """`workers.ports.inbox.Inbox`."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def receive(self, message: InboxMessage, order: NormalisedOrder, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores a new order; another message that tells the same order is a twin."""
        with self._database.begin() as connection:
            known = self._known(connection, message)
            if known:
                return known
            orders = self._orders(connection, message)
            if orders.find(order.order_id) is not None:
                self._keep(connection, message, Reception.TWIN, publish=())
                return Received(Reception.TWIN)
            self._keep(connection, message, Reception.NEW, publish=publish)
            received = orders.add(_order(order, message.raw, self._service_type(connection, order)))
            self._catch_up(connection, orders, received)
        return Received(Reception.NEW, tuple(publish))

    def amend(self, message: InboxMessage, change: OrderChange, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores what a later document changed, now or once the order is there."""
        with self._database.begin() as connection:
            known = self._known(connection, message)
            if known:
                return known
            orders = self._orders(connection, message)
            order = orders.find(change.order.order_id)
            document = to_json(change, OrderChange)
            self._keep(connection, message, Reception.NEW, publish=publish, change=document, applied=order is not None)
            if order is not None:
                _apply(orders, order, change)
        return Received(Reception.NEW, tuple(publish))

    def status(self, message: InboxMessage, change: StatusChange, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores what was told about payment or delivery, now or once the order is there."""
        with self._database.begin() as connection:
            known = self._known(connection, message)
            if known:
                return known
            orders = self._orders(connection, message)
            order = orders.find(change.order_id)
            document = to_json(change, StatusChange)
            self._keep(connection, message, Reception.NEW, publish=publish, change=document, applied=order is not None)
            if order is not None:
                statuses.apply(orders, order, change)
        return Received(Reception.NEW, tuple(publish))

    def learn(self, message: InboxMessage, news: News, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores what was told about no order, now; older news than is known changes nothing."""
        with self._database.begin() as connection:
            known = self._known(connection, message)
            if known:
                return known
            reference.apply(connection, self._orders(connection, message), news)
            self._keep(connection, message, Reception.NEW, publish=publish)
        return Received(Reception.NEW, tuple(publish))

    def note(self, message: InboxMessage, *, publish: Sequence[ProcessMessage]) -> Received:
        """Stores a row that changes no order."""
        with self._database.begin() as connection:
            known = self._known(connection, message)
            if known:
                return known
            self._keep(connection, message, Reception.NEW, publish=publish)
        return Received(Reception.NEW, tuple(publish))

    def confirm(self, consumer: str, message_id: str) -> None:
        """Remembers that the process messages of a row went out."""
        row = (inbox.c.consumer == consumer) & (inbox.c.message_id == message_id)
        with self._database.begin() as connection:
            connection.execute(sa.update(inbox).where(row).values(confirmed_at=sa.func.clock_timestamp()))

    def _known(self, connection: sa.Connection, message: InboxMessage) -> Received | None:
        # One after the other per order: a twin must not slip in between the look and the insert.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(message.order_key, 1))))
        row = (inbox.c.consumer == message.consumer) & (inbox.c.message_id == message.message_id)
        found = connection.execute(sa.select(inbox.c.messages, inbox.c.confirmed_at).where(row)).first()
        if found is None:
            return None
        left = () if found.confirmed_at else tuple(_message_from_json(item) for item in found.messages)
        return Received(Reception.REPEATED, left)

    def _orders(self, connection: sa.Connection, message: InboxMessage) -> OrderRepository:
        session = Session(connection, f"{message.consumer}:{message.message_id}", message.consumer, self._clock.now())
        return OrderRepository(session, PostgresUnit(self._database, session).announce)

    def _keep(
        self,
        connection: sa.Connection,
        message: InboxMessage,
        reception: Reception,
        *,
        publish: Sequence[ProcessMessage],
        change: Any = None,
        applied: bool = True,
    ) -> None:
        now = self._clock.now()
        values = {
            **{name: getattr(message, name) for name in ("consumer", "message_id", "topic", "partition", "offset")},
            "order_key": message.order_key,
            "raw": message.raw,
            "reception": reception,
            "change": change,
            "messages": [_message_to_json(item) for item in publish],
            "applied_at": now if applied else None,
            "confirmed_at": None if publish else now,
        }
        connection.execute(insert(inbox).values(values))

    def _catch_up(self, connection: sa.Connection, orders: OrderRepository, order: ServiceOrder) -> None:
        """Applies the changes that overtook the order, in the order of their arrival."""
        waiting = _WAITING & (inbox.c.order_key == order.order_key)
        query = sa.select(inbox.c.change).where(waiting).order_by(inbox.c.received_at)
        for (document,) in connection.execute(query).all():
            order = _apply_any(orders, order, document)
        connection.execute(sa.update(inbox).where(waiting).values(applied_at=self._clock.now()))

    def _service_type(self, connection: sa.Connection, order: NormalisedOrder) -> str:
        """What the catalogue says; an unknown service is complex: an operator classifies it."""
        known = (service_catalogue.c.source_system == order.source_system) & (
            service_catalogue.c.service_code == order.service_code
        )
        found = connection.execute(sa.select(service_catalogue.c.service_type).where(known)).scalar()
        return str(found or ServiceType.COMPLEX)


def _order(sale: NormalisedOrder, raw: bytes, service_type: str) -> ServiceOrder:
    customer = {name: getattr(sale.customer, name) for name in ("id", "name", "email", "phone", "language")}
    place = ("street", "postal_code", "city", "country", "number", "complement", "province")
    return ServiceOrder.received(
        source_system=SourceSystem(sale.source_system),
        external_order_id=sale.external_order_id,
        sales_channel=SalesChannel(sale.sales_channel) if sale.sales_channel else None,
        country_code=sale.country_code,
        bu_code=sale.bu_code,
        store_code=sale.store_code,
        customer=Customer(**customer),
        address=Address(**{name: getattr(sale.address, name) for name in place}),
        products=_products(sale),
        service_type=service_type,
        created_at=sale.created_at,
        updated_at=sale.created_at,
        raw_payload=json.loads(raw),
        system_metadata=sale.system_metadata,
        service_code=sale.service_code or "UNKNOWN",
        category=sale.category or "OTHER",
        requested_date=sale.requested_date,
        requested_shift=sale.requested_shift,
        urgency=Urgency(sale.urgency),
        issues=tuple(Issue(issue.code, issue.field, issue.message) for issue in sale.issues),
        **_changing(sale),
    )


def _products(sale: NormalisedOrder) -> tuple[Product, ...]:
    names = ("line_id", "sku", "name", "quantity", "unit_price", "currency", "kind", "vat_rate", "expected_date")
    return tuple(
        Product(payment_status=line.payment_status, **{name: getattr(line, name) for name in names})
        for line in sale.lines
    )


def _changing(sale: NormalisedOrder) -> dict[str, Any]:
    """What a later document may change."""
    return {
        "delivery_date": sale.delivery_date,
        "delivery_status": sale.delivery_status,
        "payment_status": PaymentStatus(sale.payment_status) if sale.payment_status else None,
        "provider_total": sale.total_provider,
    }


def _apply_any(orders: OrderRepository, order: ServiceOrder, document: dict[str, Any]) -> ServiceOrder:
    if "subject" in document:
        return statuses.apply(orders, order, adapter_of(StatusChange).validate_python(document))
    return _apply(orders, order, adapter_of(OrderChange).validate_python(document))


def _apply(orders: OrderRepository, order: ServiceOrder, change: OrderChange) -> ServiceOrder:
    fresh = {name: value for name, value in _changing(change.order).items() if value is not None}
    if "delivery" in order.status_details:  # the supply chain knows better than a sale that is told again
        fresh.pop("delivery_status", None)
    changed = orders.save(replace(order, products=_products(change.order), **fresh))
    orders.note(changed, "sale changed", answersOutcome=change.outcome_number)
    return changed


def _message_to_json(message: ProcessMessage) -> dict[str, Any]:
    return {
        "name": message.name,
        "correlation_key": message.correlation_key,
        "message_id": message.message_id,
        "ttl": message.ttl.total_seconds(),
        "variables": dict(message.variables),
    }


def _message_from_json(document: dict[str, Any]) -> ProcessMessage:
    return ProcessMessage(**{**document, "ttl": timedelta(seconds=document["ttl"])})
