"""Which sales system is calling, and how often it may.

Each system has a key of its own, the `api_key` of the Vault secret `sales-<system>`; it opens what belongs to that system and
nothing else. A key that is not the one we remember is looked up again, once in five seconds: it may have been changed.
"""

from __future__ import annotations

import hmac
import threading
import time
from collections.abc import Callable

from workers.api.sales.problems import SalesProblem
from workers.ports.errors import Refused
from workers.ports.limits import Rate, RateLimits
from workers.ports.secrets import Secrets

ORDERS, SLOTS = Rate.per_minute(100), Rate.per_minute(200)
REMEMBERED_SECONDS, AGAIN_SECONDS = 300.0, 5.0


class SalesKeys:
    """The keys of the sales systems, read from Vault and remembered for a while."""

    def __init__(self, secrets: Callable[[], Secrets], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._secrets, self._clock = secrets, clock
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, str]] = {}

    def fits(self, system: str, shown: str) -> bool:
        """Whether `shown` is the key of `system`. `Unavailable` when Vault does not answer and nothing is remembered."""
        at, key = self._known.get(system, (float("-inf"), ""))
        age = self._clock() - at
        if age < REMEMBERED_SECONDS and _same(key, shown):
            return True
        if age < AGAIN_SECONDS:
            return False
        return _same(self._read(system), shown)

    def _read(self, system: str) -> str:
        with self._lock:
            try:
                key = self._secrets().read(f"sales-{system}").get("api_key", "")
            except Refused:  # no such secret: nobody gets in
                key = ""
            self._known[system] = (self._clock(), key)
            return key


def _same(key: str, shown: str) -> bool:
    return bool(key) and hmac.compare_digest(key.encode(), shown.encode())


def limited(limits: RateLimits, key: str, rate: Rate) -> None:
    """Counts a request of a tenant. Raises `SalesProblem` RATE_LIMIT_EXCEEDED with the wait."""
    wait = limits.take(key, rate)
    if wait is not None:
        raise SalesProblem("RATE_LIMIT_EXCEEDED", f"Expected at most {rate.count} requests a minute", retry_after=wait)
