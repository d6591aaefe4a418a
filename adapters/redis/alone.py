"""What counts and remembers within this process alone: rate limits by GCRA, which keeps one instant per key, and a cache."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from workers.ports.limits import Rate

KEYS_AT_MOST = 10_000


class LocalRateLimits:
    """Implements `workers.ports.limits.RateLimits`. Any thread may ask; `clock` is in seconds and never goes back."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._empty_at: dict[str, float] = {}

    def take(self, key: str, rate: Rate) -> timedelta | None:
        """None when it may be done now, else how long to wait."""
        step = rate.per.total_seconds() / rate.count
        with self._lock:
            now = self._clock()
            start = max(self._empty_at.get(key, now), now)
            wait = start + step - (now + step * rate.burst)
            # A millionth of a second is how exact the sums are, not a wait.
            if wait > 1e-6:
                return timedelta(seconds=wait)
            self._drop_idle(now)
            self._empty_at[key] = start + step
            return None

    def _drop_idle(self, now: float) -> None:
        if len(self._empty_at) >= KEYS_AT_MOST:
            self._empty_at = {key: at for key, at in self._empty_at.items() if at > now}


class LocalCache:
    """Implements `workers.ports.cache.Cache` within this process; a full one starts over."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, str]] = {}

    def get(self, key: str) -> str | None:
        """What was put there and has not ended."""
        until, value = self._kept.get(key, (0.0, None))
        return value if self._clock() < until else None

    def put(self, key: str, value: str, ttl: timedelta) -> None:
        """Remembers `value` for at most `ttl`."""
        with self._lock:
            if len(self._kept) >= KEYS_AT_MOST:
                self._kept.clear()
            self._kept[key] = (self._clock() + ttl.total_seconds(), value)

    def forget(self, key: str) -> None:
        """Remembers it no longer."""
        with self._lock:
            self._kept.pop(key, None)
