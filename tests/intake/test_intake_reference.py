"""Quotes, catalogue changes and payments of the ERP: malformed, doubled, late, out of order."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from adapters.postgres.client import Database
from adapters.postgres.tables import pre_estimations, service_catalogue
from adapters.sales.reference.client import ReferenceDocuments
from workers.intake.consumer import Intake, take_in
from workers.ports.streams import Record

pytestmark = pytest.mark.stack
QUOTE, CATALOGUE, PAYMENT = "sales.pre_estimation.created", "service-catalog", "payment.provider.payment_completed"
FRENCH = {"countryCode": "FR", "buCode": "FR-HOME"}
MONDAY, TUESDAY = "2027-01-11T10:00:00Z", "2027-01-12T10:00:00Z"


@pytest.fixture
def news(make_intake: Callable[..., Intake]) -> Callable[..., None]:
    """Sends one record; the event id is made of what it says."""
    intake = make_intake(sales=ReferenceDocuments(), consumer="reference")

    def send(topic: str, key: str, **says: Any) -> None:
        document = json.dumps({"occurredAt": MONDAY} | says).encode()
        take_in(intake, Record(topic, 0, 0, key, document, {"event-id": f"{topic} {key} {sorted(says.items())}"}))

    return send


@pytest.fixture
def rows(database: Database) -> Callable[..., list[Any]]:
    """Rows of a table with an id."""

    def read(table: sa.Table, column: str, value: str) -> list[Any]:
        with database.begin() as connection:
            return list(connection.execute(sa.select(table).where(table.c[column] == value)).mappings())

    return read


def quote(news: Any, name: str, **says: Any) -> None:
    """A quote of 1 890 euro."""
    news(
        QUOTE, name, **{"preEstimationId": name, "value": 1890, "currency": "EUR", "confidence": "LOW"} | FRENCH | says
    )


def service(news: Any, sku: str, event: str, **says: Any) -> None:
    """A change of the catalogue."""
    news(CATALOGUE, sku, eventType=f"service.{event}", system="pyxis", externalServiceCode=sku, **says)


WHOLE = {"serviceCode": "INSTALL_SAUNA", "category": "BATHROOM", "serviceType": "INSTALLATION", "durationMin": 300}


def test_a_quote_is_kept_and_told_to_nobody(news: Any, rows: Any, camunda: Any, bus: Any) -> None:
    """It is about no order: no process hears of it, and no watcher of orders does."""
    name = f"PE-{uuid4()}"
    quote(news, name, validUntil="2027-03-01", categories=["kitchen"])
    [row] = rows(pre_estimations, "id", name)
    assert (row["confidence"], row["categories"], str(row["valid_until"])) == ("LOW", ["KITCHEN"], "2027-03-01")
    assert (camunda.published, bus.events) == ([], [])


def test_of_two_quotes_the_newest_moment_counts(news: Any, rows: Any) -> None:
    """Not the last record: producers overtake each other. The same record again changes nothing."""
    name = f"PE-{uuid4()}"
    quote(news, name, occurredAt=TUESDAY, confidence="HIGH")
    quote(news, name)
    quote(news, name)
    assert [row["confidence"] for row in rows(pre_estimations, "id", name)] == ["HIGH"]


@pytest.mark.parametrize(
    ("says", "code"),
    [
        ({"confidence": "SURE"}, "WRONG_TYPE"),
        ({"buCode": "FR-OTHER"}, "UNKNOWN_BUSINESS_UNIT"),
        ({"countryCode": "ES"}, "UNKNOWN_BUSINESS_UNIT"),
        ({"value": -1}, "WRONG_TYPE"),
        ({"currency": None}, "WRONG_TYPE"),
    ],
)
def test_a_quote_nobody_can_use_is_a_dead_letter(news: Any, rows: Any, bus: Any, says: Any, code: str) -> None:
    """What is wrong is told by code and path; nothing is kept, nothing is guessed."""
    name = f"PE-{uuid4()}"
    quote(news, name, **says)
    assert rows(pre_estimations, "id", name) == []
    [event] = bus.events
    assert event.topic == "integration.sales.order.failed"
    assert event.payload["errors"][0]["code"] == code


def test_a_service_is_created_changed_and_deprecated(news: Any, rows: Any) -> None:
    """An update may leave out what stays."""
    sku = f"sku-{uuid4()}"
    service(news, sku, "created", **WHOLE, requiresTv=True)
    service(news, sku, "updated", durationMin=360, occurredAt=TUESDAY)
    [row] = rows(service_catalogue, "sku", sku)
    assert (row["minutes"], row["service_code"], row["requires_tv"], row["deprecated"]) == (
        360,
        "INSTALL_SAUNA",
        True,
        False,
    )
    service(news, sku, "deprecated", occurredAt="2027-01-13T10:00:00Z")
    assert [row["deprecated"] for row in rows(service_catalogue, "sku", sku)] == [True]


def test_an_update_that_is_older_than_what_is_known_changes_nothing(news: Any, rows: Any) -> None:
    """Records of two days come in the wrong order."""
    sku = f"sku-{uuid4()}"
    service(news, sku, "created", **WHOLE, occurredAt=TUESDAY)
    service(news, sku, "updated", durationMin=15)
    assert [row["minutes"] for row in rows(service_catalogue, "sku", sku)] == [300]


def test_an_update_before_its_creation_waits_as_a_dead_letter(news: Any, rows: Any, bus: Any) -> None:
    """It cannot be completed; sent once more after the creation it is taken in."""
    sku = f"sku-{uuid4()}"
    service(news, sku, "updated", durationMin=360, occurredAt=TUESDAY)
    assert {error["code"] for error in bus.events[0].payload["errors"]} == {"UNKNOWN_SERVICE"}
    service(news, sku, "created", **WHOLE)
    service(news, sku, "updated", durationMin=360, occurredAt=TUESDAY)
    assert [row["minutes"] for row in rows(service_catalogue, "sku", sku)] == [360]


@pytest.mark.parametrize("left", ["serviceCode", "category", "serviceType", "durationMin"])
def test_a_new_service_is_told_whole(news: Any, rows: Any, bus: Any, left: str) -> None:
    """What an order is classified by is never guessed."""
    sku = f"sku-{uuid4()}"
    service(news, sku, "created", **{name: value for name, value in WHOLE.items() if name != left})
    assert rows(service_catalogue, "sku", sku) == []
    assert bus.events[0].payload["errors"][0]["code"] == "MISSING_FIELD"


def test_a_payment_of_an_invoice_nobody_knows_is_a_dead_letter(news: Any, camunda: Any, bus: Any) -> None:
    """Nothing is published for it: no process could be meant."""
    news(PAYMENT, "x", invoiceId=str(uuid4()), status="COMPLETED")
    assert camunda.published == []
    assert bus.events[0].payload["errors"][0]["code"] == "UNKNOWN_INVOICE"
