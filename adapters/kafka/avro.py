"""Events as Avro in Confluent's wire format, and records back to JSON whatever they came as.

    a topic with a schema            Avro by exactly that schema, which must be registered: `Misconfigured` names the command
    incoming, first byte 0 or 1      Avro by the schema its writer used, asked from the registry
    incoming, anything else          left as it is: JSON, where a sales system sends it

The registry being away is an outage (`Unavailable`): the record waits. Bytes that are no Avro, and a schema the registry says
it never had, are the record's own fault (`Unreadable`): it goes to the failed topic.
"""

from __future__ import annotations

import json
import logging
import threading
from typing import Any

from confluent_kafka.schema_registry import SchemaRegistryClient, topic_subject_name_strategy
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from adapters.kafka import values, wire
from adapters.kafka.registry import SYSTEM, port_errors
from adapters.kafka.schemas import schemas
from workers.domain.orders import Issue
from workers.ports import errors
from workers.ports.events import Event
from workers.ports.sales import Unreadable
from workers.ports.streams import Record

log = logging.getLogger(__name__)

FRAMED = (b"\x00", b"\x01")
SERIALIZER = {
    "auto.register.schemas": False,
    "use.latest.version": False,
    "subject.name.strategy": topic_subject_name_strategy,
}


class PlainCodec:
    """Without a registry: events as JSON; a record that needs one says so."""

    def encode(self, event: Event) -> bytes:
        """The payload as JSON."""
        return wire.value(event)

    def readable(self, record: Record) -> bytes:
        """The document as JSON."""
        if record.value[:1] in FRAMED:
            message = (
                "Expected settings for the Schema Registry, because a record is Avro: set FSM_SCHEMA_REGISTRY__URL"
            )
            raise errors.Misconfigured(message, system=SYSTEM, reference=record.position)
        return record.value


class AvroCodec:
    """With a registry. Any thread may use it; schemas are asked for once and remembered, so known ones survive its outage."""

    def __init__(self, client: SchemaRegistryClient) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._serializers: dict[str, AvroSerializer] = {}
        self._parsed = {topic: json.loads(text) for topic, text in schemas().items()}
        self._read = AvroDeserializer(client, None, conf={"subject.name.strategy": topic_subject_name_strategy})
        self._told: set[str] = set()

    def encode(self, event: Event) -> bytes:
        """The payload by its topic's schema; a topic without one gets JSON."""
        if event.topic not in self._parsed:
            return wire.value(event)
        reference = str(event.event_id)
        try:
            with port_errors(reference=reference):
                return self._encode(event)
        except errors.NotFound as error:
            message = (
                f"Expected the schema of {event.topic} to be registered, but it is not: run `fsm schemas register`"
            )
            raise errors.Misconfigured(message, system=SYSTEM, reference=reference) from error
        except (ValueError, TypeError, AttributeError, OverflowError) as error:
            message = f"Expected an event that fits the schema of {event.topic}, but: {error}"
            raise errors.Refused(message, system=SYSTEM, reference=reference) from error

    def readable(self, record: Record) -> bytes:
        """The document as JSON, with what its writer wrote: also fields that we do not know yet."""
        if record.value[:1] not in FRAMED:
            return record.value
        try:
            with port_errors(reference=record.position):
                told = self._read(record.value, SerializationContext(record.topic, MessageField.VALUE, []))
        except errors.NotFound as error:
            raise Unreadable([Issue("UNKNOWN_SCHEMA", "", "the registry has no such schema")]) from error
        except errors.PortError:
            raise
        except Exception as error:
            # Garbage makes the library raise nearly anything; what is an outage was told apart above.
            raise Unreadable([Issue("MALFORMED", "", f"no Avro: {type(error).__name__}")]) from error
        return json.dumps(values.to_json(told), ensure_ascii=False, default=str).encode()

    def _encode(self, event: Event) -> bytes:
        unknown: list[str] = []
        value = values.to_avro(self._parsed[event.topic], event.payload, unknown)
        self._tell(event.topic, unknown)
        encoded = self._serializer(event.topic)(value, SerializationContext(event.topic, MessageField.VALUE))
        return bytes(encoded or b"")

    def _serializer(self, topic: str) -> AvroSerializer:
        with self._lock:
            if topic not in self._serializers:
                self._serializers[topic] = AvroSerializer(self._client, schemas()[topic], conf=SERIALIZER)
            return self._serializers[topic]

    def _tell(self, topic: str, unknown: list[str]) -> None:
        """Once per field: somebody forgot the schema, and the event goes out without it."""
        for path in unknown:
            name = f"{topic}: {path}"
            if name not in self._told:
                self._told.add(name)
                log.error("the schema has no field for %s: it is left out", name)


def unfit(topic: str, payload: Any) -> list[str]:
    """What a topic's schema has no room for, and what it misses; for tests of whoever makes events."""
    if topic not in schemas():
        return [f"{topic} has no schema: add adapters/kafka/schemas/{topic}.avsc and a row in adapters/kafka/topics.py"]
    from fastavro import parse_schema
    from fastavro.validation import ValidationError, validate

    schema, unknown = json.loads(schemas()[topic]), list[str]()
    value = values.to_avro(schema, payload, unknown)
    fields = {field["name"]: field for field in schema["fields"]}
    missing = [f"{name} is missing" for name, field in fields.items() if name not in value and "default" not in field]
    filled = {name: field["default"] for name, field in fields.items() if "default" in field} | dict(value)
    try:
        validate(filled, parse_schema(schema))
    except ValidationError as error:
        missing.append(str(error))
    return [f"{path} is not in the schema" for path in unknown] + missing
