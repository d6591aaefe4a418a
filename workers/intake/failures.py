"""What becomes of a record that can never be taken in: an event for whoever watches the intake."""

from __future__ import annotations

from datetime import datetime

from workers.domain import ids
from workers.domain.orders import Issue
from workers.intake.kinds import Arrival
from workers.intake.monitoring import SCHEMA_VERSION, described, instant
from workers.ports.events import Event
from workers.ports.sales import Unreadable

FAILED = "integration.sales.order.failed"
CONSUMER_SUFFIX = ".failed"
KEEP_BYTES = 1_000_000
INTERNAL = "INTERNAL_ERROR"
REFUSED = "REFUSED"


def failed_event(arrival: Arrival, failure: Unreadable, *, source: str, retries: int, now: datetime) -> Event:
    """The event on the failed topic: every error with its code and path, never a value (it may be personal data)."""
    external_id = sale_of(failure, arrival)
    event_id = ids.event_id(arrival.record.timestamp, "intake-failed", source, arrival.message_id)
    payload = {
        "eventId": str(event_id),
        "occurredAt": instant(now),
        "schemaVersion": SCHEMA_VERSION,
        "causationId": arrival.message_id,
        "sourceSystem": source,
        "externalOrderId": external_id or None,
        "errorCode": failure.code,
        "retryCount": retries,
        "errors": described(failure.issues),
        "rawPayloadRef": raw_reference(arrival),
    }
    key = f"{source}_{external_id or arrival.record.position}"
    return Event(event_id=event_id, topic=FAILED, key=key, type=FAILED, payload=payload)


def sale_of(failure: Unreadable, arrival: Arrival) -> str:
    """The sale a failed record is about: as its document says, else by its key `FR_8841207`, else nothing."""
    told = failure.external_order_id or arrival.record.key.partition("_")[2]
    return told if told.isprintable() else ""


def kept(arrival: Arrival) -> bool:
    """Whether the raw document goes into the inbox; a giant stays where it is."""
    return len(arrival.record.value) <= KEEP_BYTES


def raw_reference(arrival: Arrival) -> str:
    """Where the raw document is found."""
    return f"inbox:{arrival.message_id}" if kept(arrival) else f"kafka:{arrival.record.position}"


def unexpected(error: Exception, *, code: str) -> Unreadable:
    """An error that is not about the document, in the same shape; its class is told, its words stay in the log."""
    return Unreadable([Issue(type(error).__name__, "")], code=code)
