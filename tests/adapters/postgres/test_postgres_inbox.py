"""The inbox: a message once, an order once, changes applied when their order is there."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from adapters.postgres.inbox import PostgresInbox
from adapters.postgres.reads import Reads
from workers.ports.inbox import InboxMessage, Reception
from workers.ports.processes import ProcessMessage
from workers.ports.sales import Address, Customer, Issue, Line, NormalisedOrder, OrderChange

LINE = Line(
    line_id="1", kind="SERVICE", sku="70011200", name="Kitchen", quantity=Decimal("1"), unit_price=Decimal("1890.00"),
    currency="EUR", vat_rate=Decimal("20"), expected_date=date(2027, 1, 20), payment_status="FULLY_PAID",
)  # fmt: skip
SALE = NormalisedOrder(
    source_system="pyxis",
    external_order_id="8841207",
    sales_channel="store",
    country_code="FR",
    bu_code="FR-HOME",
    store_code="FR-0112",
    created_at=datetime(2027, 1, 11, 9, tzinfo=UTC),
    customer=Customer(id="C-1", name="Paul Garnier", email="paul@example.com", phone="+33639981234", language="fr-FR"),
    address=Address(street="rue des Lilas", number="14", postal_code="59000", city="Lille", country="FR"),
    lines=(LINE,),
    service_code="INSTALL_KITCHEN_12",
    category="KITCHEN",
    urgency="STANDARD",
    total_customer=Decimal("1890.00"),
    total_provider=Decimal("1450.00"),
    requested_shift="AM",
    delivery_date=date(2027, 1, 20),
    payment_status="PARTIALLY_PAID",
    system_metadata={"tvMandatory": True},
)
START = ProcessMessage("order-created", "pyxis:8841207", "m1", variables={"serviceOrderId": str(SALE.order_id)})
RAW = json.dumps({"order": {"id": "8841207", "umlaut": "é"}}).encode()


def message(message_id: str = "m1", **changes) -> InboxMessage:
    fields = {"topic": "sales.pyxis.order.created", "order_key": "pyxis:8841207", "raw": RAW}
    return InboxMessage(consumer="pyxis-orders", message_id=message_id, **fields | changes)


@pytest.fixture
def inbox(database, clock):
    return PostgresInbox(database, clock)


def stored(ledger):
    with ledger.open("look", task_type="test") as effect:
        return effect.unit.orders.get(SALE.order_id)


def test_a_sale_becomes_an_order(inbox, ledger):
    """Everything that was told is kept, the document as received, and the id is the one the sales side works out too."""
    received = inbox.receive(message(), SALE, publish=[START])
    assert received.reception is Reception.NEW
    assert received.unpublished == (START,)
    order = stored(ledger)
    assert (order.state, order.order_key, order.service_type) == ("RECEIVED", "pyxis:8841207", "INSTALLATION")
    assert order.raw_payload == json.loads(RAW)
    assert order.customer.email == "paul@example.com"
    assert order.products[0].expected_date == date(2027, 1, 20)
    assert order.total == SALE.total_customer
    assert (order.provider_total, order.requested_shift) == (Decimal("1450.00"), "AM")
    assert order.system_metadata == {"tvMandatory": True}


def test_the_same_message_again(inbox, database):
    """S48: a repeat is told what is still to be published; after the confirmation nothing is."""
    for expected in (Reception.NEW, Reception.REPEATED):
        received = inbox.receive(message(), SALE, publish=[START])
        assert (received.reception, received.unpublished) == (expected, (START,))
    inbox.confirm("pyxis-orders", "m1")
    assert inbox.receive(message(), SALE, publish=[START]).unpublished == ()
    assert len(Reads(database).orders()) == 1


def test_the_same_order_in_another_message_is_a_twin(inbox, database):
    """One order per sale: the twin's row is kept, its messages are not."""
    inbox.receive(message(), SALE, publish=[START])
    received = inbox.receive(message("m2"), replace(SALE, bu_code="FR-HOME"), publish=[replace(START, message_id="m2")])
    assert received.reception is Reception.TWIN
    assert received.unpublished == ()
    assert len(Reads(database).orders()) == 1


def test_two_twins_at_once(inbox, database):
    """Two messages of one sale in the same moment: one new order, one twin, no error."""
    barrier, results = threading.Barrier(2), []

    def receive(name: str) -> None:
        barrier.wait()
        results.append(inbox.receive(message(name), SALE, publish=[START]).reception)

    threads = [threading.Thread(target=receive, args=(name,)) for name in ("m1", "m2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["NEW", "TWIN"]
    assert len(Reads(database).orders()) == 1


def test_a_change_is_applied(inbox, ledger):
    """A later document changes payment, delivery, lines and amounts; what it does not tell stays."""
    inbox.receive(message(), SALE, publish=[START])
    later = replace(
        SALE,
        payment_status="FULLY_PAID",
        delivery_date=None,
        total_provider=Decimal("1690.00"),
        lines=(LINE, replace(LINE, line_id="3", sku="70019910", unit_price=Decimal("310.00"))),
    )
    inbox.amend(message("m2"), OrderChange(later, scope_approved=True, outcome_number="TVO-2027-000318"), publish=[])
    order = stored(ledger)
    assert (order.payment_status, order.total, order.provider_total) == (
        "FULLY_PAID",
        Decimal("2200.00"),
        Decimal("1690.00"),
    )
    assert order.delivery_date == date(2027, 1, 20)
    assert order.raw_payload == json.loads(RAW)


def test_a_change_that_overtook_its_order(inbox, ledger, database):
    """S49: it waits and is applied when the order is received; the timeline shows both."""
    change = OrderChange(replace(SALE, payment_status="FULLY_PAID"))
    assert inbox.amend(message("m0"), change, publish=[]).reception is Reception.NEW
    assert Reads(database).orders() == []
    inbox.receive(message(), SALE, publish=[START])
    assert stored(ledger).payment_status == "FULLY_PAID"
    view = Reads(database).order("pyxis:8841207")
    assert [entry.what for entry in view.timeline] == ["received", "sale changed"]


def test_issues_travel_with_the_order(inbox, ledger):
    """A sale with faults is received all the same: an operator corrects it; an unknown channel is no channel."""
    faulty = replace(SALE, sales_channel=None, service_code=None, category=None,
                     issues=(Issue("UNKNOWN_CHANNEL", "order.channel", "FAX"),))  # fmt: skip
    inbox.receive(message(), faulty, publish=[START])
    order = stored(ledger)
    assert [(issue.code, issue.field) for issue in order.issues] == [("UNKNOWN_CHANNEL", "order.channel")]
    assert (order.sales_channel, order.service_code, order.category, order.service_type) == (
        None, "UNKNOWN", "OTHER", "COMPLEX",
    )  # fmt: skip


def test_a_note_changes_no_order(inbox, database):
    """A wish to cancel is kept once, with the message it has for the journey."""
    wish = ProcessMessage("cancellation-requested", "pyxis:8841207", "m9")
    assert inbox.note(message("m9"), publish=[wish]).unpublished == (wish,)
    assert inbox.note(message("m9"), publish=[wish]).reception is Reception.REPEATED
    assert Reads(database).orders() == []
