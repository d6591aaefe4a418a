"""Updates and cancellations of Pyxis, and what it is told in its own words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from adapters.kafka.topics import TOPICS
from adapters.sales.pyxis import local
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.pyxis.local import REFERENCE
from adapters.sales.pyxis.settings import REPORTS
from workers.domain import ids
from workers.ports.sales import OrderReference, OutcomeReport, ReportedStatus, StatusReport, Unreadable

AT = datetime(2027, 1, 21, 14, 32, 10, tzinfo=UTC)
ORDER = OrderReference(ids.order_id("pyxis", "8841207"), "pyxis", "8841207", "FR", "FR-HOME")


@pytest.fixture
def pyxis() -> Pyxis:
    return Pyxis(lambda: REFERENCE)


def test_an_update_that_names_an_outcome_answers_it(pyxis: Pyxis) -> None:
    """Example 2: the whole order again, priced anew."""
    extra = {**local.EXAMPLE["items"][0], "id": "70019910", "itemNumber": "3", "unitPrice": 310.0}
    document = local.amended(
        "8841207",
        "TVO-2027-000318",
        {
            "items": [*local.EXAMPLE["items"], extra],
            "order": {"servcProviderAgreedPrice": 1690.0, "orderPaymentStatus": "PARTIALLY_PAID"},
        },
    )
    change = pyxis.updated(document)
    assert (change.scope_approved, change.outcome_number) == (True, "TVO-2027-000318")
    assert (change.order.total_customer, change.order.total_provider) == (Decimal(3300), Decimal(1690))
    assert (change.order.payment_status, change.order.issues) == ("PARTIALLY_PAID", ())


@pytest.mark.parametrize(("status", "approved"), [("AMENDED", True), ("VALIDATED", True), ("REFUSED", False)])
def test_the_sales_word_decides_about_the_scope(pyxis: Pyxis, status: str, approved: bool) -> None:
    """A refusal is an answer too."""
    assert pyxis.updated(local.amended("1", "TVO-1", status=status)).scope_approved is approved


def test_an_answer_in_unknown_words_is_no_answer(pyxis: Pyxis) -> None:
    """Guessing would start or end work."""
    with pytest.raises(Unreadable) as raised:
        pyxis.updated(local.amended("1", "TVO-1", status="PERHAPS"))
    assert [(issue.code, issue.field) for issue in raised.value.issues] == [
        ("UNKNOWN_STATUS", "order.saleSystemOrderStatus")
    ]


@pytest.mark.parametrize("link", [None, {"type": "LEAD", "number": "L-1"}])
def test_an_update_without_an_outcome_answers_nothing(pyxis: Pyxis, link: object) -> None:
    """Payment or delivery changed, nothing else."""
    change = pyxis.updated(local.created("1", {"order": {"transactionLinkedTo": link}}))
    assert (change.scope_approved, change.outcome_number) == (None, None)


BLOCKED: dict[str, tuple[dict[str, Any], tuple[str, str]]] = {
    "nothing of a thing": (
        {"items": [{**local.EXAMPLE["items"][0], "quantity": 0}]},
        ("OUT_OF_RANGE", "items[0].quantity"),
    ),
    "no service left": ({"items": [local.EXAMPLE["items"][1]]}, ("MISSING_SERVICE", "items")),
    "a new payment word": (
        {"order": {"orderPaymentStatus": "IN_SHELLS"}},
        ("UNKNOWN_PAYMENT_STATUS", "order.orderPaymentStatus"),
    ),
}


@pytest.mark.parametrize(("changes", "issue"), BLOCKED.values(), ids=BLOCKED)
def test_an_update_with_mistakes_in_what_it_changes_is_refused_whole(
    pyxis: Pyxis, changes: dict[str, Any], issue: tuple[str, str]
) -> None:
    """Work under way must not get senseless lines or prices."""
    with pytest.raises(Unreadable) as raised:
        pyxis.updated(local.amended("8841207", "TVO-1", changes))
    assert [(found.code, found.field) for found in raised.value.issues] == [issue]
    assert raised.value.external_order_id == "8841207"


def test_an_update_that_repeats_what_an_operator_mended_still_counts(pyxis: Pyxis) -> None:
    """Sales knows nothing of the corrected contact; its answer must reach the journey."""
    changes = {"customer": {"email": None, "phone": None}, "address": {"country": "BE"}}
    assert pyxis.updated(local.amended("1", "TVO-1", changes)).scope_approved is True


@pytest.mark.parametrize(("by", "origin"), [("CUSTOMER", "CUSTOMER"), ("SELLER", "SALES"), ("back_office", "SALES")])
def test_a_cancellation_tells_reason_and_origin(pyxis: Pyxis, by: str, origin: str) -> None:
    """Example 3; the comment stays behind, it may name people."""
    request = pyxis.cancelled(local.cancelled("8841207", reason="CUSTOMER_CHANGED_MIND", by=by, at=AT))
    assert (request.order_key, request.reason, request.origin) == ("pyxis:8841207", "CUSTOMER_CHANGED_MIND", origin)
    assert request.requested_at == AT


def test_a_cancellation_nobody_can_place_is_unreadable(pyxis: Pyxis) -> None:
    """All that is wrong at once."""
    document = local.encoded(
        {"system": "Tempo", "orderId": "7", "businessUnitId": "999", "reason": "X", "requestedBy": "GHOST"}
    )
    with pytest.raises(Unreadable) as raised:
        pyxis.cancelled(document)
    assert [issue.code for issue in raised.value.issues] == [
        "UNKNOWN_SYSTEM",
        "UNKNOWN_BUSINESS_UNIT",
        "UNKNOWN_REQUESTER",
    ]
    assert raised.value.external_order_id == "7"


WORDS = {
    ReportedStatus.CREATED: ("fsm.order.status_updated", "PENDING"),
    ReportedStatus.REJECTED: ("fsm.order.status_updated", "REJECTED"),
    ReportedStatus.SCHEDULED: ("fsm.order.scheduled", "SCHEDULED"),
    ReportedStatus.ASSIGNED: ("fsm.order.assigned", "ASSIGNED"),
    ReportedStatus.IN_PROGRESS: ("fsm.order.status_updated", "IN_PROGRESS"),
    ReportedStatus.COMPLETED: ("fsm.order.completed", "COMPLETED"),
    ReportedStatus.CANCELLED: ("fsm.order.cancelled", "CANCELLED"),
    ReportedStatus.CANCELLATION_REFUSED: ("fsm.order.status_updated", "CANCELLATION_REFUSED"),
}


@pytest.mark.parametrize("status", ReportedStatus)
def test_each_status_has_its_topic_and_word(pyxis: Pyxis, status: ReportedStatus) -> None:
    """Section 3.4 of the domain brief; every topic is one the platform makes."""
    event = pyxis.status_event(StatusReport(ORDER, status, AT, "key-1", reason="why", details={"errors": []}))
    assert (event.topic, event.payload["status"]) == WORDS[status] == REPORTS[status]
    assert event.topic in TOPICS
    assert event.key == "pyxis_8841207"
    assert (event.payload["reason"], event.payload["errors"]) == ("why", [])


def test_a_report_has_the_common_envelope_and_a_stable_id(pyxis: Pyxis) -> None:
    """Made again by a repeated job it is the same event, another report is another."""
    report = StatusReport(ORDER, ReportedStatus.CREATED, AT, "key-1")
    event = pyxis.status_event(report)
    assert event == pyxis.status_event(report)
    assert event.event_id != pyxis.status_event(StatusReport(ORDER, ReportedStatus.CREATED, AT, "key-2")).event_id
    assert event.payload == {
        "eventId": str(event.event_id),
        "occurredAt": "2027-01-21T14:32:10Z",
        "schemaVersion": 1,
        "correlationId": "pyxis:8841207",
        "causationId": "key-1",
        "countryCode": "FR",
        "buCode": "FR-HOME",
        "serviceOrderId": str(ORDER.order_id),
        "externalOrderId": "8841207",
        "status": "PENDING",
    }
    assert event.headers == {"correlation-id": "pyxis:8841207", "tenant-id": "FR/FR-HOME"}
    json.dumps(event.payload)


OUTCOME = OutcomeReport(
    order=ORDER,
    outcome_number="TVO-2027-000318",
    visit_id=UUID(int=7),
    outcome="YES_BUT",
    at=AT,
    report_id="key-9",
    modifications=({"description": "Move water inlet", "extraDurationMin": 45, "requiresRepricing": True},),
)


def test_an_outcome_is_told_as_it_is_and_changes_are_asked_for(pyxis: Pyxis) -> None:
    """Two events with ids of their own; both name the outcome, so that the answer can."""
    recorded, wanted = pyxis.outcome_event(OUTCOME), pyxis.modifications_event(OUTCOME)
    assert wanted is not None
    assert recorded.event_id != wanted.event_id
    assert (recorded.topic, wanted.topic) == ("fsm.tv.outcome_recorded", "fsm.tv.modifications_required")
    for event in (recorded, wanted):
        assert (event.payload["outcomeNumber"], event.payload["outcome"]) == ("TVO-2027-000318", "YES_BUT")
        assert event.topic in TOPICS
    assert wanted.payload["modifications"] == [dict(OUTCOME.modifications[0])]
    assert "modifications" not in recorded.payload


def test_without_changes_nothing_is_asked_for(pyxis: Pyxis) -> None:
    """YES and NO need no repricing."""
    plain = OutcomeReport(ORDER, "TVO-1", UUID(int=7), "NO", AT, "key-1", reason="wall not bearing")
    assert pyxis.modifications_event(plain) is None
    assert pyxis.outcome_event(plain).payload["reason"] == "wall not bearing"
