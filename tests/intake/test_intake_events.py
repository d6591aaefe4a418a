"""What whoever watches the intake hears of each record: received, normalized, failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.sales.pyxis import local
from workers.domain import ids
from workers.intake.failures import FAILED
from workers.intake.monitoring import NORMALIZED, RECEIVED
from workers.ports.errors import Misconfigured, Refused, Unavailable

Deliver = Callable[..., Any]


def test_an_order_is_received_and_normalized(deliver: Deliver, bus: Any, order_id: str) -> None:
    """Two events under the sale's key, with ids and codes and nothing of what the customer told."""
    document = local.created(order_id, {"customer": {"email": None, "phone": None}})
    deliver("created", document, event_id=f"event-{order_id}")
    received, normalized = bus.events
    assert [event.topic for event in bus.events] == [RECEIVED, NORMALIZED]
    assert {event.key for event in bus.events} == {f"pyxis_{order_id}"}
    envelope = {
        "occurredAt": "2027-01-12T10:15:02Z",
        "schemaVersion": 1,
        "correlationId": f"pyxis:{order_id}",
        "causationId": f"event-{order_id}",
        "sourceSystem": "pyxis",
        "externalOrderId": order_id,
        "topic": "sales.pyxis.order.created",
    }
    assert received.payload == {"eventId": str(received.event_id), **envelope}
    assert normalized.payload == {
        "eventId": str(normalized.event_id),
        **envelope,
        "countryCode": "FR",
        "buCode": "FR-HOME",
        "serviceOrderId": str(ids.order_id("pyxis", order_id)),
        "transformationVersion": "pyxis-2",
        "reception": "NEW",
        "issues": [{"code": "MISSING_CONTACT", "field": "customer"}],
    }


def test_nothing_a_person_told_leaves_with_the_events(deliver: Deliver, bus: Any, order_id: str) -> None:
    """Name, address, telephone and e-mail address of the example appear in none of its events."""
    sale = json.loads(local.created(order_id))
    deliver("created", json.dumps(sale).encode())
    told = json.dumps([dict(event.payload) for event in bus.events])
    names = [
        sale["customer"][part] for part in ("firstName", "lastName", "email", "phone") if sale["customer"].get(part)
    ]
    words = [*names, sale["address"]["streetName"], sale["address"]["city"]]
    assert len(words) >= 5
    assert [word for word in words if word in told] == []


def test_a_record_that_comes_again_repeats_its_events(deliver: Deliver, bus: Any, order_id: str) -> None:
    """Under the same ids: a consumer that knows them hears nothing new."""
    for _ in range(2):
        deliver("created", local.created(order_id), event_id=f"event-{order_id}")
    first, again = bus.events[:2], bus.events[2:]
    assert [event.event_id for event in first] == [event.event_id for event in again]
    assert [event.payload.get("reception") for event in again] == [None, "REPEATED"]


def test_a_wish_to_cancel_is_received_only(deliver: Deliver, bus: Any, order_id: str) -> None:
    """It holds no order that could be normalised."""
    deliver("cancelled", local.cancelled(order_id, reason="MOVED", at=datetime(2027, 1, 12, tzinfo=UTC)))
    assert [(event.topic, event.key) for event in bus.events] == [(RECEIVED, f"pyxis_{order_id}")]


def test_a_record_that_fails_was_received_too(deliver: Deliver, bus: Any, order_id: str) -> None:
    """So received = normalized + failed + wishes to cancel: a watcher can add up."""
    deliver("created", b"{", key=f"FR_{order_id}")
    assert [(event.topic, event.key) for event in bus.events] == [
        (topic, f"pyxis_{order_id}") for topic in (RECEIVED, FAILED)
    ]


@pytest.mark.parametrize("trouble", [Misconfigured("no right to write"), Refused("unknown topic")])
def test_a_topic_that_is_closed_to_us_stops_no_order(
    deliver: Deliver, orders: Any, camunda: Any, bus: Any, partitions: Any, order_id: str, trouble: Exception
) -> None:
    """Only the watchers miss something: the order is in, its offset committed."""
    bus.troubles.append(trouble)
    deliver("created", local.created(order_id))
    assert (len(orders(order_id)), camunda.names()) == (1, ["order-created"])
    assert (partitions.postponed, partitions.committed, bus.events) == ([], [0], [])


def test_events_that_did_not_go_out_are_sent_when_the_record_is_read_again(
    deliver: Deliver, camunda: Any, bus: Any, partitions: Any, order_id: str
) -> None:
    """The bus fails after the journey was started: the offset stays, the journey is not started again, the events follow."""
    bus.troubles.extend([Unavailable("no broker")] * 2)
    deliver("created", local.created(order_id))
    assert (partitions.postponed, partitions.committed) == ([1, 2], [0])
    assert camunda.names() == ["order-created"]
    assert [event.topic for event in bus.events] == [RECEIVED, NORMALIZED]
