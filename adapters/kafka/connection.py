"""What librdkafka says of its connections, beside its answers: a client that cannot log in only waits, and tells why here."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from confluent_kafka import KafkaError

from adapters.kafka import wire
from workers.ports.errors import PortError

# The same complaint of the same connection is logged once in so many seconds; librdkafka repeats it several times a second.
_AGAIN = 30.0


class Connection:
    """Remembers the last reason why nobody answers that an operator has to mend: a password, a certificate."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reason: KafkaError | None = None

    def note(self, error: KafkaError) -> None:
        """librdkafka's `error_cb`. What passes by itself is not remembered."""
        if error.code() in wire.MISCONFIGURED:
            with self._lock:
                self._reason = error

    def trouble(self, *, reference: str = "") -> PortError | None:
        """The reason, once: librdkafka tells it again while it lasts."""
        with self._lock:
            reason, self._reason = self._reason, None
        return wire.translated(reason, reference=reference) if reason else None


class Sparing(logging.Filter):
    """Lets a complaint through once in half a minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._clock = clock
        self._told: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """By its text without how long the attempt took."""
        said, now = record.getMessage().partition(" (after ")[0], self._clock()
        if now - self._told.get(said, -_AGAIN) < _AGAIN:
            return False
        self._told = {text: at for text, at in self._told.items() if now - at < _AGAIN} | {said: now}
        return True
