"""What a record of a sales topic is about, and what it has to say to the journey: one row per kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

from workers.domain import ids
from workers.domain.orders import Issue
from workers.journey import paying
from workers.ports.feeds import News, PaymentResult, ReferenceFeed, Source
from workers.ports.inbox import Inbox, InboxMessage, Received
from workers.ports.processes import ProcessMessage
from workers.ports.sales import CancellationRequest, NormalisedOrder, OrderChange, SalesSystem, Unreadable
from workers.ports.statuses import StatusChange, StatusFeed
from workers.ports.streams import Record

TTL = timedelta(hours=24)
NEWS_TTL = timedelta(minutes=10)
LONGEST_ID = 255
ORDER_CREATED = "order-created"
ORDER_UPDATED = "order-updated"
DELIVERY_DATE_UPDATED = "delivery-date-updated"
DELIVERY_MOVED = "UpdateDeliveryDate"
SUBJECTS = ("payment", "delivery")
SCOPE_CHANGE_ANSWERED = "scope-change-answered"
CANCELLATION_REQUESTED = "cancellation-requested"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record on its way in: where it came from and the id it is known by."""

    record: Record
    consumer: str

    @property
    def message_id(self) -> str:
        """The sender's event id; a record without one is known by its place and what it says.

        The place alone would not do: a topic that is made again begins at offset 0, with other orders.
        """
        told = self.record.headers.get("event-id", "").strip()
        if 0 < len(told) <= LONGEST_ID and told.isprintable():
            return told
        said = hashlib.sha256(self.record.key.encode("utf-8", "replace") + b"\0" + self.record.value).hexdigest()
        return f"{self.record.position}-{said[:16]}"

    def row(self, order_key: str) -> InboxMessage:
        """Its row in the inbox."""
        record = self.record
        return InboxMessage(
            consumer=self.consumer,
            message_id=self.message_id,
            topic=record.topic,
            order_key=order_key,
            raw=record.value,
            partition=record.partition,
            offset=record.offset,
        )


Store = Callable[[Inbox, Arrival], Received]


@dataclass(frozen=True, slots=True)
class Understood:
    """What a record says: which sale it is about, what has to be stored for it, and the order it holds, if any.

    `watched`: whether the intake's own events tell of it; what is about no order is not an order received.
    """

    external_order_id: str
    store: Store
    order: NormalisedOrder | None = None
    watched: bool = True


def understood(source: Source, record: Record) -> Understood:
    """What a record says. `Unreadable` when its document or its kind is not known."""
    if record.topic in REFERENCE:
        return _reference(*REFERENCE[record.topic](cast("ReferenceFeed", source), record))
    if record.topic in NEWS:
        return _news(NEWS[record.topic](cast("StatusFeed", source), record))
    sales = cast("SalesSystem", source)
    if record.headers.get("event-type") == DELIVERY_MOVED:
        return _news(replace(sales.delivery_moved(record.value), told_at=record.timestamp))
    kind = record.topic.rpartition(".")[2]
    if kind not in KINDS:
        raise Unreadable([Issue("UNKNOWN_EVENT", "topic", f"expected a topic that ends in one of {sorted(KINDS)}")])
    return KINDS[kind](sales, record.value)


def _created(sales: SalesSystem, document: bytes) -> Understood:
    order = sales.created(document)

    def store(inbox: Inbox, arrival: Arrival) -> Received:
        row = arrival.row(order.order_key)
        return inbox.receive(row, order, publish=[order_created(order, arrival.message_id)])

    return Understood(order.external_order_id, store, order)


def _updated(sales: SalesSystem, document: bytes) -> Understood:
    change = sales.updated(document)

    def store(inbox: Inbox, arrival: Arrival) -> Received:
        row = arrival.row(change.order.order_key)
        return inbox.amend(row, change, publish=changed(change, arrival.message_id))

    return Understood(change.order.external_order_id, store, change.order)


def _cancelled(sales: SalesSystem, document: bytes) -> Understood:
    request = sales.cancelled(document)

    def store(inbox: Inbox, arrival: Arrival) -> Received:
        row = arrival.row(request.order_key)
        return inbox.note(row, publish=[cancellation_requested(request, arrival.message_id)])

    return Understood(request.external_order_id, store)


def _news(change: StatusChange) -> Understood:
    def store(inbox: Inbox, arrival: Arrival) -> Received:
        return inbox.status(arrival.row(change.order_key), change, publish=news_messages(change, arrival.message_id))

    return Understood(change.external_order_id, store)


def _reference(about: str, news: News) -> Understood:
    """Something that is about no order: nobody who watches orders hears of it."""

    def store(inbox: Inbox, arrival: Arrival) -> Received:
        told = [] if not isinstance(news, PaymentResult) else _paid(news)
        return inbox.learn(arrival.row(about), news, publish=told)

    return Understood("", store, watched=False)


def _paid(news: PaymentResult) -> list[ProcessMessage]:
    """The answer a payment waits for; one that is still under way says nothing new."""
    if news.result.get("status") == "PENDING":
        return []
    return [paying.completed_message(news.invoice_id, news.result)]


def _quote(feed: ReferenceFeed, record: Record) -> tuple[str, News]:
    quote = feed.pre_estimation(record.key, record.value)
    return f"pre-estimation:{quote.id}", quote


def _service(feed: ReferenceFeed, record: Record) -> tuple[str, News]:
    service = feed.catalogue(record.key, record.value)
    return f"service:{service.source_system}:{service.sku}", service


def _payment(feed: ReferenceFeed, record: Record) -> tuple[str, News]:
    payment = feed.payment(record.key, record.value)
    return f"invoice:{payment.invoice_id}", payment


# Topic -> what a record about no order is about, and what it says.
REFERENCE: dict[str, Callable[[ReferenceFeed, Record], tuple[str, News]]] = {
    "sales.pre_estimation.created": _quote,
    "service-catalog": _service,
    "payment.provider.payment_completed": _payment,
}
# Topic -> how a record with news about an order is read.
NEWS: dict[str, Callable[[StatusFeed, Record], StatusChange]] = {
    "sales.payment.status_updated": lambda feed, record: feed.payment(record.key, record.value),
    "supply_chain.delivery.status_updated": lambda feed, record: feed.delivery(record.key, record.value),
}
KINDS: dict[str, Callable[[SalesSystem, bytes], Understood]] = {
    "created": _created,
    "requested": _created,
    "updated": _updated,
    "cancelled": _cancelled,
}


def order_created(order: NormalisedOrder, message_id: str) -> ProcessMessage:
    """Starts the journey; ids and decisions only, no personal data."""
    variables = {
        "serviceOrderId": str(order.order_id),
        "orderKey": order.order_key,
        "countryCode": order.country_code,
        "buCode": order.bu_code,
        "storeCode": order.store_code,
        "urgency": order.urgency,
        "sourceSystem": order.source_system,
    }
    return ProcessMessage(ORDER_CREATED, order.order_key, message_id, TTL, variables)


def scope_change_answered(change: OrderChange, message_id: str) -> list[ProcessMessage]:
    """The answer to a technical visit; nothing when the change answers none."""
    if change.scope_approved is None:
        return []
    variables = {"scopeChange": {"approved": change.scope_approved, "outcomeNumber": change.outcome_number}}
    return [ProcessMessage(SCOPE_CHANGE_ANSWERED, change.order.order_key, message_id, TTL, variables)]


def changed(change: OrderChange, message_id: str) -> list[ProcessMessage]:
    """The answer to a technical visit, or that the sale is another one; a go check that waits hears of it in any case."""
    key = change.order.order_key
    answer = scope_change_answered(change, message_id)
    told = answer or [ProcessMessage(ORDER_UPDATED, key, message_id, TTL, {})]
    woken = [ProcessMessage(f"{subject}-status-updated", key, message_id, NEWS_TTL) for subject in SUBJECTS]
    return told + woken


def news_messages(change: StatusChange, message_id: str) -> list[ProcessMessage]:
    """Wakes a go check; a delivery with another day may move the visit."""
    moved = [ProcessMessage(DELIVERY_DATE_UPDATED, change.order_key, message_id, TTL)] if change.delivery_date else []
    return [status_updated(change, message_id), *moved]


def status_updated(change: StatusChange, message_id: str) -> ProcessMessage:
    """Wakes a go check that waits. It reads the stored status itself, so the message carries nothing and need not wait long."""
    return ProcessMessage(f"{change.subject}-status-updated", change.order_key, message_id, NEWS_TTL)


def cancellation_requested(request: CancellationRequest, message_id: str) -> ProcessMessage:
    """The wish to cancel; the journey decides whether it can be granted."""
    key = ids.order_key(request.source_system, request.external_order_id)
    variables = {"cancellation": {"reason": request.reason, "origin": request.origin}}
    return ProcessMessage(CANCELLATION_REQUESTED, key, message_id, TTL, variables)
