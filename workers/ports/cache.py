"""Things worth remembering for a while, by everybody together (Redis) or by this process alone. Never the truth of anything.

Whoever asks must be able to do without the answer: it may be gone at any moment, for all or for one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol


class Cache(Protocol):
    """Remembers texts under keys. It never raises: a cache that is away remembers nothing."""

    def get(self, key: str) -> str | None:
        """What was put there and has not ended; None also when nobody can say."""
        ...

    def put(self, key: str, value: str, ttl: timedelta) -> None:
        """Remembers `value` for at most `ttl`."""
        ...

    def forget(self, key: str) -> None:
        """Remembers it no longer, as far as that can be said."""
        ...
