"""Avro on the wire by Confluent's client against a registry that speaks its REST API: every way it can go wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

from adapters.emulator import answers, stalls
from adapters.kafka.avro import AvroCodec, PlainCodec, unfit
from adapters.kafka.local_registry import LocalRegistry
from adapters.kafka.registry import register, registry_client
from adapters.kafka.schemas import schemas, subject
from adapters.kafka.settings import SchemaRegistrySettings
from workers.ports.errors import Misconfigured, Refused, Unavailable
from workers.ports.events import Event
from workers.ports.sales import Unreadable
from workers.ports.streams import Record

HELD = "payment.provider.held"
ID = "01947b7e-7c00-7000-8000-000000000001"
PAYLOAD = {"eventId": ID, "occurredAt": "2027-01-12T10:15:02.123+00:00", "schemaVersion": 1, "serviceOrderId": "SO"}


def record(value: bytes, topic: str = HELD) -> Record:
    return Record(topic, 0, 7, "key", value)


def event(topic: str = HELD, **payload: Any) -> Event:
    return Event(UUID(ID), topic, "key", topic, PAYLOAD | payload)


@pytest.fixture
def registry() -> Iterator[LocalRegistry]:
    with LocalRegistry() as running:
        register(registry_client(running.settings))
        yield running


def codec(registry: LocalRegistry, **settings: Any) -> AvroCodec:
    """As another process would have it: nothing remembered."""
    return AvroCodec(registry_client(registry.settings.model_copy(update=settings)))


def told(codec: AvroCodec, value: bytes, topic: str = HELD) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(codec.readable(record(value, topic)))
    return found


def test_what_is_written_is_read(registry: LocalRegistry) -> None:
    """Confluent's frame, then Avro; the reader gets JSON with every field of the schema."""
    value = codec(registry).encode(event(amount=12.5))
    assert value[0] == 0
    wanted = PAYLOAD | {"amount": 12.5, "occurredAt": "2027-01-12T10:15:02.123Z"}
    assert told(codec(registry), value).items() >= wanted.items()


def test_the_subject_strategy_is_pinned(registry: LocalRegistry) -> None:
    """`<topic>-value`, asked for directly: the library's own default asks the registry for associations first."""
    before = dict(registry.calls)
    codec(registry).encode(event())
    asked = {name for name, count in registry.calls.items() if count > before[name]}
    assert asked == {"POST /subjects/{subject}"}


def test_nothing_is_registered_by_the_way(registry: LocalRegistry) -> None:
    """A schema the registry does not have is an operator's to register: the error names the command."""
    with LocalRegistry() as empty, pytest.raises(Misconfigured, match="fsm schemas register"):
        codec(empty).encode(event())


def test_a_schema_is_asked_for_once(registry: LocalRegistry) -> None:
    """A known schema survives the registry's outage, for writing and for reading."""
    known = codec(registry)
    value = known.encode(event())
    known.readable(record(value))
    registry.stop()
    assert told(known, known.encode(event(amount=1.0)))["amount"] == 1.0


@pytest.mark.parametrize("fault", [answers(503), answers(500), answers(429), stalls(2)])
def test_a_registry_in_trouble_is_an_outage(registry: LocalRegistry, fault: Any) -> None:
    """Never the record's fault: it waits. A silent registry is waited for as long as we said, not longer."""
    value = codec(registry).encode(event())
    registry.faults.plan("GET /schemas/ids/{id}", *[fault] * 4)
    registry.faults.plan("POST /subjects/{subject}", *[fault] * 4)
    other = AvroCodec(registry_client(SchemaRegistrySettings(url=registry.settings.url, timeout=0.3)))  # type: ignore[arg-type]
    with pytest.raises(Unavailable):
        other.readable(record(value))
    with pytest.raises(Unavailable):
        other.encode(event())


def test_a_registry_that_is_gone_is_an_outage() -> None:
    """Connection refused."""
    gone = AvroCodec(registry_client(SchemaRegistrySettings(url="http://127.0.0.1:9")))
    with pytest.raises(Unavailable):
        gone.readable(record(b"\x00\x00\x00\x00\x01x123456"))


def test_a_wrong_password_is_ours_to_mend() -> None:
    """Neither an outage nor the record's fault."""
    with LocalRegistry(user="fsm", password="right") as registry:
        register(registry_client(registry.settings))
        wrong = registry.settings.model_copy(update={"username": "somebody"})
        with pytest.raises(Misconfigured):
            AvroCodec(registry_client(wrong)).encode(event())


def test_a_schema_nobody_registered_is_the_records_fault(registry: LocalRegistry) -> None:
    """The registry answers, and says that it never had it."""
    with pytest.raises(Unreadable) as raised:
        codec(registry).readable(record(b"\x00\x00\x0f\x00\x01x123456"))
    assert [issue.code for issue in raised.value.issues] == ["UNKNOWN_SCHEMA"]


def test_a_newer_schema_is_read_by_what_it_wrote(registry: LocalRegistry) -> None:
    """A field we do not know yet comes through; what we read does not change."""
    newer = json.loads(schemas()[HELD])
    newer["fields"].append({"name": "newcomer", "type": ["null", "string"], "default": None})
    client = registry_client(registry.settings)
    client.register_schema(subject(HELD), Schema(json.dumps(newer), "AVRO"))
    conf = {"auto.register.schemas": False, "use.latest.version": True}
    write = AvroSerializer(client, json.dumps(newer), conf=conf)
    body = {"eventId": ID, "occurredAt": 1, "serviceOrderId": "SO", "newcomer": "EUR"}
    value = write(body, SerializationContext(HELD, MessageField.VALUE))
    assert told(codec(registry), bytes(value))["newcomer"] == "EUR"


@pytest.mark.parametrize("value", [b"\x00", b"\x00\x00\x00\x00\x01", b"\x00\x00\x00\x00\x01x", b"\x01" + b"\xff" * 30])
def test_garbage_is_the_records_fault(registry: LocalRegistry, value: bytes) -> None:
    """Whatever the library raises: one error of ours, and nothing else stops."""
    with pytest.raises(Unreadable):
        codec(registry).readable(record(value))


@pytest.mark.parametrize("value", [b'{"a": 1}', b"", b"[1]", b"{", "é".encode()])
def test_json_stays_as_it_is(registry: LocalRegistry, value: bytes) -> None:
    """A sales system may send JSON: the first byte tells."""
    assert codec(registry).readable(record(value)) == value
    assert PlainCodec().readable(record(value)) == value


def test_avro_without_a_registry_is_said() -> None:
    """A record in Avro, and no registry in the settings: `Misconfigured` names the setting, the record waits."""
    with pytest.raises(Misconfigured, match="FSM_SCHEMA_REGISTRY__URL"):
        PlainCodec().readable(record(b"\x00\x00\x00\x00\x01x"))


@pytest.mark.parametrize(
    "payload", [{"amount": "much"}, {"serviceOrderId": None}, {"occurredAt": "yesterday"}, {"occurredAt": None}]
)
def test_an_event_that_does_not_fit_is_refused(registry: LocalRegistry, payload: dict[str, Any]) -> None:
    """A mistake of ours is told as one, with the topic; asking again would not help."""
    with pytest.raises(Refused, match=HELD):
        codec(registry).encode(event(**payload))


def test_a_field_without_a_place_is_left_out_and_said(
    registry: LocalRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    """The event goes out; the log names the field once; the tests of whoever makes events fail (`unfit`)."""
    known = codec(registry)
    assert "surplus" not in told(known, known.encode(event(surplus=1)))
    known.encode(event(surplus=2))
    assert [r.getMessage() for r in caplog.records if "surplus" in r.getMessage()] == [
        f"the schema has no field for {HELD}: surplus: it is left out"
    ]
    assert unfit(HELD, PAYLOAD | {"surplus": 1}) == ["surplus is not in the schema"]
    assert unfit(HELD, {"eventId": ID}) == [
        "occurredAt is missing",
        "serviceOrderId is missing",
        *unfit(HELD, {"eventId": ID})[2:],
    ]


def test_the_registry_refuses_what_could_not_read_the_past(registry: LocalRegistry) -> None:
    """BACKWARD for all versions, as Confluent's registry does it: 409, and the check before says the same."""
    client = registry_client(registry.settings)
    broken = json.loads(schemas()[HELD])
    broken["fields"].append({"name": "newcomer", "type": "string"})
    with pytest.raises(SchemaRegistryError) as raised:
        client.register_schema(subject(HELD), Schema(json.dumps(broken), "AVRO"))
    assert raised.value.http_status_code == 409
    assert client.get_config(subject(HELD)).compatibility_level == "BACKWARD_TRANSITIVE"
    assert not client.test_compatibility(subject(HELD), Schema(json.dumps(broken), "AVRO"))
    assert len(client.get_versions(subject(HELD))) == 1


def test_registering_again_changes_nothing(registry: LocalRegistry) -> None:
    """The same schemas have the same ids, whoever registers them and however often."""
    assert register(registry_client(registry.settings)) == register(registry_client(registry.settings))
    assert set(registry_client(registry.settings).get_subjects()) == {subject(topic) for topic in schemas()}
