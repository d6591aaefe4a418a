"""One record through the intake: what is stored, what is published, what happens when something fails in between."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.sales.pyxis import local
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.pyxis.local import REFERENCE
from workers.domain import ids
from workers.intake.consumer import Intake, delay_after, take_in
from workers.intake.failures import FAILED
from workers.ports.errors import Conflict, Misconfigured, Unavailable
from workers.ports.sales import BusinessUnit, Reference
from workers.ports.streams import Record

pytestmark = pytest.mark.stack
Deliver = Callable[..., Record]
Orders = Callable[[str], list[Any]]
Rows = Callable[..., list[Any]]


def test_a_sale_becomes_an_order_and_starts_its_journey(
    deliver: Deliver, orders: Orders, camunda: Any, partitions: Any, order_id: str
) -> None:
    """The order is RECEIVED with its document as it came; the message has the event's id and no personal data."""
    document = local.created(order_id)
    deliver("created", document, event_id=f"event-{order_id}")
    [order] = orders(order_id)
    assert (order.state, order.country_code, order.bu_code, order.issues) == ("RECEIVED", "FR", "FR-HOME", [])
    assert order.raw_payload == json.loads(document)
    [message] = camunda.published
    assert (message.name, message.correlation_key) == ("order-created", f"pyxis:{order_id}")
    assert (message.message_id, message.ttl) == (f"event-{order_id}", timedelta(hours=24))
    assert message.variables == {
        "serviceOrderId": str(ids.order_id("pyxis", order_id)),
        "orderKey": f"pyxis:{order_id}",
        "countryCode": "FR",
        "buCode": "FR-HOME",
        "storeCode": "FR-0112",
        "urgency": "STANDARD",
        "sourceSystem": "pyxis",
    }
    assert str(order.id) == message.variables["serviceOrderId"]
    assert partitions.committed == [0]


def test_a_document_with_mistakes_starts_a_journey_too(
    deliver: Deliver, orders: Orders, camunda: Any, bus: Any, order_id: str
) -> None:
    """The tenant is known: an operator corrects it, the failed topic hears nothing."""
    deliver("created", local.created(order_id, {"customer": {"email": None, "phone": None}}))
    [order] = orders(order_id)
    assert [(issue["code"], issue["field"]) for issue in order.issues] == [("MISSING_CONTACT", "customer")]
    assert camunda.names() == ["order-created"]
    assert bus.failed == []


def test_the_same_message_three_times_is_one_order_and_one_start(
    deliver: Deliver, orders: Orders, camunda: Any, partitions: Any, order_id: str
) -> None:
    """Known by its event id: nothing is stored or published again, and its offsets are committed."""
    for _ in range(3):
        deliver("created", local.created(order_id), event_id=f"event-{order_id}")
    assert len(orders(order_id)) == 1
    assert camunda.names() == ["order-created"]
    assert partitions.committed == [0, 1, 2]


def test_another_message_about_the_same_sale_is_a_twin(
    deliver: Deliver, orders: Orders, camunda: Any, rows: Rows, order_id: str
) -> None:
    """A day later, under another event id, with another price: the first document stays what it was."""
    deliver("created", local.created(order_id))
    deliver("created", local.created(order_id, {"order": {"servcProviderAgreedPrice": 1.0}}))
    [order] = orders(order_id)
    assert order.provider_total == 1450
    assert camunda.names() == ["order-created"]
    found = rows("SELECT reception FROM inbox WHERE order_key = :key ORDER BY received_at", key=f"pyxis:{order_id}")
    assert [row.reception for row in found] == ["NEW", "TWIN"]


def test_a_record_without_event_id_is_known_by_its_place_and_what_it_says(
    intake: Intake, camunda: Any, order_id: str
) -> None:
    """Place and document never change; an id that could not be a key is not used."""
    for number, headers in enumerate(({}, {"event-id": " "}, {"event-id": "x" * 256}, {"event-id": "a\x00b"})):
        document = local.created(f"{order_id}-{number}")
        take_in(intake, Record("sales.pyxis.order.created", 3, int(order_id) + number, "FR_1", document, headers))
    ids_used = [message.message_id for message in camunda.published]
    places = [f"sales.pyxis.order.created-3-{int(order_id) + number}" for number in range(4)]
    assert [known.rpartition("-")[0] for known in ids_used] == places
    assert len({known.rpartition("-")[2] for known in ids_used}) == 4


def test_a_crash_between_commit_and_publication_loses_nothing(
    deliver: Deliver, orders: Orders, camunda: Any, partitions: Any, order_id: str
) -> None:
    """The order is stored, the process died before it told Camunda: the record comes again and the message goes out."""
    camunda.troubles.append(SystemExit("killed"))
    with pytest.raises(SystemExit):
        deliver("created", local.created(order_id), event_id=f"event-{order_id}")
    assert (len(orders(order_id)), camunda.names(), partitions.committed) == (1, [], [])
    partitions.waiting.clear()
    deliver("created", local.created(order_id), event_id=f"event-{order_id}")
    assert (len(orders(order_id)), camunda.names()) == (1, ["order-created"])


def test_a_crash_between_publication_and_confirmation_repeats_the_same_message(
    make_intake: Callable[..., Intake], camunda: Any, order_id: str
) -> None:
    """Camunda knows the message id: the second one is no second message."""

    class Dying:
        def __init__(self, inbox: Any) -> None:
            self.inbox = inbox

        def __getattr__(self, name: str) -> Any:
            return getattr(self.inbox, name)

        def confirm(self, consumer: str, message_id: str) -> None:
            raise SystemExit("killed")

    intake = make_intake()
    record = Record("sales.pyxis.order.created", 0, 0, "FR_1", local.created(order_id), {"event-id": f"e-{order_id}"})
    with pytest.raises(SystemExit):
        take_in(make_intake(inbox=Dying(intake.inbox)), record)
    take_in(intake, record)
    take_in(intake, record)
    first, second = camunda.published
    assert first == second


def test_an_update_answers_the_scope_change_and_amends_the_order(
    deliver: Deliver, orders: Orders, camunda: Any, order_id: str
) -> None:
    """Prices and payment of the later document count; the raw document stays the first."""
    deliver("created", local.created(order_id))
    later = {"order": {"servcProviderAgreedPrice": 1690.0, "orderPaymentStatus": "PARTIALLY_PAID"}}
    deliver("updated", local.amended(order_id, "TVO-2027-000318", later), event_id=f"up-{order_id}")
    [order] = orders(order_id)
    assert (order.provider_total, order.payment_status) == (1690, "PARTIALLY_PAID")
    assert order.raw_payload["order"]["servcProviderAgreedPrice"] == 1450.0
    message = camunda.published[1]
    assert (message.name, message.correlation_key) == ("scope-change-answered", f"pyxis:{order_id}")
    assert message.message_id == f"up-{order_id}"
    assert message.variables == {"scopeChange": {"approved": True, "outcomeNumber": "TVO-2027-000318"}}


def test_an_update_that_answers_nothing_is_only_told(
    deliver: Deliver, orders: Orders, camunda: Any, order_id: str
) -> None:
    """The facts are stored; the journey may look, and a go check that waits; no question is answered."""
    deliver("created", local.created(order_id))
    deliver("updated", local.created(order_id, {"order": {"orderPaymentStatus": "REFUNDED"}}))
    assert camunda.names() == ["order-created", "order-updated", "payment-status-updated", "delivery-status-updated"]
    assert orders(order_id)[0].payment_status == "REFUNDED"


def test_an_update_that_overtook_its_creation_waits_for_it(
    deliver: Deliver, orders: Orders, camunda: Any, order_id: str
) -> None:
    """Its message waits in Camunda's buffer (24 h), its facts in the inbox."""
    deliver("updated", local.amended(order_id, "TVO-1", {"order": {"orderPaymentStatus": "PARTIALLY_PAID"}}))
    assert orders(order_id) == []
    deliver("created", local.created(order_id))
    assert [camunda.names()[0], camunda.names()[-1]] == ["scope-change-answered", "order-created"]
    assert orders(order_id)[0].payment_status == "PARTIALLY_PAID"


def test_a_cancellation_asks_the_journey(deliver: Deliver, orders: Orders, camunda: Any, order_id: str) -> None:
    """Whether it is granted is decided there; an order that is not here yet gets the message later."""
    at = datetime(2027, 1, 21, 14, 32, 10, tzinfo=UTC)
    deliver("cancelled", local.cancelled(order_id, reason="CUSTOMER_CHANGED_MIND", at=at), event_id=f"c-{order_id}")
    [message] = camunda.published
    assert (message.name, message.correlation_key) == ("cancellation-requested", f"pyxis:{order_id}")
    assert message.variables == {"cancellation": {"reason": "CUSTOMER_CHANGED_MIND", "origin": "CUSTOMER"}}
    assert message.message_id == f"c-{order_id}"
    assert orders(order_id) == []


def test_a_sale_of_no_tenant_goes_to_the_failed_topic(
    deliver: Deliver, orders: Orders, camunda: Any, bus: Any, partitions: Any, rows: Rows, order_id: str
) -> None:
    """The document of the brief's section 3.2, key and errors; the raw document is kept in the inbox."""
    wrong = {
        "order": {"businessUnitId": "999", "channel": "FAX"},
        "customer": {"phone": None, "email": None},
        "address": {"country": "BE"},
        "items": [{**local.EXAMPLE["items"][0], "quantity": 0.0}],
    }
    document = local.created(order_id, wrong)
    for _ in range(2):
        deliver("created", document, event_id=f"bad-{order_id}")
    first, second = bus.failed
    assert first == second
    assert (first.topic, first.key) == (FAILED, f"pyxis_{order_id}")
    assert first.payload == {
        "eventId": str(first.event_id),
        "occurredAt": "2027-01-12T10:15:02Z",
        "schemaVersion": 1,
        "causationId": f"bad-{order_id}",
        "sourceSystem": "pyxis",
        "externalOrderId": order_id,
        "errorCode": "INVALID_ORDER",
        "retryCount": 0,
        "errors": [
            {"code": "UNKNOWN_BUSINESS_UNIT", "field": "order.businessUnitId"},
            {"code": "UNKNOWN_CHANNEL", "field": "order.channel"},
            {"code": "MISSING_CONTACT", "field": "customer"},
            {"code": "OUT_OF_RANGE", "field": "items[0].quantity"},
            {"code": "COUNTRY_NOT_SERVED", "field": "address.country"},
        ],
        "rawPayloadRef": f"inbox:bad-{order_id}",
    }
    assert (orders(order_id), camunda.published, partitions.committed) == ([], [], [0, 1])
    [kept] = rows("SELECT raw FROM inbox WHERE message_id = :id", id=f"bad-{order_id}")
    assert bytes(kept.raw) == document


def test_a_message_that_failed_can_be_sent_again_once_the_tenant_is_known(
    make_intake: Callable[..., Intake], camunda: Any, bus: Any, orders: Orders, order_id: str
) -> None:
    """An operator adds the business unit and replays the very same message: it is taken in, not taken for known."""
    document = local.created(order_id, {"order": {"businessUnitId": "777"}})
    record = Record("sales.pyxis.order.created", 0, 0, "FR_1", document, {"event-id": f"late-{order_id}"})
    take_in(make_intake(), record)
    assert (len(bus.failed), orders(order_id)) == (1, [])
    units = {**REFERENCE.business_units, "777": BusinessUnit("777", "FR-HOME", "FR", "EUR")}
    take_in(make_intake(sales=Pyxis(lambda: Reference(units, REFERENCE.catalogue))), record)
    assert (len(bus.failed), len(orders(order_id)), camunda.names()) == (1, 1, ["order-created"])


def test_poison_stops_nothing_behind_it(
    deliver: Deliver, orders: Orders, bus: Any, partitions: Any, order_id: str
) -> None:
    """Bytes that are no document fail, with the sale's number from the key; the next record is taken in."""
    deliver("created", b"\xff\x00\xff", key=f"FR_{order_id}-x")
    deliver("created", local.created(order_id))
    assert [event.key for event in bus.failed] == [f"pyxis_{order_id}-x"]
    assert len(orders(order_id)) == 1
    assert partitions.committed == [0, 1]


def test_a_giant_is_not_copied_into_the_inbox(deliver: Deliver, bus: Any, rows: Rows, order_id: str) -> None:
    """Over a megabyte: the failed topic says where it lies in Kafka."""
    record = deliver("created", b'{"x": "' + b"y" * 1_100_000 + b'"}', event_id=f"big-{order_id}", key="nonsense")
    [event] = bus.failed
    assert event.payload["errors"] == [{"code": "OVERSIZED", "field": ""}]
    assert event.payload["rawPayloadRef"] == f"kafka:{record.position}"
    assert event.payload["externalOrderId"] is None
    assert event.key == f"pyxis_{record.position}"
    assert rows("SELECT 1 FROM inbox WHERE message_id = :id", id=f"big-{order_id}") == []


def test_a_kind_of_topic_we_do_not_know_fails(deliver: Deliver, bus: Any) -> None:
    """A mistake in the subscription is told, not swallowed."""
    deliver("archived", local.created("1"))
    assert bus.failed[0].payload["errors"] == [{"code": "UNKNOWN_EVENT", "field": "topic"}]


def test_trouble_is_waited_out_in_order(
    deliver: Deliver, orders: Orders, camunda: Any, bus: Any, partitions: Any, order_id: str
) -> None:
    """1, 2, 4 ... 30 s, however long it takes, and never onto the failed topic; then the order is whole."""
    camunda.troubles.extend([Unavailable("down")] * 7)
    deliver("created", local.created(order_id))
    assert partitions.postponed == [1, 2, 4, 8, 16, 30, 30]
    assert (len(orders(order_id)), camunda.names(), bus.failed) == (1, ["order-created"], [])
    assert partitions.committed == [0]
    deliver("created", local.created(order_id + "9"))
    assert len(partitions.postponed) == 7


def test_a_wish_to_be_left_alone_is_honoured(deliver: Deliver, camunda: Any, partitions: Any, order_id: str) -> None:
    """Retry-After beats the back-off when it is longer."""
    camunda.troubles.extend(
        [Unavailable("busy", retry_after=timedelta(seconds=37)), Unavailable("busy", retry_after=timedelta(seconds=1))]
    )
    deliver("created", local.created(order_id))
    assert partitions.postponed == [37, 2]


def test_wrong_settings_lose_nothing(deliver: Deliver, camunda: Any, bus: Any, partitions: Any, order_id: str) -> None:
    """An operator mends them; until then the record waits, it is not the document's fault."""
    camunda.troubles.extend([Misconfigured("token expired")] * 3)
    deliver("created", local.created(order_id))
    assert (partitions.postponed, camunda.names(), bus.failed) == ([1, 2, 4], ["order-created"], [])


def test_what_camunda_refuses_goes_to_the_failed_topic(
    deliver: Deliver, camunda: Any, bus: Any, partitions: Any, order_id: str
) -> None:
    """The same words would be refused again; the error's own text stays in the log."""
    camunda.troubles.append(Conflict("variables too large: Paul Garnier"))
    deliver("created", local.created(order_id))
    [event] = bus.failed
    assert (event.payload["errorCode"], event.payload["errors"]) == ("REFUSED", [{"code": "Conflict", "field": ""}])
    assert (partitions.postponed, partitions.committed) == ([], [0])


def test_a_bug_gets_three_more_attempts(
    deliver: Deliver, camunda: Any, bus: Any, partitions: Any, order_id: str
) -> None:
    """Then the failed topic hears of it, with the number of attempts, and the next record is taken in."""
    camunda.troubles.extend([ZeroDivisionError("bug")] * 4)
    deliver("created", local.created(order_id))
    [event] = bus.failed
    assert (event.payload["errorCode"], event.payload["retryCount"]) == ("INTERNAL_ERROR", 3)
    assert (partitions.postponed, partitions.committed) == ([1, 2, 4], [0])


def test_poison_is_not_lost_while_the_failed_topic_is_away(deliver: Deliver, bus: Any, partitions: Any) -> None:
    """Its offset is committed only once somebody can hear of it."""
    bus.troubles.extend([Unavailable("no broker")] * 2)
    deliver("created", b"{")
    assert (partitions.postponed, partitions.committed, len(bus.failed)) == ([1, 2], [0], 1)


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (3, 4), (5, 16), (6, 30), (10**6, 30)])
def test_the_delay_doubles_up_to_half_a_minute(attempts: int, seconds: int) -> None:
    """Also after a million attempts."""
    assert delay_after(attempts).total_seconds() == seconds
