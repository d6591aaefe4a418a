"""How often something may be done, counted by everybody who does it together (Redis) or by this process alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Rate:
    """`count` in `per`, steadily; `burst` of them may come at once."""

    count: int
    per: timedelta
    burst: int

    @classmethod
    def per_minute(cls, count: int) -> Rate:
        """So many a minute, and for ten seconds half as many again (domain brief 3.1)."""
        return cls(count, timedelta(minutes=1), max(1, round(count / 60 * 10 * 1.5)))


class RateLimits(Protocol):
    """Counts what is done. It never raises: a counter that is away is replaced by one of this process."""

    def take(self, key: str, rate: Rate) -> timedelta | None:
        """None when it may be done now (and is counted), else how long to wait before asking again."""
        ...
