"""What librdkafka says of its connections: kept when an operator has to act, logged once in a while."""

from __future__ import annotations

import logging

from confluent_kafka import KafkaError

from adapters.kafka.connection import Connection, Sparing
from workers.ports.errors import Misconfigured


def test_a_refused_login_is_remembered_until_it_was_told() -> None:
    """Once: librdkafka says it again while it lasts."""
    connection = Connection()
    connection.note(KafkaError(KafkaError._AUTHENTICATION))
    connection.note(KafkaError(KafkaError._ALL_BROKERS_DOWN))
    assert isinstance(connection.trouble(), Misconfigured)
    assert connection.trouble() is None


def test_what_passes_by_itself_is_not_remembered() -> None:
    """A broker that restarts is no news for an operator."""
    connection = Connection()
    for code in (KafkaError._TRANSPORT, KafkaError._ALL_BROKERS_DOWN, KafkaError._TIMED_OUT):
        connection.note(KafkaError(code))
    assert connection.trouble() is None


def test_a_complaint_is_logged_twice_a_minute() -> None:
    """However long the attempt took; another complaint is another line."""
    now = [0.0]
    sparing = Sparing(lambda: now[0])

    def passes(text: str) -> bool:
        return sparing.filter(logging.LogRecord("librdkafka", logging.ERROR, "", 0, text, None, None))

    told = [passes(f"FAIL: broker 1: refused (after {millis}ms)") for millis in range(50)]
    assert told == [True] + [False] * 49
    assert passes("FAIL: broker 2: refused (after 1ms)")
    now[0] = 31.0
    assert passes("FAIL: broker 1: refused (after 3ms)")
