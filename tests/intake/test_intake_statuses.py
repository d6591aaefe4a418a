"""News about payment and delivery on their way into the order and to a go check that waits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.sales.pyxis import local
from adapters.sales.statuses.client import StatusDocuments
from workers.intake.consumer import Intake, take_in
from workers.ports.streams import Record

pytestmark = pytest.mark.stack
PAYMENT, DELIVERY = "sales.payment.status_updated", "supply_chain.delivery.status_updated"
PRODUCTS = [{"id": "2", "ordered": 2, "delivered": 0, "status": "IN_TRANSIT", "expected": "2027-02-03"}]


@pytest.fixture
def news(make_intake: Callable[..., Intake]) -> Callable[..., None]:
    """Sends one record; the event id is made of what it says unless a test gives one."""
    intake = make_intake(sales=StatusDocuments(), consumer="statuses")

    def send(topic: str, order_id: str, *, event_id: str = "", key: str = "", **says: Any) -> None:
        document = json.dumps({"occurredAt": "2027-01-12T10:00:00Z"} | says).encode()
        headers = {"event-id": event_id or f"{topic} {order_id} {sorted(says.items())}"}
        take_in(intake, Record(topic, 0, 0, key or f"pyxis_{order_id}", document, headers))

    return send


def test_a_payment_is_kept_and_told(deliver: Any, news: Any, orders: Any, camunda: Any, order_id: str) -> None:
    """The order knows status and amounts; the message wakes whoever waits and carries nothing."""
    deliver("created", local.created(order_id))
    news(PAYMENT, order_id, paymentStatus="PARTIALLY_PAID", total=2990.0, outstanding=310.0, currency="EUR")
    [order] = orders(order_id)
    assert order.payment_status == "PARTIALLY_PAID"
    assert float(order.status_details["payment"]["outstanding"]) == 310
    message = camunda.published[-1]
    assert (message.name, message.correlation_key) == ("payment-status-updated", f"pyxis:{order_id}")
    assert (message.ttl, dict(message.variables)) == (timedelta(minutes=10), {})


def test_a_delivery_is_kept_with_its_products(
    deliver: Any, news: Any, orders: Any, camunda: Any, order_id: str
) -> None:
    """What is missing is known by product."""
    deliver("created", local.created(order_id))
    news(DELIVERY, order_id, deliveryStatus="IN_TRANSIT", products=PRODUCTS)
    [order] = orders(order_id)
    assert (order.delivery_status, order.status_details["delivery"]["products"][0]["id"]) == ("IN_TRANSIT", "2")
    assert camunda.names()[-1] == "delivery-status-updated"


def test_older_news_changes_nothing(deliver: Any, news: Any, orders: Any, order_id: str) -> None:
    """Records of two producers overtake each other: the newest moment counts, not the last record."""
    deliver("created", local.created(order_id))
    news(PAYMENT, order_id, paymentStatus="FULLY_PAID", occurredAt="2027-01-13T10:00:00Z")
    news(PAYMENT, order_id, paymentStatus="NOT_PAID", occurredAt="2027-01-12T10:00:00Z")
    assert orders(order_id)[0].payment_status == "FULLY_PAID"


def test_news_that_overtook_its_order(deliver: Any, news: Any, orders: Any, order_id: str) -> None:
    """Kept, and applied when the order comes."""
    news(DELIVERY, order_id, deliveryStatus="FULLY_DELIVERED")
    deliver("created", local.created(order_id))
    assert orders(order_id)[0].delivery_status == "FULLY_DELIVERED"


def test_the_same_news_twice(deliver: Any, news: Any, camunda: Any, order_id: str) -> None:
    """Known by its event id: one message."""
    deliver("created", local.created(order_id))
    for _ in range(2):
        news(PAYMENT, order_id, event_id=f"paid-{order_id}", paymentStatus="FULLY_PAID")
    assert camunda.names().count("payment-status-updated") == 1


@pytest.mark.parametrize(
    ("says", "key", "code"),
    [
        ({"paymentStatus": "PAID_IN_SHELLS"}, "", "UNKNOWN_STATUS"),
        ({"paymentStatus": "FULLY_PAID"}, "8841207", "UNKNOWN_ORDER"),
        ({}, "", "MISSING_FIELD"),
    ],
)
def test_news_nobody_can_read(news: Any, bus: Any, camunda: Any, order_id: str, says: Any, key: str, code: str) -> None:
    """An unknown word is an error, never a default: the failed topic names it, nothing is published."""
    news(PAYMENT, order_id, key=key, **says)
    assert [error["code"] for error in bus.failed[-1].payload["errors"]] == [code]
    assert camunda.published == []


def test_a_sale_told_again_does_not_undo_a_delivery(deliver: Any, news: Any, orders: Any, order_id: str) -> None:
    """The supply chain knows better than a sale's copy of its word."""
    deliver("created", local.created(order_id))
    news(DELIVERY, order_id, deliveryStatus="FULLY_DELIVERED")
    deliver("updated", local.created(order_id))
    assert orders(order_id)[0].delivery_status == "FULLY_DELIVERED"


def test_a_delivery_that_moves(deliver: Any, orders: Any, camunda: Any, make_intake: Any, order_id: str) -> None:
    """S27: `UpdateDeliveryDate` on the sales topic: the new day is kept, the journey and a waiting go check hear of it."""
    deliver("created", local.created(order_id))
    moved = {
        "eventType": "UpdateDeliveryDate", "businessUnitIdentifier": "102", "storeIdentifier": "FR-0112",
        "customerOrderNumber": order_id, "maxDeliveryDate": "2027-02-03T00:00:00Z", "deliveryStatus": "IN_TRANSIT",
        "saleSystem": "Pyxis", "itemDeliveryDates": [{"lineItemId": "2", "itemMaxDeliveryDate": "2027-02-03T00:00:00Z"}],
    }  # fmt: skip
    headers = {"event-id": f"moved-{order_id}", "event-type": "UpdateDeliveryDate"}
    record = Record("sales.pyxis.order.updated", 0, 9, f"FR_{order_id}", json.dumps(moved).encode(), headers)
    take_in(make_intake(), record)
    [order] = orders(order_id)
    assert order.status_details["delivery"]["products"] == [
        {"id": "2", "status": "IN_TRANSIT", "expected": "2027-02-03"}
    ]
    assert order.delivery_date.isoformat() == "2027-02-03"
    assert camunda.names()[-2:] == ["delivery-status-updated", "delivery-date-updated"]


def test_a_sale_that_changed_is_told(deliver: Any, camunda: Any, order_id: str) -> None:
    """The journey holds the change against its plan; a go check that waits looks again."""
    deliver("created", local.created(order_id))
    deliver("updated", local.created(order_id))
    assert camunda.names()[1:] == ["order-updated", "payment-status-updated", "delivery-status-updated"]
