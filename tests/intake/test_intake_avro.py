"""What a record may be beside JSON with an event id: Avro, nothing at all, one of another topic of the same name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from adapters.emulator import answers
from adapters.kafka.avro import AvroCodec
from adapters.kafka.local_registry import LocalRegistry
from adapters.kafka.registry import register, registry_client
from adapters.sales.pyxis import local
from workers.intake.consumer import Intake, take_in
from workers.ports.events import Event
from workers.ports.streams import Record

pytestmark = pytest.mark.stack
CREATED = "sales.pyxis.order.created"


@pytest.fixture(scope="module")
def registry() -> Iterator[LocalRegistry]:
    with LocalRegistry() as running:
        register(registry_client(running.settings))
        yield running


@pytest.fixture
def intake(make_intake: Callable[..., Intake], registry: LocalRegistry) -> Intake:
    """It knows the registry, and has not asked it anything yet."""
    return make_intake(codec=AvroCodec(registry_client(registry.settings)))


@pytest.fixture
def avro(registry: LocalRegistry) -> Callable[[str], bytes]:
    """A sale as Pyxis writes it in Avro."""
    codec = AvroCodec(registry_client(registry.settings))
    return lambda number: codec.encode(Event(UUID(int=1), CREATED, "key", CREATED, json.loads(local.created(number))))


def test_a_sale_in_avro_is_the_sale_in_json(
    intake: Intake, avro: Callable[[str], bytes], orders: Any, camunda: Any, order_id: str
) -> None:
    """The order is the same; what is kept as its document is JSON. Its event id is the record's."""
    take_in(intake, Record(CREATED, 0, 0, "FR_1", avro(order_id), {"event-id": f"e-{order_id}"}))
    [order] = orders(order_id)
    assert (order.state, order.bu_code, order.issues) == ("RECEIVED", "FR-HOME", [])
    assert order.raw_payload["customer"]["number"] == "C-900771"
    assert camunda.published[0].message_id == f"e-{order_id}"


def test_a_registry_that_is_away_holds_the_record_back(
    make_intake: Any, avro: Callable[[str], bytes], orders: Any, partitions: Any, bus: Any, order_id: str
) -> None:
    """An outage is no poison: the record waits and comes in once the registry answers."""
    with LocalRegistry() as other:
        register(registry_client(other.settings))
        intake = make_intake(codec=AvroCodec(registry_client(other.settings)))
        other.faults.plan("GET /schemas/ids/{id}", answers(503), answers(503))
        record = Record(CREATED, 0, 0, "FR_1", avro(order_id), {"event-id": f"e-{order_id}"})
        take_in(intake, record)
        assert (partitions.committed, len(partitions.postponed), bus.failed) == ([], 1, [])
        take_in(intake, record)
    assert len(orders(order_id)) == 1
    assert partitions.committed == [0]


def test_a_schema_nobody_knows_goes_to_the_failed_topic(intake: Intake, partitions: Any, bus: Any) -> None:
    """The registry answered: waiting would not help. The record's bytes are kept as they came."""
    take_in(intake, Record(CREATED, 0, 5, "FR_77", b"\x00\x00\x0f\x0f\x0fxxxxxx"))
    assert [error["code"] for error in bus.failed[0].payload["errors"]] == ["UNKNOWN_SCHEMA"]
    assert bus.failed[0].payload["externalOrderId"] == "77"
    assert partitions.committed == [5]


def test_a_tombstone_forgets_no_order(intake: Intake, partitions: Any, bus: Any, camunda: Any) -> None:
    """It is read over: no event, no failure, and what comes behind it comes in."""
    take_in(intake, Record(CREATED, 0, 6, "FR_1", b"", tombstone=True))
    assert (partitions.committed, bus.events, camunda.published) == ([6], [], [])


def test_a_record_without_key_is_an_order_all_the_same(intake: Intake, orders: Any, order_id: str) -> None:
    """The key spreads records over partitions; what the order is, its document says."""
    take_in(intake, Record(CREATED, 0, 7, "", local.created(order_id)))
    assert len(orders(order_id)) == 1


def test_a_topic_made_again_brings_other_orders(intake: Intake, orders: Any, camunda: Any, order_id: str) -> None:
    """W04: two orders at the same place of topics of one name, without event ids, are two; the same one again is one."""
    first = Record(CREATED, 0, 0, "FR_1", local.created(f"{order_id}1"))
    for record in (first, replace(first, value=local.created(f"{order_id}2")), first):
        take_in(intake, record)
    assert [len(orders(f"{order_id}{n}")) for n in (1, 2)] == [1, 1]
    assert camunda.names() == ["order-created", "order-created"]
