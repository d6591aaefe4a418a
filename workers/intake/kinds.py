"""What a record of a sales topic is about, and what it has to say to the journey: one row per kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from workers.domain import ids
from workers.domain.orders import Issue
from workers.ports.inbox import Inbox, InboxMessage, Received
from workers.ports.processes import ProcessMessage
from workers.ports.sales import CancellationRequest, NormalisedOrder, OrderChange, SalesSystem, Unreadable
from workers.ports.streams import Record

TTL = timedelta(hours=24)
LONGEST_ID = 255
ORDER_CREATED = "order-created"
SCOPE_CHANGE_ANSWERED = "scope-change-answered"
CANCELLATION_REQUESTED = "cancellation-requested"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One record on its way in: where it came from and the id it is known by."""

    record: Record
    consumer: str

    @property
    def message_id(self) -> str:
        """The sender's event id; a record without one is known by its place, which never changes either."""
        told = self.record.headers.get("event-id", "").strip()
        return told if 0 < len(told) <= LONGEST_ID and told.isprintable() else self.record.position

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


def understood(sales: SalesSystem, record: Record) -> Store:
    """What has to be stored for a record. `Unreadable` when its document or its kind is not known."""
    kind = record.topic.rpartition(".")[2]
    if kind not in KINDS:
        raise Unreadable([Issue("UNKNOWN_EVENT", "topic", f"expected a topic that ends in one of {sorted(KINDS)}")])
    return KINDS[kind](sales, record.value)


def _created(sales: SalesSystem, document: bytes) -> Store:
    order = sales.created(document)
    return lambda inbox, arrival: inbox.receive(
        arrival.row(order.order_key), order, publish=[order_created(order, arrival.message_id)]
    )


def _updated(sales: SalesSystem, document: bytes) -> Store:
    change = sales.updated(document)
    return lambda inbox, arrival: inbox.amend(
        arrival.row(change.order.order_key), change, publish=scope_change_answered(change, arrival.message_id)
    )


def _cancelled(sales: SalesSystem, document: bytes) -> Store:
    request = sales.cancelled(document)
    return lambda inbox, arrival: inbox.note(
        arrival.row(request.order_key), publish=[cancellation_requested(request, arrival.message_id)]
    )


KINDS: dict[str, Callable[[SalesSystem, bytes], Store]] = {
    "created": _created,
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


def cancellation_requested(request: CancellationRequest, message_id: str) -> ProcessMessage:
    """The wish to cancel; the journey decides whether it can be granted."""
    key = ids.order_key(request.source_system, request.external_order_id)
    variables = {"cancellation": {"reason": request.reason, "origin": request.origin}}
    return ProcessMessage(CANCELLATION_REQUESTED, key, message_id, TTL, variables)
