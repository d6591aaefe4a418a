"""What every sales system promises; a new one is a line in `SYSTEMS`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.kafka.avro import unfit
from adapters.kafka.topics import TOPICS
from adapters.sales import systems
from adapters.sales.pyxis import local as pyxis_documents
from adapters.sales.pyxis.client import Pyxis
from adapters.sales.tempo import local as tempo_documents
from adapters.sales.tempo.client import Tempo
from workers.domain import ids
from workers.domain.tenancy import COUNTRIES
from workers.domain.values import Category, DeliveryStatus, PaymentStatus, SalesChannel, SourceSystem, Urgency
from workers.ports.sales import OrderReference, OutcomeReport, ReportedStatus, SalesSystem, StatusReport, Unreadable

AT = datetime(2027, 1, 21, 14, 32, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Sample:
    """A sales system and how to make its documents."""

    system: SalesSystem
    created: Callable[[str], bytes]
    updated: Callable[[str], bytes]
    cancelled: Callable[[str], bytes]


SYSTEMS = {
    "pyxis": Sample(
        system=Pyxis(lambda: pyxis_documents.REFERENCE),
        created=pyxis_documents.created,
        updated=lambda number: pyxis_documents.amended(number, "TVO-1"),
        cancelled=lambda number: pyxis_documents.cancelled(number, reason="CUSTOMER_CHANGED_MIND", at=AT),
    ),
    "tempo": Sample(
        system=Tempo(lambda: tempo_documents.REFERENCE),
        created=tempo_documents.requested,
        updated=tempo_documents.requested,
        cancelled=lambda number: tempo_documents.cancelled(number, reason="SOLVED_BY_CUSTOMER", at=AT),
    ),
}


@pytest.fixture(params=SYSTEMS)
def sample(request: pytest.FixtureRequest) -> Sample:
    return SYSTEMS[request.param]


@pytest.fixture
def reference(sample: Sample) -> OrderReference:
    name = sample.system.name
    return OrderReference(ids.order_id(name, "1"), name, "1", "FR", "FR-HOME")


def test_every_system_keeps_this_contract() -> None:
    """What the platform takes in is what is tested here; its topics exist, its group is its own."""
    assert {system.name for system in systems.SYSTEMS} == set(SYSTEMS)
    assert {topic for system in systems.SYSTEMS for topic in system.topics} <= set(TOPICS)
    assert len({system.group for system in systems.SYSTEMS}) == len(SYSTEMS)


def test_the_name_is_one_the_domain_knows(sample: Sample) -> None:
    """It is part of keys and topics."""
    assert sample.system.name in list(SourceSystem)


def test_all_documents_of_a_sale_have_one_key(sample: Sample) -> None:
    """What concerns one sale meets one journey."""
    key = f"{sample.system.name}:1"
    assert sample.system.created(sample.created("1")).order_key == key
    assert sample.system.updated(sample.updated("1")).order.order_key == key
    assert sample.system.cancelled(sample.cancelled("1")).order_key == key


def test_reading_again_tells_the_same(sample: Sample) -> None:
    """A document is a value: no clock, no chance."""
    document = sample.created("1")
    assert sample.system.created(document) == sample.system.created(document)


def test_an_order_speaks_the_domains_words(sample: Sample) -> None:
    """Each enumeration, and a tenant that exists."""
    order = sample.system.created(sample.created("1"))
    assert order.source_system == sample.system.name
    assert order.sales_channel in list(SalesChannel)
    assert order.category in list(Category)
    assert order.urgency in list(Urgency)
    assert order.payment_status in [*PaymentStatus, None]
    assert order.delivery_status in [*DeliveryStatus, None]
    assert order.country_code in COUNTRIES
    assert order.created_at.utcoffset() is not None
    assert {line.currency for line in order.lines} == {COUNTRIES[order.country_code].currency}
    json.dumps(order.system_metadata)


@pytest.mark.parametrize("document", [b"", b"{", b"[]", b"{}", b"\xff", b'"text"', b"[" * 100_000])
def test_what_cannot_be_read_is_one_error_for_all_kinds(sample: Sample, document: bytes) -> None:
    """With at least one issue; never another exception."""
    for read in (sample.system.created, sample.system.updated, sample.system.cancelled):
        with pytest.raises(Unreadable) as raised:
            read(document)
        assert raised.value.issues


@pytest.mark.parametrize("status", ReportedStatus)
def test_every_status_can_be_told(sample: Sample, reference: OrderReference, status: ReportedStatus) -> None:
    """As an event on a topic that exists, JSON-ready, with a stable id, or not at all."""
    report = StatusReport(reference, status, AT, "key-1", reason="because")
    event = sample.system.status_event(report)
    assert event == sample.system.status_event(report)
    if event is not None:
        assert event.topic in TOPICS
        assert event.key == f"{sample.system.name}_1"
        assert json.loads(json.dumps(event.payload))["eventId"] == str(event.event_id)
        assert unfit(event.topic, event.payload) == []


def test_two_reports_are_two_events(sample: Sample, reference: OrderReference) -> None:
    """A slot that moved is told again."""
    events = [
        sample.system.status_event(StatusReport(reference, ReportedStatus.SCHEDULED, AT, key)) for key in ("a", "b")
    ]
    assert None in events or len({event.event_id for event in events if event}) == 2


def test_outcomes_and_changes_are_told_or_not_at_all(sample: Sample, reference: OrderReference) -> None:
    """A system without technical visits says None to both."""
    change = {"description": "Move water inlet", "requiresRepricing": True}
    report = OutcomeReport(reference, "TVO-1", UUID(int=1), "YES_BUT", AT, "key", modifications=(change,))
    told = [sample.system.outcome_event(report), sample.system.modifications_event(report)]
    assert told == [None, None] or all(event is not None and not unfit(event.topic, event.payload) for event in told)
