"""Publishing and reading over confluent-kafka."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from adapters.kafka import wire
from adapters.kafka.connection import Connection, Sparing
from adapters.kafka.settings import KafkaSettings
from workers.ports import errors
from workers.ports.events import Event
from workers.ports.streams import Codec, Record

log = logging.getLogger(__name__)
_library_log = logging.getLogger("librdkafka")
_library_log.addFilter(Sparing())


class KafkaEventBus:
    """Implements `workers.ports.events.EventBus`. Any thread may publish; one thread serves the delivery reports.

    A producer that met a fatal error (its idempotence is lost) never works again: it is thrown away and another one is made.
    """

    def __init__(self, settings: KafkaSettings, codec: Codec | None = None) -> None:
        self._settings = settings
        self._encode = codec.encode if codec else wire.value
        self._connection = Connection()
        self._lock = threading.Lock()
        self._producer = _Life(settings, self._connection)
        self._ending: list[_Life] = []
        self._stop = threading.Event()
        self._poller = threading.Thread(target=self._serve, name="kafka producer", daemon=True)
        self._poller.start()

    def publish(self, *events: Event) -> None:
        """Returns once every event is acknowledged; the first failure is raised when all are told.

        `Misconfigured` instead of a mere time-out when the brokers do not let us in.
        """
        life = self._producer
        try:
            self._deliver([self._send(life, event) for event in events])
        finally:
            self._replace(life)

    def _deliver(self, deliveries: Sequence[_Delivery]) -> None:
        # librdkafka itself gives up after `delivery_timeout`; the second more is for its report to reach us.
        deadline = time.monotonic() + self._settings.delivery_timeout.total_seconds() + 1
        for delivery in deliveries:
            try:
                delivery.wait(max(0.0, deadline - time.monotonic()))
            except errors.Unavailable as late:
                if (trouble := self._connection.trouble(reference=late.reference)) is not None:
                    raise trouble from late
                raise

    def close(self) -> None:
        """Waits for what is under way, then ends the thread."""
        self._stop.set()
        self._poller.join()
        if not self._producer.ended:
            self._producer.client.flush(self._settings.delivery_timeout.total_seconds())

    def __enter__(self) -> Self:
        """The bus itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()

    def _send(self, life: _Life, event: Event) -> _Delivery:
        delivery, value = _Delivery(event, life), self._encode(event)
        with _port_errors(reference=str(event.event_id), fatal=life.end):
            life.client.produce(
                event.topic,
                key=event.key,
                value=value,
                headers=wire.headers(event),
                on_delivery=delivery.report,
            )
        return delivery

    def _replace(self, life: _Life) -> None:
        """Another producer, if this one is done for; whoever sees it first makes it."""
        if not life.ended:
            return
        with self._lock:
            if self._producer is not life:
                return
            log.error("the Kafka producer met a fatal error: another one takes over")
            self._producer = _Life(self._settings, self._connection)
            self._ending.append(life)

    def _serve(self) -> None:
        while not self._stop.is_set():
            life = self._producer
            life.serve(0.1)
            self._replace(life)
            for old in list(self._ending):
                old.purge()
                if len(old.client) == 0:
                    self._ending.remove(old)


class _Life:
    """One producer, until a fatal error ends it."""

    def __init__(self, settings: KafkaSettings, connection: Connection) -> None:
        self.ended = False
        self._connection = connection
        self.client = Producer(wire.producer(settings) | {"error_cb": self._note}, logger=_library_log)

    def end(self) -> None:
        """It will never send anything again."""
        self.ended = True

    def serve(self, seconds: float) -> None:
        """Delivery reports. A fatal error is raised right here, and not told to `error_cb`: it must not end the thread."""
        try:
            self.client.poll(seconds)
        except (KafkaException, SystemError) as error:  # the latter when the library loses the former on its way
            log.error("kafka producer: %s", error)
            self.end()

    def purge(self) -> None:
        """What waits for its reports must hear that they failed."""
        with suppress(KafkaException, SystemError):
            self.client.purge()
            self.client.poll(0)

    def _note(self, error: KafkaError) -> None:
        if error.fatal() or error.code() == KafkaError._FATAL:
            self.end()
        self._connection.note(error)


class _Delivery:
    """One event under way."""

    def __init__(self, event: Event, life: _Life) -> None:
        self._event, self._life = event, life
        self._told = threading.Event()
        self._error: KafkaError | None = None

    def report(self, error: KafkaError | None, message: Message) -> None:
        self._error = error
        if error is not None and (error.fatal() or error.code() == KafkaError._FATAL):
            self._life.end()
        self._told.set()

    def wait(self, seconds: float) -> None:
        reference = str(self._event.event_id)
        if not self._told.wait(seconds):
            raise errors.Unavailable(
                f"Kafka did not acknowledge {self._event.topic} in time", system=wire.SYSTEM, reference=reference
            )
        if self._error:
            raise wire.translated(self._error, reference=reference)


class KafkaStream:
    """Implements `workers.ports.streams.Stream`: manual commits, and partitions that wait while others go on."""

    def __init__(
        self,
        settings: KafkaSettings,
        *,
        group: str,
        topics: Sequence[str],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._waiting: dict[tuple[str, int], tuple[float, int]] = {}
        self._connection = Connection()
        with _port_errors():
            conf = wire.consumer(settings, group) | {"error_cb": self._connection.note}
            self._consumer = Consumer(conf, logger=_library_log)
            self._consumer.subscribe(list(topics), on_assign=self._begin, on_revoke=self._forget, on_lost=self._forget)

    def poll(self, timeout: timedelta) -> Record | None:
        """The next record. A partition whose wait is over is read again from the record that was postponed.

        `Misconfigured` when the brokers do not let us in, or to what we ask for.
        """
        with _port_errors():
            self._resume_due()
            message = self._consumer.poll(timeout.total_seconds())
        if message is None:
            if (trouble := self._connection.trouble()) is not None:
                raise trouble
            return None
        error = message.error()
        if error is not None:
            self._raise_unless_passing(error)
            return None
        return wire.record(message)

    def commit(self, record: Record) -> None:
        """Commits the offset behind the record. A partition that was taken from us is read again by its new owner."""
        behind = TopicPartition(record.topic, record.partition, record.offset + 1)
        try:
            self._consumer.commit(offsets=[behind], asynchronous=False)
        except KafkaException as error:
            fault: KafkaError = error.args[0]
            if fault.code() not in _NOT_OURS_ANY_MORE:
                raise wire.translated(fault, reference=record.position) from error
            log.info("offset %s not committed: the partition has moved", record.position)

    def postpone(self, record: Record, delay: timedelta) -> None:
        """Pauses the partition; polling goes on, so the group does not think us dead."""
        place = (record.topic, record.partition)
        with _port_errors(reference=record.position):
            self._consumer.pause([TopicPartition(*place)])
        self._waiting[place] = (self._clock() + delay.total_seconds(), record.offset)

    def close(self) -> None:
        """Leaves the group."""
        self._consumer.close()

    def __enter__(self) -> Self:
        """The stream itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes."""
        self.close()

    def _resume_due(self) -> None:
        for place, (due, offset) in list(self._waiting.items()):
            if self._clock() >= due:
                del self._waiting[place]
                self._consumer.seek(TopicPartition(*place, offset))
                self._consumer.resume([TopicPartition(*place)])

    def _begin(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """librdkafka keeps a pause even while the partition is somebody else's: one that comes back must be read on."""
        consumer.resume(partitions)

    def _forget(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Partitions that go elsewhere start there from the last commit."""
        for partition in partitions:
            self._waiting.pop((partition.topic, partition.partition), None)

    def _raise_unless_passing(self, error: KafkaError) -> None:
        """Raises for an error somebody must know of; the others pass by themselves while librdkafka tries again."""
        failure = wire.translated(error)
        if error.fatal() or not isinstance(failure, errors.Unavailable):
            raise failure
        log.warning("kafka consumer: %s", failure)


_NOT_OURS_ANY_MORE = frozenset(
    {
        KafkaError.ILLEGAL_GENERATION,
        KafkaError.UNKNOWN_MEMBER_ID,
        KafkaError.REBALANCE_IN_PROGRESS,
        KafkaError._ASSIGNMENT_LOST,
        KafkaError._STATE,
    }
)


@contextmanager
def _port_errors(*, reference: str = "", fatal: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Turns what librdkafka raises at once into a `PortError`; `fatal` hears that the client is done for."""
    try:
        yield
    except BufferError as error:
        raise errors.Unavailable("Kafka: the send queue is full", system=wire.SYSTEM, reference=reference) from error
    except KafkaException as error:
        fault: KafkaError = error.args[0]
        if fault.fatal() or fault.code() == KafkaError._FATAL:
            fatal()
        raise wire.translated(fault, reference=reference) from error
