"""The intake over the real Kafka protocol: restarts, two instances, brokers away."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.kafka.client import KafkaEventBus, KafkaStream
from adapters.kafka.local import LocalKafka
from adapters.sales.pyxis import local
from workers.intake.consumer import Intake, run_intake
from workers.ports.errors import Misconfigured, Unavailable
from workers.ports.streams import Record

pytestmark = pytest.mark.stack
TICK = timedelta(milliseconds=100)
Orders = Callable[[str], list[Any]]


def until(done: Callable[[], bool], *, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


class Running:
    """`run_intake` in a thread."""

    def __init__(self, intake: Intake) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=run_intake, args=(intake, self.stop))

    def __enter__(self) -> Running:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


def published_for(camunda: Any, *numbers: str) -> list[str]:
    keys = {f"pyxis:{number}" for number in numbers}
    return [message.correlation_key for message in camunda.published if message.correlation_key in keys]


def test_orders_travel_from_kafka_into_the_journey(
    make_intake: Callable[..., Intake],
    stream: KafkaStream,
    kafka: LocalKafka,
    kafka_bus: KafkaEventBus,
    send: Any,
    camunda: Any,
    order_id: str,
) -> None:
    """Ten sales and one poisoned record between them; the failed topic tells of the one."""
    numbers = [f"{order_id}{index}" for index in range(10)]
    poisoned = f"pyxis_{order_id}-poison"
    failed: list[str] = []
    with (
        KafkaStream(kafka.settings, group=f"watch-{order_id}", topics=["integration.sales.order.failed"]) as watcher,
        Running(make_intake(stream=stream, bus=kafka_bus)),
    ):
        for index, number in enumerate(numbers):
            send("created", local.created(number), key=f"FR_{number}", event_id=f"event-{number}")
            if index == 4:
                send("created", b"poison", key=f"FR_{order_id}-poison")

        def told() -> bool:
            record = watcher.poll(TICK)
            failed.extend([record.key or ""] if record and order_id in (record.key or "") else [])
            return poisoned in failed

        until(lambda: sorted(published_for(camunda, *numbers)) == [f"pyxis:{number}" for number in numbers])
        until(told)
    assert failed == [poisoned]


def test_the_failed_topic_can_be_read(
    make_intake: Callable[..., Intake],
    stream: KafkaStream,
    kafka: LocalKafka,
    kafka_bus: KafkaEventBus,
    send: Any,
    order_id: str,
) -> None:
    """Whoever watches the intake gets JSON with the errors and our standard headers."""
    failed: list[Record] = []
    with (
        KafkaStream(kafka.settings, group=f"watch-{order_id}", topics=["integration.sales.order.failed"]) as watcher,
        Running(make_intake(stream=stream, bus=kafka_bus)),
    ):
        send("created", b"{}", key=f"FR_{order_id}")

        def seen() -> bool:
            record = watcher.poll(TICK)
            failed.extend([record] if record and record.key == f"pyxis_{order_id}" else [])
            return bool(failed)

        until(seen)
    told = json.loads(failed[0].value)
    assert told["externalOrderId"] == order_id
    assert {"code": "MISSING_FIELD", "field": "order"} in told["errors"]
    assert failed[0].headers["event-id"] == told["eventId"]


def test_a_restart_goes_on_where_it_stopped(
    make_intake: Callable[..., Intake],
    kafka: LocalKafka,
    group: str,
    send: Any,
    camunda: Any,
    orders: Orders,
    order_id: str,
) -> None:
    """The first process dies in the middle of a record: the second one takes it up, and what was done stays done."""
    first, second = f"{order_id}1", f"{order_id}2"
    topics = ["sales.pyxis.order.created"]
    send("created", local.created(first), key="FR_same")
    send("created", local.created(second), key="FR_same")
    camunda.troubles.extend([None, SystemExit("killed")])
    with KafkaStream(kafka.settings, group=group, topics=topics) as stream:
        dying = make_intake(stream=Only(stream, {first, second}))
        with pytest.raises(SystemExit):
            run_intake(dying, threading.Event())
    assert published_for(camunda, first, second) == [f"pyxis:{first}"]
    with KafkaStream(kafka.settings, group=group, topics=topics) as stream, Running(make_intake(stream=stream)):
        until(lambda: len(published_for(camunda, second)) == 1)
    assert published_for(camunda, first, second) == [f"pyxis:{first}", f"pyxis:{second}"]
    assert len(orders(second)) == 1


class Only:
    """A stream without the records of other tests: their topics are shared."""

    def __init__(self, stream: KafkaStream, numbers: set[str]) -> None:
        self.stream = stream
        self.numbers = numbers

    def poll(self, timeout: timedelta) -> Record | None:
        record = self.stream.poll(timeout)
        mine = record is not None and any(number.encode() in record.value for number in self.numbers)
        return record if mine else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def test_two_instances_that_read_the_same_record_make_one_order(
    make_intake: Callable[..., Intake], send: Any, kafka: LocalKafka, camunda: Any, orders: Orders, order_id: str
) -> None:
    """A partition moved while its record was in work: both store, one wins, the message is the same."""
    send("created", local.created(order_id), key=f"FR_{order_id}", event_id=f"event-{order_id}")
    topics = ["sales.pyxis.order.created"]
    with (
        KafkaStream(kafka.settings, group=f"a-{order_id}", topics=topics) as one,
        KafkaStream(kafka.settings, group=f"b-{order_id}", topics=topics) as other,
        Running(make_intake(stream=Only(one, {order_id}))),
        Running(make_intake(stream=Only(other, {order_id}))),
    ):
        until(lambda: len(orders(order_id)) == 1 and len(camunda.published) >= 1)
    assert len(orders(order_id)) == 1
    assert {message.message_id for message in camunda.published} == {f"event-{order_id}"}


def test_trouble_with_one_order_is_waited_out_and_the_rest_of_its_partition_keeps_its_order(
    make_intake: Callable[..., Intake], stream: KafkaStream, send: Any, camunda: Any, order_id: str
) -> None:
    """Same key, same partition: the second sale's message is not published before the first one's."""
    numbers = [f"{order_id}{index}" for index in range(4)]
    for number in numbers:
        send("created", local.created(number), key=f"FR_{order_id}")
    camunda.troubles.append(Unavailable("a moment"))
    with Running(make_intake(stream=Only(stream, set(numbers)))):
        until(lambda: len(published_for(camunda, *numbers)) == 4)
    assert published_for(camunda, *numbers) == [f"pyxis:{number}" for number in numbers]


class Broken:
    """A stream whose brokers are away for a while."""

    def __init__(self, troubles: int) -> None:
        self.troubles = troubles
        self.polls = 0

    def poll(self, timeout: timedelta) -> Record | None:
        self.polls += 1
        if self.polls <= self.troubles:
            raise Misconfigured("no such topic") if self.polls % 2 else Unavailable("no broker")
        return None


def test_brokers_that_are_away_do_not_end_the_intake(
    make_intake: Callable[..., Intake], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waits longer each time, and asks again."""
    waits: list[float] = []
    broken = Broken(3)
    stop = threading.Event()
    monkeypatch.setattr(stop, "wait", waits.append)
    monkeypatch.setattr(stop, "is_set", lambda: broken.polls > 4)
    run_intake(make_intake(stream=broken), stop)
    assert waits == [1, 2, 4]


def test_a_stop_ends_the_intake_at_once(make_intake: Callable[..., Intake], stream: KafkaStream) -> None:
    """A pod that is told to go does not wait for records."""
    begin = time.monotonic()
    with Running(make_intake(stream=stream)):
        pass
    assert time.monotonic() - begin < 3
