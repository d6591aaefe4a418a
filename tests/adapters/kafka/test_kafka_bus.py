"""Publishing through real librdkafka to its mock brokers over TCP."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from confluent_kafka import KafkaError

from adapters.children import free_port
from adapters.kafka import wire
from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.local import LocalKafka
from adapters.kafka.settings import KafkaSettings
from workers.ports.errors import Misconfigured, Refused, Unavailable
from workers.ports.events import Event
from workers.ports.streams import Record

Make = Callable[..., Event]
Drain = Callable[..., list[Record]]


def test_an_event_arrives_with_key_payload_and_headers(
    bus: KafkaEventBus, stream: KafkaStream, topic: str, make_event: Make, drain: Drain
) -> None:
    """The three standard headers are there, the event's own beside them, and `event-id` cannot be overwritten."""
    sent = make_event(topic, 7, **{"tenant-id": "FR/FR-HOME", "event-id": "forged"})
    bus.publish(sent)
    [record] = drain(stream, 1)
    assert record.key == "FR_1"
    assert json.loads(record.value) == {"number": 7, "name": "é"}
    assert record.headers == {
        "event-id": str(sent.event_id),
        "event-type": "tested",
        "correlation-id": "FR_1",
        "tenant-id": "FR/FR-HOME",
    }
    assert record.timestamp is not None
    assert record.position == f"{topic}-{record.partition}-0"


def test_the_same_event_is_the_same_bytes() -> None:
    """Publishing again repeats the message to the byte, whatever the order of its fields."""
    one = Event(event_id=uuid4(), topic="t", key="k", type="t", payload={"a": 1, "b": [1, 2]})
    two = Event(event_id=one.event_id, topic="t", key="k", type="t", payload={"b": [1, 2], "a": 1})
    assert wire.value(one) == wire.value(two)


def test_events_of_one_key_stay_in_order(
    bus: KafkaEventBus, stream: KafkaStream, topic: str, make_event: Make, drain: Drain, kafka: LocalKafka
) -> None:
    """Also when the broker refuses the first attempts: the producer is idempotent and retries in order."""
    kafka.fail_produce(KafkaError.NOT_ENOUGH_REPLICAS, KafkaError.NOT_LEADER_FOR_PARTITION)
    bus.publish(*[make_event(topic, number) for number in range(50)])
    assert [json.loads(record.value)["number"] for record in drain(stream, 50)] == list(range(50))


def test_publish_waits_for_every_acknowledgement(
    bus: KafkaEventBus, topic: str, make_event: Make, kafka: LocalKafka
) -> None:
    """While the broker is away publish does not return; it does once the broker is back."""
    bus.publish(make_event(topic))
    kafka.broker_down()
    done = threading.Event()
    sender = threading.Thread(target=lambda: (bus.publish(make_event(topic)), done.set()))
    sender.start()
    assert not done.wait(0.5)
    kafka.broker_up()
    sender.join(10)
    assert done.is_set()


def test_brokers_that_do_not_answer_are_unavailable(make_event: Make) -> None:
    """After the delivery time-out the caller may try again later; the error names the event."""
    settings = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}", delivery_timeout=timedelta(milliseconds=300))
    sent = make_event("nowhere")
    with KafkaEventBus(settings) as bus, pytest.raises(Unavailable) as refused:
        bus.publish(sent)
    assert refused.value.reference == str(sent.event_id)


def test_an_oversized_event_is_refused(bus: KafkaEventBus, topic: str) -> None:
    """No broker would take it later either."""
    giant = Event(event_id=uuid4(), topic=topic, key="k", type="t", payload={"x": "y" * 1_100_000})
    with pytest.raises(Refused):
        bus.publish(giant)


def test_a_full_queue_is_unavailable(kafka: LocalKafka, topic: str, make_event: Make) -> None:
    """librdkafka's queue is bounded; when it is full the caller has to wait."""
    kafka.broker_down()
    settings = kafka.settings.model_copy(
        update={"properties": {"queue.buffering.max.messages": 2}, "delivery_timeout": timedelta(milliseconds=500)}
    )
    try:
        with KafkaEventBus(settings) as bus, pytest.raises(Unavailable, match="queue is full"):
            bus.publish(*[make_event(topic) for _ in range(5)])
    finally:
        kafka.broker_up()


CODES = {
    KafkaError._ALL_BROKERS_DOWN: Unavailable,
    KafkaError._TRANSPORT: Unavailable,
    KafkaError._MSG_TIMED_OUT: Unavailable,
    KafkaError.NOT_ENOUGH_REPLICAS: Unavailable,
    KafkaError.TOPIC_AUTHORIZATION_FAILED: Misconfigured,
    KafkaError.SASL_AUTHENTICATION_FAILED: Misconfigured,
    KafkaError.UNKNOWN_TOPIC_OR_PART: Misconfigured,
    KafkaError.MSG_SIZE_TOO_LARGE: Refused,
}


@pytest.mark.parametrize(("code", "kind"), CODES.items(), ids=[KafkaError(code).name() for code in CODES])
def test_each_error_code_is_one_kind_of_trouble(code: int, kind: type[Exception]) -> None:
    """Time heals some, an operator others, nothing the rest."""
    assert type(wire.translated(KafkaError(code))) is kind


def test_a_password_reaches_librdkafka_but_no_repr() -> None:
    """Settings may get into a log."""
    settings = KafkaSettings.model_validate(
        {"bootstrap_servers": "b:9092", "security_protocol": "SASL_SSL", "username": "u", "password": "hidden"}
    )
    assert wire.producer(settings)["sasl.password"] == "hidden"
    assert "hidden" not in repr(settings)
    assert "sasl.password" not in wire.producer(KafkaSettings(bootstrap_servers="b:9092"))
