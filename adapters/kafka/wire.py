"""Our events and records as Kafka messages, librdkafka's settings, and its error codes as port errors.

Headers are always a dict: Datadog's tracer cannot propagate through a list of pairs.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, KafkaError, Message

from adapters.kafka.settings import KafkaSettings
from workers.ports import errors
from workers.ports.events import Event
from workers.ports.streams import Record

SYSTEM = "Kafka"
LATEST_MILLIS = 4_102_444_800_000  # the year 2100: what is later was no millisecond
MISCONFIGURED = frozenset(
    {
        KafkaError._AUTHENTICATION,
        KafkaError._SSL,
        KafkaError._UNKNOWN_TOPIC,
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
        KafkaError.SASL_AUTHENTICATION_FAILED,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError.TOPIC_EXCEPTION,
        KafkaError._INVALID_ARG,
    }
)
REFUSED = frozenset({KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE, KafkaError.INVALID_RECORD})
# What a client may set depends on the protocol: with KIP-848 the strategy and the time-out are the broker's.
GROUP_PROTOCOLS: dict[str, dict[str, str | int]] = {
    "classic": {"partition.assignment.strategy": "cooperative-sticky", "session.timeout.ms": 45_000},
    "consumer": {"group.protocol": "consumer"},
}


def translated(error: KafkaError, *, reference: str = "") -> errors.PortError:
    """The port error of a broker's or librdkafka's error: unknown ones may pass, so they are `Unavailable`."""
    kind: type[errors.PortError] = errors.Unavailable
    if error.code() in MISCONFIGURED:
        kind = errors.Misconfigured
    elif error.code() in REFUSED:
        kind = errors.Refused
    return kind(f"Kafka: {error.name()}: {error.str()}", system=SYSTEM, reference=reference)


def common(settings: KafkaSettings) -> dict[str, Any]:
    """librdkafka's properties for any client."""
    conf: dict[str, Any] = {
        "bootstrap.servers": settings.bootstrap_servers,
        "client.id": settings.client_id,
        "security.protocol": settings.security_protocol,
        # From 100 ms a client that is not let in would knock twenty times a second.
        "reconnect.backoff.ms": 500,
    }
    if settings.security_protocol.startswith("SASL"):
        conf |= {
            "sasl.mechanisms": settings.sasl_mechanism,
            "sasl.username": settings.username,
            "sasl.password": settings.password.get_secret_value(),
        }
    if settings.ca_file:
        conf["ssl.ca.location"] = settings.ca_file
    return conf


def producer(settings: KafkaSettings) -> dict[str, Any]:
    """An idempotent producer: in order per key and without twins within a session; acks from all in-sync replicas."""
    millis = int(settings.delivery_timeout.total_seconds() * 1000)
    return (
        common(settings)
        | {
            "enable.idempotence": True,
            "message.timeout.ms": millis,
            # A topic that is missing for so long was not just made: say so, before the message times out without a reason.
            "topic.metadata.propagation.max.ms": millis // 2,
            "message.max.bytes": settings.max_message_bytes,
            "linger.ms": 5,
            "compression.type": "lz4",
        }
        | settings.properties
    )


def consumer(settings: KafkaSettings, group: str) -> dict[str, Any]:
    """A consumer that commits by hand, starts at the oldest record and moves only the partitions that must move."""
    return (
        common(settings)
        | {
            "group.id": settings.group_prefix + group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "max.poll.interval.ms": 300_000,
        }
        | GROUP_PROTOCOLS[settings.group_protocol]
        | ({"group.instance.id": f"{settings.instance_id}-{group}"} if settings.instance_id else {})
        | settings.properties
    )


def value(event: Event) -> bytes:
    """The payload as compact JSON with sorted keys: the same event is the same bytes."""
    return json.dumps(event.payload, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


def headers(event: Event) -> dict[str, str | bytes | None]:
    """`event-id`, `event-type` and `correlation-id` beside the event's own headers."""
    own = {"event-id": str(event.event_id), "event-type": event.type, "correlation-id": event.key}
    return {**own, **event.headers, "event-id": own["event-id"], "event-type": event.type}


def record(message: Message) -> Record:
    """A message as a record; bytes that are no text in key or headers are replaced, never a reason to fail."""
    content = message.value()
    return Record(
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        key=_text(message.key()),
        value=_bytes(content),
        headers={name: _text(content) for name, content in _pairs(message.headers())},
        timestamp=_instant(*message.timestamp()),
        tombstone=content is None,
    )


def _instant(kind: int, millis: int) -> datetime | None:
    """When the record was written. A sender may write anything: microseconds, a year no calendar has, less than nothing."""
    if kind == TIMESTAMP_NOT_AVAILABLE or not 0 <= millis < LATEST_MILLIS:
        return None
    return datetime.fromtimestamp(millis / 1000, UTC)


def _pairs(told: Any) -> list[tuple[str, Any]]:
    return list(told.items()) if isinstance(told, dict) else list(told or ())


def _text(content: str | bytes | None) -> str:
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else content or ""


def _bytes(content: str | bytes | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""
