"""From Kafka into the journey: order or change into PostgreSQL, then the process message, the events for whoever watches the
intake, then the offset.

Each step may be repeated: the inbox knows a message by its id, Camunda knows a process message by its id, and the offset
is committed last. A crash anywhere between loses nothing and doubles nothing.

    document unreadable, tenant unknown     failed topic, then the offset: it would fail the same way for ever
    database, Camunda, Kafka, registry away the record again after 1, 2, 4 ... 30 s, nothing of its partition before it
    Camunda or the database refuses it      failed topic: the same words would be refused again
    a bug                                   three more attempts, then the failed topic: nothing else stops
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from workers.intake import failures
from workers.intake.desk import Desk, came, receive, tell
from workers.intake.kinds import REFERENCE, Arrival
from workers.ports.errors import Misconfigured, PortError, Refused, Unavailable
from workers.ports.sales import Unreadable
from workers.ports.streams import Codec, Record, Stream

log = logging.getLogger(__name__)

POLL = timedelta(milliseconds=500)
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(seconds=30)
ATTEMPTS_AFTER_A_BUG = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake(Desk):
    """What the intake of one sales system needs. `around` makes the context a record is taken in, such as its span."""

    stream: Stream
    codec: Codec | None = None
    around: Callable[[Record], AbstractContextManager[Any]] = lambda _: nullcontext()
    failed_attempts: dict[str, int] = field(default_factory=dict)


def run_intake(intake: Intake, stop: threading.Event) -> None:
    """Takes records in until `stop` is set; the record in hand is finished. The caller closes the stream."""
    trouble = 0
    while not stop.is_set():
        try:
            record = intake.stream.poll(POLL)
            trouble = 0
            if record is not None:
                take_in(intake, record)
        except (Unavailable, Misconfigured) as error:
            trouble += 1
            log.warning("intake of %s waits for Kafka: %s", intake.sales.name, error)
            stop.wait(delay_after(trouble).total_seconds())


def take_in(intake: Intake, record: Record) -> None:
    """One record, to its end: taken in, or on the failed topic, or postponed. Raises only for trouble with the stream."""
    if record.tombstone:
        log.info(
            "intake of %s: %s says that its key is to be forgotten; orders are not", intake.sales.name, record.position
        )
        intake.stream.commit(record)
        return
    arrival = Arrival(record, intake.consumer)
    attempt = intake.failed_attempts.get(record.position, 0) + 1
    try:
        with intake.around(record):
            _settle(intake, arrival, attempt)
    except Exception as error:
        _postpone(intake, record, attempt, error)
        return
    intake.failed_attempts.pop(record.position, None)
    intake.stream.commit(record)


def delay_after(attempts: int) -> timedelta:
    """1, 2, 4 ... seconds, at most 30."""
    return min(FIRST_DELAY * (1 << min(attempts - 1, 10)), LONGEST_DELAY)


def _settle(intake: Intake, arrival: Arrival, attempt: int) -> None:
    """Takes the record in, or tells the failed topic why not. What it raises is worth another attempt."""
    try:
        receive(intake, _readable(intake, arrival))
    except Unreadable as failure:
        _fail(intake, arrival, failure, attempt)
    except Refused as refusal:
        log.exception("intake of %s: %s was refused", intake.sales.name, arrival.message_id)
        _fail(intake, arrival, failures.unexpected(refusal, code=failures.REFUSED), attempt)
    except PortError:
        raise
    except Exception as bug:
        if attempt <= ATTEMPTS_AFTER_A_BUG:
            raise
        _fail(intake, arrival, failures.unexpected(bug, code=failures.INTERNAL), attempt)


def _readable(intake: Intake, arrival: Arrival) -> Arrival:
    """The same record with its document as JSON. It keeps the id it was known by as it came."""
    if intake.codec is None:
        return arrival
    record = arrival.record
    headers = {**record.headers, "event-id": arrival.message_id}
    return Arrival(replace(record, value=intake.codec.readable(record), headers=headers), arrival.consumer)


def _fail(intake: Intake, arrival: Arrival, failure: Unreadable, attempt: int) -> None:
    """Keeps the raw document in the inbox (if it is no giant) and tells the failed topic.

    Its row has a consumer of its own: once the reference data is mended, the same message can be sent again and taken in.
    """
    source, retries = intake.sales.name, attempt - 1
    if failures.kept(arrival):
        row = arrival.row(_order_key(source, failure, arrival))
        intake.inbox.note(replace(row, consumer=arrival.consumer + failures.CONSUMER_SUFFIX), publish=[])
    event = failures.failed_event(arrival, failure, source=source, retries=retries, now=intake.clock.now())
    if arrival.record.topic not in REFERENCE:
        tell(intake, came(intake, arrival, failures.sale_of(failure, arrival)))
    intake.bus.publish(event)
    log.warning("intake of %s: %s failed with %s", source, arrival.message_id, failure.code)


def _order_key(source: str, failure: Unreadable, arrival: Arrival) -> str:
    return f"{source}:{failures.sale_of(failure, arrival)}"


def _postpone(intake: Intake, record: Record, attempt: int, error: Exception) -> None:
    """The same record again after a while, the whole time if need be; `Retry-After` of the other side is honoured."""
    asked = error.retry_after if isinstance(error, Unavailable) else None
    delay = max(delay_after(attempt), asked or timedelta())
    trace = None if isinstance(error, PortError) else error
    log.warning("intake of %s: %s again in %s: %s", intake.sales.name, record.position, delay, error, exc_info=trace)
    intake.failed_attempts[record.position] = attempt
    intake.stream.postpone(record, delay)
