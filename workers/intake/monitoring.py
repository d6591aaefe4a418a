"""What whoever watches the intake hears of each record: that it came, and what it was read as (domain brief 4).

Ids, codes and paths only, never a value: it may be personal data. A record taken in twice repeats its events under the same ids.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from workers.domain import ids
from workers.domain.orders import Issue
from workers.intake.kinds import Arrival, Understood
from workers.ports.events import Event
from workers.ports.inbox import Reception

RECEIVED = "integration.sales.order.received"
NORMALIZED = "integration.sales.order.normalized"
SCHEMA_VERSION = 1


def received_event(arrival: Arrival, *, source: str, external_id: str, now: datetime) -> Event:
    """A record came in, readable or not."""
    return _event(RECEIVED, arrival, source=source, external_id=external_id, now=now, told={})


def normalized_event(arrival: Arrival, told: Understood, *, reception: Reception, now: datetime) -> Event | None:
    """It became an order or a change of one: whose, by which transformation, and what an operator has to correct.

    None for a record that holds no order (a wish to cancel).
    """
    order = told.order
    if order is None:
        return None
    what = {
        "countryCode": order.country_code,
        "buCode": order.bu_code,
        "serviceOrderId": str(order.order_id),
        "transformationVersion": order.system_metadata.get("transformation"),
        "reception": reception.value,
        "issues": described(order.issues),
    }
    source, external_id = order.source_system, order.external_order_id
    return _event(NORMALIZED, arrival, source=source, external_id=external_id, now=now, told=what)


def described(issues: tuple[Issue, ...]) -> list[dict[str, str]]:
    """Issues without their messages, which may quote the document."""
    return [{"code": issue.code, "field": issue.field} for issue in issues]


def instant(at: datetime) -> str:
    """ISO 8601 in UTC: `2027-01-12T10:15:02Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _event(
    topic: str, arrival: Arrival, *, source: str, external_id: str, now: datetime, told: Mapping[str, Any]
) -> Event:
    event_id = ids.event_id(arrival.record.timestamp, topic, source, arrival.message_id)
    correlation_id = ids.order_key(source, external_id) if external_id else None
    payload = {
        "eventId": str(event_id),
        "occurredAt": instant(now),
        "schemaVersion": SCHEMA_VERSION,
        "correlationId": correlation_id,
        "causationId": arrival.message_id,
        "sourceSystem": source,
        "externalOrderId": external_id or None,
        "topic": arrival.record.topic,
        **told,
    }
    headers = {"correlation-id": correlation_id} if correlation_id else {}
    key = f"{source}_{external_id or arrival.record.position}"
    return Event(event_id=event_id, topic=topic, key=key, type=topic, payload=payload, headers=headers)
