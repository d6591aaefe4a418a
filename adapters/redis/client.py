"""Redis: counters and a cache that all processes share. When it does not answer, each process counts and remembers alone.

refused, reset, time-out, loading, out of memory, read-only replica     alone, and Redis is asked again after a rest
flushed                                                                 counts begin anew, what was remembered is asked for anew
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from adapters.redis.alone import LocalCache, LocalRateLimits
from adapters.redis.settings import RedisSettings
from workers.ports.limits import Rate

log = logging.getLogger(__name__)
T = TypeVar("T")

# GCRA in one step on the server, by the server's clock: the clocks of many machines differ. KEYS[1]: the key; ARGV: microseconds
# of one step, how many at once. Answers the wait in microseconds, 0 when it was counted.
TAKE = """
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local step, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local start = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
local wait = start + step - (now + step * burst)
if wait > 0 then return math.ceil(wait) end
redis.call('SET', KEYS[1], string.format('%.0f', start + step), 'PX', math.ceil((start + step - now) / 1000) + 1)
return 0
"""


class RedisLink:
    """The connections, and the rest after trouble. Any thread may ask."""

    def __init__(self, settings: RedisSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings, self._clock = settings, clock
        self._lock = threading.Lock()
        self._again_at = float("-inf")
        seconds = settings.timeout.total_seconds()
        options: dict[str, object] = {"ssl_ca_certs": settings.ca_file} if settings.ca_file else {}
        self.client: redis.Redis = redis.Redis.from_url(
            settings.url,
            username=settings.username or None,
            password=settings.password.get_secret_value() or None,
            socket_timeout=seconds,
            socket_connect_timeout=seconds,
            socket_keepalive=True,
            health_check_interval=0,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
            **options,
        )

    def ask(self, question: Callable[[redis.Redis], T], alone: Callable[[], T]) -> T:
        """The answer of Redis; in its absence `alone`'s."""
        if self._clock() < self._again_at:
            return alone()
        try:
            return question(self.client)
        except (redis.RedisError, OSError, ValueError) as error:
            self._rest(error)
            return alone()

    def key(self, name: str) -> str:
        """A key of ours, beside those of others."""
        return f"{self._settings.prefix}{name}"

    def close(self) -> None:
        """Closes the connections."""
        self.client.close()

    def _rest(self, error: Exception) -> None:
        with self._lock:
            self._again_at = self._clock() + self._settings.rest.total_seconds()
        log.warning("Redis is left alone for %s: %s: %s", self._settings.rest, type(error).__name__, error)


class RedisRateLimits:
    """Implements `workers.ports.limits.RateLimits`."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._take = link.client.register_script(TAKE)
        self._alone = LocalRateLimits()

    def take(self, key: str, rate: Rate) -> timedelta | None:
        """None when it may be done now, else how long to wait."""
        return self._link.ask(lambda _: self._shared(key, rate), lambda: self._alone.take(key, rate))

    def _shared(self, key: str, rate: Rate) -> timedelta | None:
        step = int(rate.per.total_seconds() * 1_000_000 / rate.count)
        wait = int(self._take(keys=[self._link.key(f"rate:{key}")], args=[step, rate.burst]))
        return timedelta(microseconds=wait) if wait else None


class RedisCache:
    """Implements `workers.ports.cache.Cache`. What is put while Redis is away is remembered by this process alone."""

    def __init__(self, link: RedisLink) -> None:
        self._link = link
        self._alone = LocalCache()

    def get(self, key: str) -> str | None:
        """What was put there and has not ended."""
        found = self._link.ask(lambda client: client.get(self._link.key(key)), lambda: None)
        return str(found) if found is not None else self._alone.get(key)

    def put(self, key: str, value: str, ttl: timedelta) -> None:
        """Remembers `value` for at most `ttl`."""
        millis = max(1, int(ttl.total_seconds() * 1000))
        kept = self._link.ask(lambda client: bool(client.set(self._link.key(key), value, px=millis)), lambda: False)
        if not kept:
            self._alone.put(key, value, ttl)

    def forget(self, key: str) -> None:
        """Remembers it no longer."""
        self._alone.forget(key)
        self._link.ask(lambda client: int(client.delete(self._link.key(key))), lambda: 0)
