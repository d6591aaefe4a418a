"""Tempo requests as normalised orders, and what Tempo hears back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from adapters.sales.tempo import local
from adapters.sales.tempo.client import Tempo
from workers.domain import ids
from workers.ports.sales import OrderReference, OutcomeReport, ReportedStatus, SalesSystem, StatusReport, Unreadable

AT = datetime(2027, 2, 6, 8, 5, tzinfo=UTC)


@pytest.fixture
def tempo() -> Tempo:
    return Tempo(lambda: local.REFERENCE)


def codes(tempo: Tempo, changes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with the example under these changes, and where."""
    return [(issue.code, issue.field) for issue in tempo.created(local.requested("1", changes)).issues]


def refused(tempo: Tempo, changes: Mapping[str, Any]) -> list[str]:
    with pytest.raises(Unreadable) as raised:
        tempo.created(local.requested("1", changes))
    return [issue.code for issue in raised.value.issues]


def test_the_example_becomes_an_order(tempo: Tempo) -> None:
    """Each field of the domain brief's fourth example in its place, nothing wrong with it."""
    order = tempo.created(local.requested("TS-55-20931"))
    assert order.issues == ()
    assert (order.order_key, order.sales_channel, order.urgency) == ("tempo:TS-55-20931", "web", "URGENT")
    assert (order.country_code, order.bu_code, order.store_code) == ("ES", "ES-DIY", None)
    assert (order.service_code, order.category) == ("REPAIR_PLUMBING", "PLUMBING")
    assert (order.customer.id, order.customer.name) == ("CL-31907", "Lucía Prado")
    assert (order.customer.email, order.customer.phone) == ("lucia.prado@example.com", "+34600000123")
    assert (order.address.street, order.address.postal_code) == ("Calle del Olmo 8, 2º A", "46001")
    assert order.total_customer == Decimal("95.0")
    assert order.system_metadata["description"] == "Kitchen tap leaks at the base"
    assert order.system_metadata["transformation"] == "tempo-1"


@pytest.mark.parametrize(("told", "ours"), [("WEB", "web"), ("MOBILE", "mobile"), ("PARTNER", "partner")])
def test_each_channel_has_its_word(tempo: Tempo, told: str, ours: str) -> None:
    """Tempo sells on the web, by its app and through partners."""
    assert tempo.created(local.requested("1", {"origin_channel": told})).sales_channel == ours


@pytest.mark.parametrize(
    ("told", "ours"),
    [("LOW", "LOW"), ("MEDIUM", "STANDARD"), ("HIGH", "STANDARD"), ("URGENT", "URGENT"), ("EMERGENCY", "URGENT")],
)
def test_each_urgency_has_its_word(tempo: Tempo, told: str, ours: str) -> None:
    """The sales side's five words are three of ours."""
    assert tempo.created(local.requested("1", {"service_details": {"urgency": told}})).urgency == ours


def test_an_emergency_of_the_catalogue_is_urgent_whatever_the_document_says(tempo: Tempo) -> None:
    """The catalogue's default is a floor."""
    changes = {"service_details": {"service_category": "EMERGENCY_PLUMBING", "urgency": "LOW"}}
    assert tempo.created(local.requested("1", changes)).urgency == "URGENT"


def test_everything_wrong_is_named_at_once(tempo: Tempo) -> None:
    """The tenant is known, so an operator gets the order with all its mistakes."""
    changes = {
        "origin_channel": "STORE",
        "request_type": "INSTALLATION",
        "client": {"contact_email": None, "contact_phone": None},
        "service_address": {"address_line_1": " ", "country_iso": "PT"},
        "service_details": {"service_category": "ROOFING"},
        "estimated_cost": {"amount": -1, "currency_code": "USD"},
    }
    assert codes(tempo, changes) == [
        ("UNKNOWN_CHANNEL", "origin_channel"),
        ("UNKNOWN_REQUEST_TYPE", "request_type"),
        ("MISSING_CONTACT", "customer"),
        ("OUT_OF_RANGE", "estimated_cost.amount"),
        ("WRONG_CURRENCY", "estimated_cost.currency_code"),
        ("MISSING_FIELD", "service_address.address_line_1"),
        ("COUNTRY_NOT_SERVED", "service_address.country_iso"),
        ("UNKNOWN_PRODUCT", "service_details.service_category"),
    ]


def test_a_document_of_no_tenant_or_of_two_is_nobodys(tempo: Tempo) -> None:
    """An unknown unit, and a unit in another country than the document says, are dead letters, with all their mistakes."""
    assert refused(tempo, {"business_unit": "XX"})[0] == "UNKNOWN_BUSINESS_UNIT"
    assert refused(tempo, {"country": "IT"}) == ["TENANT_MISMATCH", "COUNTRY_NOT_SERVED"]
    with pytest.raises(Unreadable, match="country"):
        tempo.cancelled(local.cancelled("1", reason="X", at=AT, country="IT"))


def test_an_update_that_cannot_be_carried_out_is_refused_whole(tempo: Tempo) -> None:
    """An order that is being worked on takes no unknown service and no price in another money."""
    with pytest.raises(Unreadable) as raised:
        tempo.updated(local.requested("1", {"estimated_cost": {"currency_code": "USD"}}))
    assert [issue.code for issue in raised.value.issues] == ["WRONG_CURRENCY"]
    assert raised.value.external_order_id == "1"


@pytest.mark.parametrize(
    ("reason", "origin"),
    [("SOLVED_BY_CUSTOMER", "CUSTOMER"), ("CUSTOMER_REQUEST", "CUSTOMER"), ("SHOP_CLOSED", "SALES")],
)
def test_a_cancellation_tells_who_is_behind_it(tempo: Tempo, reason: str, origin: str) -> None:
    """By its reason: fees depend on it."""
    request = tempo.cancelled(local.cancelled("1", reason=reason, at=AT))
    assert (request.origin, request.reason, request.requested_at) == (origin, reason, AT)


@pytest.mark.parametrize(
    ("status", "topic", "word"),
    [
        ("CREATED", "fsm.service.status_updated", "RECEIVED"),
        ("REJECTED", "fsm.service.status_updated", "REJECTED"),
        ("SCHEDULED", "fsm.order.scheduled", "SCHEDULED"),
        ("ASSIGNED", "fsm.order.assigned", "ASSIGNED_TECHNICIAN"),
        ("IN_PROGRESS", "fsm.service.status_updated", "IN_PROGRESS"),
        ("COMPLETED", "fsm.service.completed", "CLOSED"),
        ("CANCELLED", "fsm.service.cancelled", "CANCELLED"),
    ],
)
def test_tempo_hears_its_own_words(tempo: Tempo, status: str, topic: str, word: str) -> None:
    """The table of domain brief 3.4."""
    event = tempo.status_event(StatusReport(_sale(), ReportedStatus(status), AT, "key"))
    assert (event.topic, event.payload["status"], event.key) == (topic, word, "tempo_1")


def test_tempo_hears_of_no_technical_visit(tempo: Tempo) -> None:
    """It has none: neither the outcome nor a change goes back."""
    report = OutcomeReport(_sale(), "TVO-1", ids.derived_id("visit"), "NO", AT, "key", reason="wall")
    system: SalesSystem = tempo
    assert (system.outcome_event(report), system.modifications_event(report)) == (None, None)


def _sale() -> OrderReference:
    return OrderReference(ids.order_id("tempo", "1"), "tempo", "1", "ES", "ES-DIY")
